#include "config.h"
#include "io/pki.h"

#include "io/pki_internal.h"

#include <limits.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/x509.h>
#include <string.h>

/* What we write: 16 MiB and about a third of a second for each guess. */
enum { SCRYPT_N = 1 << 14, SCRYPT_R = 8, SCRYPT_P = 5, SALT = 32 };

/* One block of a PEM file. */
struct block {
    char *name, *header;
    unsigned char *data;
    long len;
};

static void
block_release(struct block *b)
{
    OPENSSL_secure_free(b->name);
    OPENSSL_secure_free(b->header);
    OPENSSL_secure_clear_free(b->data, (size_t)b->len);
    *b = (struct block){.name = NULL};
}

static void
release_bio(BIO **bio)
{
    BIO_free(*bio); /* memory of a BIO is wiped */
}

static void
release_sealed(X509_SIG **sealed)
{
    X509_SIG_free(*sealed);
}

static void
release_algorithm(X509_ALGOR **algorithm)
{
    X509_ALGOR_free(*algorithm);
}

static void
release_info(PKCS8_PRIV_KEY_INFO **info)
{
    PKCS8_PRIV_KEY_INFO_free(*info); /* wipes the key in it */
}

static void
release_cipher(EVP_CIPHER_CTX **ctx)
{
    EVP_CIPHER_CTX_free(*ctx);
}

/* ---- which block of the file ---- */

static const char *const private_blocks[] = {"PRIVATE KEY", "ENCRYPTED PRIVATE KEY",
                                             "EC PRIVATE KEY", "RSA PRIVATE KEY", NULL};
static const char *const public_blocks[] = {"PUBLIC KEY", NULL};

static bool
is_one_of(const char *name, const char *const *names)
{
    while (*names && strcmp(name, *names) != 0)
        names++;
    return *names != NULL;
}

/* Why no block will do, from the name of one that was there. */
static int
explain_other(const char *other, bool want_private, const char *name, struct err *err)
{
    bool is_private = strstr(other, "PRIVATE KEY") != NULL;

    if (want_private && strcmp(other, "PUBLIC KEY") == 0)
        return err_set(err, ERR_USAGE,
                       "'%s' is a public key: signing needs the private one", name);
    if (!want_private && is_private) {
        err_set(err, ERR_USAGE, "'%s' is a private key: checking needs the public one",
                name);
        return err_hint(err, "openssl pkey -in KEY -pubout writes the public half; keep "
                             "the private one where signatures are made");
    }
    if (strcmp(other, "CERTIFICATE") == 0)
        return err_set(err, ERR_USAGE, "'%s' is a certificate, not a key", name);
    err_set(err, ERR_USAGE, "'%s' is a key file of a kind this version does not read",
            name);
    if (is_private)
        return err_hint(err,
                        "keys are read from PEM files as openssl writes them: PKCS#8, "
                        "or EC and RSA PRIVATE KEY");
    return err_hint(err,
                    "public keys are read from PEM files that begin with BEGIN PUBLIC "
                    "KEY");
}

/*
 * Find the one block with a wanted name; others (parameters, certificates) may stand
 * beside it.  Two keys in one file would leave open which one is meant.
 */
static int
find_block(const char *pem, size_t len, const char *const *wanted, const char *name,
           struct block *out, struct err *err)
{
    CLEANUP(release_bio) BIO *bio = NULL;
    CLEANUP(block_release) struct block found = {.name = NULL};
    CLEANUP(block_release) struct block other = {.name = NULL};

    if (len > PKI_KEY_FILE_MAX)
        return err_set(err, ERR_LIMIT, "'%s' is larger than a key file may be", name);
    bio = BIO_new_mem_buf(pem, (int)len);
    if (!bio)
        return err_set(err, ERR_INTERNAL, "cannot read a key");
    for (;;) {
        struct block b = {.name = NULL};

        if (PEM_read_bio_ex(bio, &b.name, &b.header, &b.data, &b.len, PEM_FLAG_SECURE) !=
            1)
            break;
        if (!is_one_of(b.name, wanted)) {
            block_release(&other);
            other = b;
        } else if (!found.name) {
            found = b;
        } else {
            block_release(&b);
            return err_set(err, ERR_USAGE, "'%s' holds more than one key", name);
        }
    }
    if (ERR_GET_REASON(ERR_peek_last_error()) != PEM_R_NO_START_LINE)
        return err_set(err, ERR_USAGE, "'%s' is damaged: a PEM block in it is not whole",
                       name);
    if (!found.name && other.name)
        return explain_other(other.name, wanted == private_blocks, name, err);
    if (!found.name)
        return err_set(err, ERR_USAGE, "'%s' is not a PEM key file", name);
    *out = found;
    found = (struct block){.name = NULL};
    return 0;
}

/* ---- encryption ---- */

