/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "io/crypto/pki_edwards.h"

#include <openssl/bn.h>

/*
 * The library accepts any 32 bytes as an Ed25519 public key.  They are a y below
 *
 *     p = 2^255 - 19
 *
 * in little endian, and in the highest bit the sign of x, where -x^2 + y^2 = 1 + d x^2
 * y^2. A y of p or more would be a second encoding of a point.  For the eight points
 * whose order divides 8, one signature matches any message: x or y is 0, which is y = 1,
 * -1 or 0, or x^2 = -y^2, which is d y^4 + 2 y^2 = 1.
 */
enum { POINT_SIZE = 32, SIGN = 0x80 };

static const char prime[] =
    "7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffed";
static const char curve_d[] =
    "52036cee2b6ffe738cc740797779e89800700a4d4141d8ab75eb4dca135978a3";

struct edwards_field {
    BN_CTX *ctx;
    BIGNUM *p, *d, *y;
    BIGNUM *yy, *u, *v, *w; /* y^2; the others are scratch */
};

/* The numbers are owned by ctx. */
static bool
field_begin(struct edwards_field *f, unsigned char point[POINT_SIZE])
{
    *f = (struct edwards_field){.ctx = BN_CTX_new()};
    if (!f->ctx)
        return false;
    BN_CTX_start(f->ctx);
    f->p = BN_CTX_get(f->ctx);
    f->d = BN_CTX_get(f->ctx);
    f->y = BN_CTX_get(f->ctx);
    f->yy = BN_CTX_get(f->ctx);
    f->u = BN_CTX_get(f->ctx);
    f->v = BN_CTX_get(f->ctx);
    f->w = BN_CTX_get(f->ctx);
    point[POINT_SIZE - 1] &= (unsigned char)~SIGN;
    return f->w && BN_hex2bn(&f->p, prime) > 0 && BN_hex2bn(&f->d, curve_d) > 0 &&
           BN_lebin2bn(point, POINT_SIZE, f->y) != NULL;
}

static void
field_end(struct edwards_field *f)
{
    if (f->ctx)
        BN_CTX_end(f->ctx);
    BN_CTX_free(f->ctx);
}

/* x^2 = (y^2 - 1) / (d y^2 + 1) has a root when the product of the two has one. */
static bool
is_on_curve(struct edwards_field *f)
{
    return BN_mod_sqr(f->yy, f->y, f->p, f->ctx) == 1 &&
           BN_mod_sub(f->u, f->yy, BN_value_one(), f->p, f->ctx) == 1 &&
           BN_mod_mul(f->v, f->d, f->yy, f->p, f->ctx) == 1 &&
           BN_mod_add(f->v, f->v, BN_value_one(), f->p, f->ctx) == 1 &&
           BN_mod_mul(f->w, f->u, f->v, f->p, f->ctx) == 1 &&
           (BN_is_zero(f->w) || BN_kronecker(f->w, f->p, f->ctx) == 1);
}

/* Requires is_on_curve(), which leaves u = y^2 - 1 and v = d y^2 + 1. */
static bool
has_large_order(struct edwards_field *f)
{
    return !BN_is_zero(f->y) && !BN_is_zero(f->u) &&
           BN_mod_add(f->v, f->v, BN_value_one(), f->p, f->ctx) == 1 &&
           BN_mod_mul(f->w, f->v, f->yy, f->p, f->ctx) == 1 && !BN_is_one(f->w);
}

bool
pki_ed25519_is_sound(EVP_PKEY *pkey)
{
    unsigned char point[POINT_SIZE];
    size_t len = sizeof(point);
    struct edwards_field f;
    bool sound;

    if (EVP_PKEY_get_raw_public_key(pkey, point, &len) != 1 || len != sizeof(point))
        return false;
    sound = field_begin(&f, point) && BN_cmp(f.y, f.p) < 0 && is_on_curve(&f) &&
            has_large_order(&f);
    field_end(&f);
    return sound;
}
