/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "io/crypto/pki_cosign.h"

#include "io/crypto/hash.h"
#include "io/crypto/pki_kdf_limits.h"
#include "io/crypto/pki_pkcs8.h"
#include "io/crypto/secretbox.h"
#include "io/json/json.h"
#include "io/json/json_write.h"

#include <openssl/crypto.h>
#include <openssl/pem.h>
#include <string.h>

/* The parameters of cosign: 64 MiB per guess. */
enum { SCRYPT_N = 65536, SCRYPT_R = 8, SCRYPT_P = 1, SALT = 32 };

static const uint64_t SCRYPT_BYTES_MAX = UINT64_C(128) << 20;
enum { TEXT_MAX = PKI_KEY_FILE_MAX }; /* bytes of the JSON, and of its strings */

/* The parsed JSON of a key file. */
struct box {
    uint64_t n, r, p;
    struct buf salt, nonce, ciphertext;
};

#define BOX_INIT                                                                         \
    {                                                                                    \
        .salt = BUF_INIT(TEXT_MAX), .nonce = BUF_INIT(SECRETBOX_NONCE),                  \
        .ciphertext = BUF_INIT(TEXT_MAX)                                                 \
    }

static void
box_release(struct box *box)
{
    buf_release(&box->salt);
    buf_release(&box->nonce);
    buf_release(&box->ciphertext);
}

/* ---- reading ---- */

static bool
is_text(const struct js *obj, const char *key, const char *wanted)
{
    const char *text;

    return js_string(obj, key, &text) == 1 && strcmp(text, wanted) == 0;
}

static bool
get_bytes(const struct js *obj, const char *key, struct buf *out)
{
    const char *text;

    return js_string(obj, key, &text) == 1 &&
           base64_decode(text, strlen(text), out) == 0 && out->len > 0;
}

static bool
take_apart(struct box *box, const struct js *root)
{
    const struct js *kdf, *params, *cipher;

    return js_object(root, "kdf", &kdf) == 1 && is_text(kdf, "name", "scrypt") &&
           js_object(kdf, "params", &params) == 1 && js_u64(params, "N", &box->n) == 1 &&
           js_u64(params, "r", &box->r) == 1 && js_u64(params, "p", &box->p) == 1 &&
           get_bytes(kdf, "salt", &box->salt) &&
           js_object(root, "cipher", &cipher) == 1 &&
           is_text(cipher, "name", "nacl/secretbox") &&
           get_bytes(cipher, "nonce", &box->nonce) && box->nonce.len == SECRETBOX_NONCE &&
           get_bytes(root, "ciphertext", &box->ciphertext) &&
           box->ciphertext.len > SECRETBOX_TAG;
}

static int
parse_box(struct box *box, const struct pki_block *b, const char *name, struct err *err)
{
    struct err why = ERR_INIT;
    CLEANUP(js_release)
    struct js *root = js_parse(b->data, (size_t)b->len, ERR_USAGE, &why);

    if (!root || !take_apart(box, root))
        return err_set(err, ERR_USAGE, "'%s' is damaged: not a cosign key file", name);
    return 0;
}

static bool
derive(unsigned char key[SECRETBOX_KEY], const struct box *box,
       const struct secret *passphrase)
{
    return EVP_PBE_scrypt(secret_get(passphrase), passphrase->len,
                          (const unsigned char *)box->salt.data, box->salt.len, box->n,
                          box->r, box->p, SCRYPT_BYTES_MAX, key, SECRETBOX_KEY) == 1;
}

/* The PKCS#8 in the box; plain->data is NULL when the passphrase is wrong. */
static int
unlock(const struct box *box, const struct secret *passphrase, const char *name,
       struct pki_block *plain, struct err *err)
{
    unsigned char key[SECRETBOX_KEY];
    bool good;

    plain->len = (long)(box->ciphertext.len - SECRETBOX_TAG);
    plain->data = OPENSSL_secure_malloc((size_t)plain->len);
    if (!plain->data)
        return err_set(err, ERR_INTERNAL, "cannot decrypt a key");
    if (!derive(
            key, box,
            passphrase)) /* invalid parameters, such as N that is not a power of two */
        return err_set(err, ERR_USAGE, "'%s' is encrypted in an unsupported way", name);
    good =
        secretbox_open(plain->data, (const unsigned char *)box->ciphertext.data,
                       box->ciphertext.len, (const unsigned char *)box->nonce.data, key);
    OPENSSL_cleanse(key, sizeof(key));
    return good ? 0 : pki_wrong_passphrase(name, err);
}