static int
ask(const struct pki_passphrase *pass, const char *name, struct secret *out,
    struct err *err)
{
    if (!pass || !pass->ask)
        return err_set(err, ERR_AUTH, "'%s' is encrypted and no passphrase was given",
                       name);
    return pass->ask(pass->ctx, name, out, err);
}

static int
wrong_passphrase(const char *name, struct err *err)
{
    return err_set(err, ERR_AUTH, "'%s': wrong passphrase, or the file is damaged", name);
}

/*
 * Decrypt.  Two steps, because they fail for different reasons: setting up needs
 * algorithms we have, finishing needs the right passphrase.
 */
static int
unseal(const X509_SIG *sealed, const struct secret *passphrase, const char *name,
       struct block *plain, struct err *err)
{
    CLEANUP(release_cipher) EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
    const X509_ALGOR *algorithm;
    const ASN1_OCTET_STRING *bytes;
    int first = 0, last = 0;

    X509_SIG_get0(sealed, &algorithm, &bytes);
    plain->len = ASN1_STRING_length(bytes) + EVP_MAX_BLOCK_LENGTH;
    plain->data = OPENSSL_secure_malloc((size_t)plain->len);
    if (!ctx || !plain->data)
        return err_set(err, ERR_INTERNAL, "cannot decrypt a key");
    if (passphrase->len > INT_MAX ||
        EVP_PBE_CipherInit(algorithm->algorithm, secret_get(passphrase),
                           (int)passphrase->len, algorithm->parameter, ctx, 0) != 1)
        return err_set(err, ERR_USAGE,
                       "'%s' is encrypted in a way this version does not read", name);
    if (EVP_DecryptUpdate(ctx, plain->data, &first, ASN1_STRING_get0_data(bytes),
                          ASN1_STRING_length(bytes)) != 1 ||
        EVP_DecryptFinal_ex(ctx, plain->data + first, &last) != 1)
        return wrong_passphrase(name, err);
    plain->len = first + last;
    return 0;
}

/* ---- the private forms ---- */

/* PKCS#8 in the clear; NULL without a message when it is none. */
static EVP_PKEY *
decode_info(const struct block *b)
{
    CLEANUP(release_info) PKCS8_PRIV_KEY_INFO *info = NULL;
    const unsigned char *p = b->data;

    info = d2i_PKCS8_PRIV_KEY_INFO(NULL, &p, b->len);
    return info && p == b->data + b->len ? EVP_PKCS82PKEY(info) : NULL;
}

static EVP_PKEY *
read_sealed(const struct block *b, const char *name, const struct pki_passphrase *pass,
            struct err *err)
{
    CLEANUP(release_sealed) X509_SIG *sealed = NULL;
    CLEANUP(secret_release) struct secret passphrase = SECRET_INIT;
    CLEANUP(block_release) struct block plain = {.name = NULL};
    const unsigned char *p = b->data;
    const X509_ALGOR *algorithm;
    EVP_PKEY *pkey;

    sealed = d2i_X509_SIG(NULL, &p, b->len);
    if (!sealed || p != b->data + b->len) {
        err_set(err, ERR_USAGE, "'%s' is damaged: not an encrypted PKCS#8 key", name);
        return NULL;
    }
    X509_SIG_get0(sealed, &algorithm, NULL);
    if (!pki_is_cheap(algorithm)) {
        err_set(err, ERR_LIMIT,
                "'%s' asks for more memory or time to decrypt than a key file may", name);
        return NULL;
    }
    if (ask(pass, name, &passphrase, err) < 0 ||
        unseal(sealed, &passphrase, name, &plain, err) < 0)
        return NULL;
    pkey = decode_info(&plain);
    if (!pkey)
        wrong_passphrase(name, err); /* bytes that only look decrypted */
    return pkey;
}

static int
give_passphrase(char *out, int size, int writing, void *ctx)
{
    const struct secret *passphrase = ctx;

    (void)writing;
    if (passphrase->len > (size_t)size)
        return -1;
    memcpy(out, secret_get(passphrase), passphrase->len);
    return (int)passphrase->len;
}

/* "EC PRIVATE KEY" and "RSA PRIVATE KEY", whose encryption is in the PEM header. */
static EVP_PKEY *
read_traditional(const struct block *b, const char *name,
                 const struct pki_passphrase *pass, struct err *err)
{
    CLEANUP(secret_release) struct secret passphrase = SECRET_INIT;
    int type = strcmp(b->name, "EC PRIVATE KEY") == 0 ? EVP_PKEY_EC : EVP_PKEY_RSA;
    const unsigned char *p = b->data;
    EVP_CIPHER_INFO cipher;
    long len = b->len;
    EVP_PKEY *pkey;

    if (PEM_get_EVP_CIPHER_INFO(b->header, &cipher) != 1) {
        err_set(err, ERR_USAGE, "'%s' is encrypted in a way this version does not read",
                name);
        return NULL;
    }
    if (cipher.cipher && ask(pass, name, &passphrase, err) < 0)
        return NULL;
    if (cipher.cipher &&
        PEM_do_header(&cipher, b->data, &len, give_passphrase, &passphrase) != 1) {
        wrong_passphrase(name, err);
        return NULL;
    }
    pkey = d2i_PrivateKey(type, NULL, &p, len);
    if (!pkey && cipher.cipher)
        wrong_passphrase(name, err);
    else if (!pkey)
        err_set(err, ERR_USAGE, "'%s' is damaged: not a private key", name);
    return pkey;
}

