/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "io/crypto/pki_kdf_limits.h"

#include <openssl/objects.h>
#include <openssl/x509.h>

/*
 * A key file chooses the cost of its own key derivation, so it is limited to seconds and
 * a few dozen MiB.  The library's own limit for scrypt is the same 32 MiB.
 */
static const uint64_t SCRYPT_BYTES_MAX = UINT64_C(32) << 20;
static const uint64_t SCRYPT_COST_MAX = UINT64_C(1) << 23; /* N * r * p */
static const uint64_t ITERATIONS_MAX = 10 * 1000 * 1000;

/* The value of an ASN.1 integer; the maximum when it is absent, negative or too large. */
static uint64_t
count_of(const ASN1_INTEGER *number)
{
    uint64_t n;

    return number && ASN1_INTEGER_get_uint64(&n, number) == 1 ? n : UINT64_MAX;
}

bool
pki_scrypt_is_cheap(uint64_t n, uint64_t r, uint64_t p, uint64_t bytes_max)
{
    uint64_t cost, bytes;

    return !__builtin_mul_overflow(n, r, &cost) &&
           !__builtin_mul_overflow(cost, p, &cost) && cost <= SCRYPT_COST_MAX &&
           !__builtin_add_overflow(n, p, &bytes) &&
           !__builtin_add_overflow(bytes, 2, &bytes) &&
           !__builtin_mul_overflow(bytes, r, &bytes) && bytes <= bytes_max / 128;
}

static bool
is_cheap_scrypt(const X509_ALGOR *kdf)
{
    SCRYPT_PARAMS *params =
        ASN1_TYPE_unpack_sequence(ASN1_ITEM_rptr(SCRYPT_PARAMS), kdf->parameter);
    bool cheap =
        !params || /* malformed: costs nothing, the library will reject it */
        pki_scrypt_is_cheap(count_of(params->costParameter), count_of(params->blockSize),
                            count_of(params->parallelizationParameter), SCRYPT_BYTES_MAX);

    SCRYPT_PARAMS_free(params);
    return cheap;
}

static bool
is_cheap_pbkdf2(const X509_ALGOR *kdf)
{
    PBKDF2PARAM *params =
        ASN1_TYPE_unpack_sequence(ASN1_ITEM_rptr(PBKDF2PARAM), kdf->parameter);
    bool cheap = !params || count_of(params->iter) <= ITERATIONS_MAX;

    PBKDF2PARAM_free(params);
    return cheap;
}

/* The older schemes, PKCS#5 version 1 and PKCS#12: a salt and a count. */
static bool
is_cheap_pbe1(const X509_ALGOR *algorithm)
{
    PBEPARAM *params =
        ASN1_TYPE_unpack_sequence(ASN1_ITEM_rptr(PBEPARAM), algorithm->parameter);
    bool cheap = !params || count_of(params->iter) <= ITERATIONS_MAX;

    PBEPARAM_free(params);
    return cheap;
}

bool
pki_is_cheap(const X509_ALGOR *algorithm)
{
    PBE2PARAM *params;
    bool cheap;

    if (OBJ_obj2nid(algorithm->algorithm) != NID_pbes2)
        return is_cheap_pbe1(algorithm);
    params = ASN1_TYPE_unpack_sequence(ASN1_ITEM_rptr(PBE2PARAM), algorithm->parameter);
    if (!params)
        return true;
    switch (OBJ_obj2nid(params->keyfunc->algorithm)) {
    case NID_id_scrypt:
        cheap = is_cheap_scrypt(params->keyfunc);
        break;
    case NID_id_pbkdf2:
        cheap = is_cheap_pbkdf2(params->keyfunc);
        break;
    default: /* the library has no others */
        cheap = true;
    }
    PBE2PARAM_free(params);
    return cheap;
}
