/* SPDX-License-Identifier: Apache-2.0 */
/* A signature file counts only for the key that made it, over the bytes that were signed,
 * and whatever else it holds is told in printable words.  Key files go the same way. */
#include "config.h"
#include "tests/fuzz/fuzz.h"

#include "io/crypto/hash.h"
#include "tests/unit/pki_keys.h"
#include "trust/signature_check.h"
#include "io/crypto/pki_pem.h"
#include "io/crypto/pki_sign.h"

#include <stdio.h>
#include <string.h>

/* Content signed by the seeds with a valid signature. */
static const char INDEX[] = "{\"schemaVersion\":2,\"manifests\":[]}";

static struct pki_key *trusted[3];
static char name_of_key[] = "team.pub";
static char *names[] = {name_of_key, name_of_key, name_of_key};

static void
try_parse(const char *text, size_t size)
{
    CLEANUP(signature_release) struct signature s = SIGNATURE_INIT;
    struct err err = ERR_INIT;

    if (signature_parse(&s, text, size, &err) == 0) {
        assert(s.raw.len > 0 && s.raw.len <= PKI_SIGNATURE_MAX);
        assert(!s.has_hint || s.hint.alg == DIGEST_SHA256);
        assert(!s.has_digest || s.digest.alg == DIGEST_SHA256);
        return;
    }
    assert(err.kind == ERR_TRUST &&
           strcmp(err_reason_word(err.reason), "bad-signature") == 0);
    assert_told(err.msg);
    assert(!s.has_hint && !s.has_digest && !s.raw.data);
}

/* A signature that counts can be verified again from its parts. */
static void
check_counting(const char *text, size_t size, const struct trust_finding *f)
{
    CLEANUP(signature_release) struct signature s = SIGNATURE_INIT;
    struct err err = ERR_INIT;
    struct digest digest;
    bool found = false;

    assert(signature_parse(&s, text, size, &err) == 0);
    assert(hash_bytes(DIGEST_SHA256, INDEX, strlen(INDEX), &digest, &err) == 0);
    assert(!s.has_hint || digest_equal(&s.hint, &f->key_id));
    assert(!s.has_digest || digest_equal(&s.digest, &digest));
    for (size_t i = 0; i < COUNT_OF(trusted); i++) {
        if (digest_equal(pki_id(trusted[i]), &f->key_id))
            found = pki_verify(trusted[i], INDEX, strlen(INDEX), s.raw.data, s.raw.len);
    }
    assert(found);
}

/* The name in a bundle, if the signature belongs to the key that it names. */
static void
name_of(const char *text, size_t size, char out[SIGNATURE_NAME_MAX])
{
    CLEANUP(signature_release) struct signature s = SIGNATURE_INIT;
    struct err ignored = ERR_INIT;

    snprintf(out, SIGNATURE_NAME_MAX, "a.json");
    if (signature_parse(&s, text, size, &ignored) == 0 && s.has_hint)
        signature_name(out, &s.hint, false);
}

/* True if the signature counts. */
static bool
try_judge(const char *text, size_t size, bool is_detached)
{
    CLEANUP(signature_check_release)
    struct signature_check signers = SIGNATURE_CHECK_INIT;
    char name[SIGNATURE_NAME_MAX];
    const struct trust_store store = {
        .keys = {.items = trusted, .names = names, .count = COUNT_OF(trusted)}};
    const struct trust_evidence file = {
        .name = name, .bytes = text, .len = size, .is_detached = is_detached};
    struct admission admission = {.basis = ADMISSION_NONE};
    struct pki_payload payload = pki_payload(INDEX, strlen(INDEX));
    struct err err = ERR_INIT;

    name_of(text, size, name);
    assert(signature_check(&signers, &payload, &file, 1, &store, &err) == 0);
    if (trust_admit(&signers, &store, &admission, &err) == 0) {
        assert(signers.counting == 1 && signers.items[0].counts);
        check_counting(text, size, &signers.items[0]);
        return true;
    }
    assert(signers.counting == 0 && admission.basis == ADMISSION_NONE);
    assert_told(signers.items[0].why);
    assert_told(err.msg);
    return false;
}

/* A signature that counts inside a bundle has no blanks and counts outside too. */
static void
try_both(const char *text, size_t size)
{
    bool beside = try_judge(text, size, true), inside = try_judge(text, size, false);

    assert(beside || !inside);
    assert(!inside || (!memchr(text, ' ', size) && !memchr(text, '\\', size)));
}

/* An untrusted file: at most two signatures to try keys on. */
static void
try_attach(const char *text, size_t size)
{
    CLEANUP(signature_bare_release) struct signature_bare b = SIGNATURE_BARE_INIT;
    struct err err = ERR_INIT;

    if (signature_bare(&b, text, size, &err) < 0) {
        assert(err.kind == ERR_TRUST &&
               strcmp(err_reason_word(err.reason), "bad-signature") == 0);
        assert(b.count == 0);
        return;
    }
    assert(b.count <= SIGNATURE_BARE_MAX);
    for (size_t i = 0; i < b.count; i++)
        assert(b.items[i].len <= PKI_SIGNATURE_MAX);
}

static void
try_keys(const char *text, size_t size)
{
    struct err err = ERR_INIT;
    struct pki_key *key = pki_public(text, size, "key", &err);

    assert(key || err.kind == ERR_USAGE || err.kind == ERR_LIMIT);
    pki_free(key);
    key = pki_private(text, size, "key", NULL, &err); /* no passphrase: no slow scrypt */
    assert(key || err.kind == ERR_USAGE || err.kind == ERR_LIMIT || err.kind == ERR_AUTH);
    pki_free(key);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const pems[] = {EC_PUB, ED_PUB, RSA_PUB};
    const char *text = size > 0 ? (const char *)data : "";
    struct err err = ERR_INIT;

    for (size_t i = 0; i < COUNT_OF(pems) && !trusted[i]; i++) {
        trusted[i] = pki_public(pems[i], strlen(pems[i]), "team.pub", &err);
        assert(trusted[i]);
    }
    try_parse(text, size);
    try_both(text, size);
    try_keys(text, size);
    try_attach(text, size);
    return 0;
}