static EVP_PKEY *
read_private(const struct block *b, const char *name, const struct pki_passphrase *pass,
             struct err *err)
{
    EVP_PKEY *pkey;

    if (strcmp(b->name, "ENCRYPTED PRIVATE KEY") == 0)
        return read_sealed(b, name, pass, err);
    if (strcmp(b->name, "PRIVATE KEY") != 0)
        return read_traditional(b, name, pass, err);
    pkey = decode_info(b);
    if (!pkey)
        err_set(err, ERR_USAGE, "'%s' is damaged: not a PKCS#8 key", name);
    return pkey;
}

struct pki_key *
pki_private(const char *pem, size_t len, const char *name,
            const struct pki_passphrase *pass, struct err *err)
{
    CLEANUP(block_release) struct block b = {.name = NULL};
    struct pki_key *key = NULL;
    EVP_PKEY *pkey;

    if (find_block(pem, len, private_blocks, name, &b, err) == 0) {
        pkey = read_private(&b, name, pass, err);
        key = pkey ? pki_adopt(pkey, true, name, err) : NULL;
    }
    ERR_clear_error();
    return key;
}

struct pki_key *
pki_public(const char *pem, size_t len, const char *name, struct err *err)
{
    CLEANUP(block_release) struct block b = {.name = NULL};
    struct pki_key *key = NULL;
    const unsigned char *p;
    EVP_PKEY *pkey;

    if (find_block(pem, len, public_blocks, name, &b, err) == 0) {
        p = b.data;
        pkey = d2i_PUBKEY(NULL, &p, b.len);
        if (pkey && p == b.data + b.len) {
            key = pki_adopt(pkey, false, name, err);
        } else {
            EVP_PKEY_free(pkey);
            err_set(err, ERR_USAGE, "'%s' is damaged: not a public key", name);
        }
    }
    ERR_clear_error();
    return key;
}

/* ---- writing ---- */

static bool
put_sealed(BIO *bio, PKCS8_PRIV_KEY_INFO *info, const struct secret *passphrase)
{
    CLEANUP(release_algorithm) X509_ALGOR *algorithm = NULL;
    CLEANUP(release_sealed) X509_SIG *sealed = NULL;

    algorithm = PKCS5_pbe2_set_scrypt(EVP_aes_256_cbc(), NULL, SALT, NULL, SCRYPT_N,
                                      SCRYPT_R, SCRYPT_P);
    if (!algorithm || passphrase->len > INT_MAX)
        return false;
    sealed =
        PKCS8_set0_pbe(secret_get(passphrase), (int)passphrase->len, info, algorithm);
    if (!sealed)
        return false;
    algorithm = NULL; /* is part of sealed now */
    return PEM_write_bio_PKCS8(bio, sealed) == 1;
}

/* Hand over what was written, in one piece: a buffer that grows leaves copies behind. */
static int
take_text(BIO *bio, bool written, struct buf *out, struct err *err)
{
    char *text = NULL;
    long len = bio ? BIO_get_mem_data(bio, &text) : 0;

    ERR_clear_error();
    if (!written || len <= 0)
        return err_set(err, ERR_INTERNAL, "cannot encode a key");
    if (buf_add(out, text, (size_t)len) < 0)
        return err_set(err, ERR_INTERNAL, "no room for a key of %ld bytes", len);
    return 0;
}

int
pki_public_pem(const struct pki_key *key, struct buf *out, struct err *err)
{
    CLEANUP(release_bio) BIO *bio = BIO_new(BIO_s_mem());

    return take_text(bio, bio && PEM_write_bio_PUBKEY(bio, key->pkey) == 1, out, err);
}

int
pki_private_pem(const struct pki_key *key, const struct secret *passphrase,
                struct buf *out, struct err *err)
{
    CLEANUP(release_bio) BIO *bio = BIO_new(BIO_s_secmem());
    CLEANUP(release_info) PKCS8_PRIV_KEY_INFO *info = EVP_PKEY2PKCS8(key->pkey);
    bool written = false;

    if (bio && info)
        written = passphrase ? put_sealed(bio, info, passphrase)
                             : PEM_write_bio_PKCS8_PRIV_KEY_INFO(bio, info) == 1;
    return take_text(bio, written, out, err);
}