EVP_PKEY *
pki_cosign_open(const struct pki_block *b, const char *name,
                const struct pki_passphrase *pass, struct err *err)
{
    CLEANUP(box_release) struct box box = BOX_INIT;
    CLEANUP(secret_release) struct secret passphrase = SECRET_INIT;
    CLEANUP(pki_block_release) struct pki_block plain = {.name = NULL};
    EVP_PKEY *pkey;

    if (parse_box(&box, b, name, err) < 0)
        return NULL;
    if (!pki_scrypt_is_cheap(box.n, box.r, box.p, SCRYPT_BYTES_MAX)) {
        pki_too_costly(name, err);
        return NULL;
    }
    if (pki_ask(pass, name, &passphrase, err) < 0 ||
        unlock(&box, &passphrase, name, &plain, err) < 0)
        return NULL;
    pkey = pki_pkcs8_decode(plain.data, (size_t)plain.len);
    if (!pkey)
        err_set(err, ERR_USAGE, "'%s' is damaged: not a PKCS#8 key", name);
    return pkey;
}

/* ---- writing ---- */

static bool
put_bytes(struct jsout *obj, const char *key, const struct buf *bytes)
{
    CLEANUP(buf_release) struct buf text = BUF_INIT(TEXT_MAX);

    if (base64_encode(bytes->data, bytes->len, &text) < 0)
        return false;
    jsout_put_text(obj, key, text.data);
    return true;
}

/* The same fields in the same order as written by cosign. */
static bool
compose(const struct box *box, struct buf *out)
{
    struct jsout *root = jsout_object(), *kdf = jsout_object(), *params = jsout_object(),
                 *cipher = jsout_object();
    bool done;

    jsout_put_u64(params, "N", box->n);
    jsout_put_u64(params, "r", box->r);
    jsout_put_u64(params, "p", box->p);
    jsout_put_text(kdf, "name", "scrypt");
    jsout_put(kdf, "params", params);
    done = put_bytes(kdf, "salt", &box->salt);
    jsout_put_text(cipher, "name", "nacl/secretbox");
    done = put_bytes(cipher, "nonce", &box->nonce) && done;
    jsout_put(root, "kdf", kdf);
    jsout_put(root, "cipher", cipher);
    done = put_bytes(root, "ciphertext", &box->ciphertext) && done;
    return jsout_write(root, out, err_ignored()) == 0 && done;
}

static bool
fill_random(struct buf *out, size_t len)
{
    return buf_resize(out, len) == 0 && random_bytes(out->data, len, err_ignored()) == 0;
}

static bool
lock(struct box *box, const unsigned char *der, size_t len,
     const struct secret *passphrase)
{
    unsigned char key[SECRETBOX_KEY];
    bool done = fill_random(&box->salt, SALT) &&
                fill_random(&box->nonce, SECRETBOX_NONCE) &&
                buf_resize(&box->ciphertext, len + SECRETBOX_TAG) == 0 &&
                derive(key, box, passphrase) &&
                secretbox_seal((unsigned char *)box->ciphertext.data, der, len,
                               (const unsigned char *)box->nonce.data, key);

    OPENSSL_cleanse(key, sizeof(key));
    return done;
}

bool
pki_cosign_seal(BIO *bio, PKCS8_PRIV_KEY_INFO *info, const struct secret *passphrase)
{
    CLEANUP(box_release) struct box box = BOX_INIT;
    CLEANUP(buf_release) struct buf text = BUF_INIT(TEXT_MAX);
    unsigned char *der = NULL;
    int len = i2d_PKCS8_PRIV_KEY_INFO(info, &der);
    bool done;

    box.n = SCRYPT_N;
    box.r = SCRYPT_R;
    box.p = SCRYPT_P;
    if (len <= 0)
        return false;
    done = lock(&box, der, (size_t)len, passphrase) && compose(&box, &text);
    OPENSSL_clear_free(der, (size_t)len);
    return done && PEM_write_bio(bio, PKI_BLOCK_COSIGN, "",
                                 (const unsigned char *)text.data, (long)text.len) > 0;
}
