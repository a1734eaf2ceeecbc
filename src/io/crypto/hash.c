/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "io/crypto/hash.h"

#include "base/mem.h"

#include <limits.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* ---- the allocator of OpenSSL ---- */

static void *
lib_malloc(size_t size, const char *file, int line)
{
    (void)file, (void)line;
    return size == 0 ? NULL : xmalloc(size);
}

static void
lib_free(void *p, const char *file, int line)
{
    (void)file, (void)line;
    free(p);
}

static void *
lib_realloc(void *p, size_t size, const char *file, int line)
{
    if (size > 0)
        return xreallocarray(p, 1, size);
    lib_free(p, file, line);
    return NULL;
}

void
hash_global_init(void)
{
    if (CRYPTO_set_mem_functions(lib_malloc, lib_realloc, lib_free) != 1)
        abort(); /* something was allocated already: main() has changed */
}

/* ---- digests ---- */

static const EVP_MD *
library_digest(enum digest_alg alg)
{
    switch (alg) {
    case DIGEST_SHA512:
        return EVP_sha512();
    case DIGEST_SHA384:
        return EVP_sha384();
    case DIGEST_SHA256:
        break;
    }
    return EVP_sha256();
}

int
hash_start(struct hash *h, enum digest_alg alg, struct err *err)
{
    const EVP_MD *md = library_digest(alg);

    if (!h->ctx)
        h->ctx = EVP_MD_CTX_new();
    if (!h->ctx || EVP_DigestInit_ex(h->ctx, md, NULL) != 1)
        return err_set(err, ERR_INTERNAL, "cannot start a digest");
    h->alg = alg;
    return 0;
}

int
hash_add(struct hash *h, const void *bytes, size_t len, struct err *err)
{
    if (EVP_DigestUpdate(h->ctx, bytes, len) != 1)
        return err_set(err, ERR_INTERNAL, "cannot digest data");
    return 0;
}

int
hash_finish(struct hash *h, struct digest *out, struct err *err)
{
    struct digest d = {.alg = h->alg};

    if (EVP_DigestFinal_ex(h->ctx, d.raw, NULL) != 1)
        return err_set(err, ERR_INTERNAL, "cannot finish a digest");
    *out = d;
    return 0;
}

void
hash_release(struct hash *h)
{
    EVP_MD_CTX_free(h->ctx);
    h->ctx = NULL;
}

int
hash_copy(struct hash *to, const struct hash *from, struct err *err)
{
    if (!to->ctx)
        to->ctx = EVP_MD_CTX_new();
    if (!to->ctx || EVP_MD_CTX_copy_ex(to->ctx, from->ctx) != 1)
        return err_set(err, ERR_INTERNAL, "cannot copy a digest");
    to->alg = from->alg;
    return 0;
}

int
hash_bytes(enum digest_alg alg, const void *bytes, size_t len, struct digest *out,
           struct err *err)
{
    CLEANUP(hash_release) struct hash h = HASH_INIT;

    if (hash_start(&h, alg, err) < 0 || hash_add(&h, bytes, len, err) < 0)
        return -1;
    return hash_finish(&h, out, err);
}

int
base64_encode(const void *bytes, size_t len, struct buf *out)
{
    size_t start = out->len;

    if (len > INT_MAX / 2 || buf_resize(out, start + (len + 2) / 3 * 4) < 0)
        return -1;
    if (len > 0)
        EVP_EncodeBlock((unsigned char *)out->data + start, bytes, (int)len);
    return 0;
}

/* The library decodes leniently: accept only what encodes back to the same text. */
static bool
decode_canonical(unsigned char *bytes, unsigned char *again, const char *text, size_t len,
                 size_t padding)
{
    int raw = (int)(len / 4 * 3); /* padding is decoded as zero bytes */

    return EVP_DecodeBlock(bytes, (const unsigned char *)text, (int)len) == raw &&
           EVP_EncodeBlock(again, bytes, raw - (int)padding) == (int)len &&
           memcmp(again, text, len) == 0;
}

int
base64_decode(const char *text, size_t len, struct buf *out)
{
    unsigned char *bytes, *again;
    size_t padding = 0;
    int rc = -1;

    if (len % 4 != 0 || len > INT_MAX)
        return -1;
    while (padding < 2 && padding < len && text[len - 1 - padding] == '=')
        padding++;
    bytes = xmalloc(len);
    again = xmalloc(len + 1);
    if (decode_canonical(bytes, again, text, len, padding))
        rc = buf_add(out, bytes, len / 4 * 3 - padding);
    OPENSSL_cleanse(bytes, len); /* may hold credentials */
    OPENSSL_cleanse(again, len + 1);
    free(bytes);
    free(again);
    return rc;
}

int
random_bytes(void *out, size_t len, struct err *err)
{
    if (len > INT_MAX || RAND_bytes(out, (int)len) != 1)
        return err_set(err, ERR_INTERNAL, "cannot get random bytes");
    return 0;
}

const char *
hash_library_version(void)
{
    return OpenSSL_version(OPENSSL_VERSION_STRING);
}
