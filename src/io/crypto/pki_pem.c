/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "io/crypto/pki_pem.h"

#include "io/crypto/pki_cosign.h"
#include "io/crypto/pki_internal.h"
#include "io/crypto/pki_pkcs8.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <string.h>

/* ---- selecting the PEM block ---- */

static const char *const private_blocks[] = {"PRIVATE KEY",
                                             "ENCRYPTED PRIVATE KEY",
                                             "EC PRIVATE KEY",
                                             "RSA PRIVATE KEY",
                                             PKI_BLOCK_COSIGN,
                                             PKI_BLOCK_COSIGN_OLD,
                                             NULL};
static const char *const public_blocks[] = {"PUBLIC KEY", NULL};

static bool
is_one_of(const char *name, const char *const *names)
{
    while (*names && strcmp(name, *names) != 0)
        names++;
    return *names != NULL;
}

/* Why no block is accepted, from the name of one that was present. */
static int
explain_other(const char *other, bool want_private, const char *name, struct err *err)
{
    bool is_private = strstr(other, "PRIVATE KEY") != NULL;

    if (want_private && strcmp(other, "PUBLIC KEY") == 0)
        return err_set(err, ERR_USAGE,
                       "'%s' is a public key: signing requires the private key", name);
    if (!want_private && is_private) {
        err_set(err, ERR_USAGE,
                "'%s' is a private key: verification requires the public key", name);
        return err_hint(err, "openssl pkey -in KEY -pubout writes the public half; keep "
                             "the private key where signatures are made");
    }
    if (strcmp(other, "CERTIFICATE") == 0)
        return err_set(err, ERR_USAGE, "'%s' is a certificate, not a key", name);
    err_set(err, ERR_USAGE, "'%s' is a key file of an unsupported kind", name);
    if (is_private)
        return err_hint(err,
                        "supported are PEM files as written by openssl and cosign: "
                        "PKCS#8, EC and RSA PRIVATE KEY, ENCRYPTED SIGSTORE PRIVATE KEY");
    return err_hint(err, "public keys are PEM files that begin with BEGIN PUBLIC KEY");
}

/*
 * Find the single block with one of these names; others (parameters, certificates) may be
 * in the file too.  Two keys in one file would be ambiguous.
 */
static int
find_block(const char *pem, size_t len, const char *const *wanted, const char *name,
           struct pki_block *out, struct err *err)
{
    CLEANUP(pki_release_bio) BIO *bio = NULL;
    CLEANUP(pki_block_release) struct pki_block found = {.name = NULL};
    CLEANUP(pki_block_release) struct pki_block other = {.name = NULL};

    if (len > PKI_KEY_FILE_MAX)
        return err_set(err, ERR_LIMIT, "'%s' exceeds the maximum size of a key file",
                       name);
    bio = BIO_new_mem_buf(pem, (int)len);
    if (!bio)
        return err_set(err, ERR_INTERNAL, "cannot read a key");
    for (;;) {
        struct pki_block b = {.name = NULL};

        if (PEM_read_bio_ex(bio, &b.name, &b.header, &b.data, &b.len, PEM_FLAG_SECURE) !=
            1)
            break;
        if (!is_one_of(b.name, wanted)) {
            pki_block_release(&other);
            other = b;
        } else if (!found.name) {
            found = b;
        } else {
            pki_block_release(&b);
            return err_set(err, ERR_USAGE, "'%s' contains more than one key", name);
        }
    }
    if (ERR_GET_REASON(ERR_peek_last_error()) != PEM_R_NO_START_LINE)
        return err_set(err, ERR_USAGE, "'%s' is damaged: incomplete PEM block", name);
    if (!found.name && other.name)
        return explain_other(other.name, wanted == private_blocks, name, err);
    if (!found.name)
        return err_set(err, ERR_USAGE, "'%s' is not a PEM key file", name);
    *out = found;
    found = (struct pki_block){.name = NULL};
    return 0;
}

/* ---- the private forms ---- */

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
read_traditional(const struct pki_block *b, const char *name,
                 const struct pki_passphrase *pass, enum pki_form *form, struct err *err)
{
    CLEANUP(secret_release) struct secret passphrase = SECRET_INIT;
    int type = strcmp(b->name, "EC PRIVATE KEY") == 0 ? EVP_PKEY_EC : EVP_PKEY_RSA;
    const unsigned char *p = b->data;
    EVP_CIPHER_INFO cipher;
    long len = b->len;
    EVP_PKEY *pkey;

    if (PEM_get_EVP_CIPHER_INFO(b->header, &cipher) != 1) {
        err_set(err, ERR_USAGE, "'%s' is encrypted in an unsupported way", name);
        return NULL;
    }
    *form = cipher.cipher ? PKI_FORM_OLD : PKI_FORM_PLAIN;
    if (cipher.cipher && pki_ask(pass, name, &passphrase, err) < 0)
        return NULL;
    if (cipher.cipher &&
        PEM_do_header(&cipher, b->data, &len, give_passphrase, &passphrase) != 1) {
        pki_wrong_passphrase(name, err);
        return NULL;
    }
    pkey = d2i_PrivateKey(type, NULL, &p, len);
    if (!pkey && cipher.cipher)
        pki_wrong_passphrase(name, err);
    else if (!pkey)
        err_set(err, ERR_USAGE, "'%s' is damaged: not a private key", name);
    return pkey;
}

static EVP_PKEY *
read_plain_key(const struct pki_block *b, const char *name, struct err *err)
{
    EVP_PKEY *pkey = pki_pkcs8_decode(b->data, (size_t)b->len);

    if (!pkey)
        err_set(err, ERR_USAGE, "'%s' is damaged: not a PKCS#8 key", name);
    return pkey;
}

static EVP_PKEY *
read_private(const struct pki_block *b, const char *name,
             const struct pki_passphrase *pass, enum pki_form *form, struct err *err)
{
    *form = PKI_FORM_PLAIN;
    if (strcmp(b->name, "PRIVATE KEY") == 0)
        return read_plain_key(b, name, err);
    if (strcmp(b->name, "ENCRYPTED PRIVATE KEY") == 0)
        return pki_pkcs8_open(b, name, pass, form, err);
    if (strcmp(b->name, PKI_BLOCK_COSIGN) != 0 &&
        strcmp(b->name, PKI_BLOCK_COSIGN_OLD) != 0)
        return read_traditional(b, name, pass, form, err);
    *form = PKI_FORM_COSIGN;
    return pki_cosign_open(b, name, pass, err);
}

struct pki_key *
pki_private(const char *pem, size_t len, const char *name,
            const struct pki_passphrase *pass, struct err *err)
{
    CLEANUP(pki_block_release) struct pki_block b = {.name = NULL};
    struct pki_key *key = NULL;
    enum pki_form form;
    EVP_PKEY *pkey;

    if (find_block(pem, len, private_blocks, name, &b, err) == 0) {
        pkey = read_private(&b, name, pass, &form, err);
        key = pkey ? pki_adopt_signer(pkey, true, name, err) : NULL;
        if (key)
            key->form = form;
    }
    ERR_clear_error();
    return key;
}

struct pki_key *
pki_public(const char *pem, size_t len, const char *name, struct err *err)
{
    CLEANUP(pki_block_release) struct pki_block b = {.name = NULL};
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

/* Copy the text once into out: a buffer that grows would leave copies behind. */
static int
take_text(BIO *bio, bool written, struct buf *out, struct err *err)
{
    char *text = NULL;
    long len = bio ? BIO_get_mem_data(bio, &text) : 0;

    ERR_clear_error();
    if (!written || len <= 0)
        return err_set(err, ERR_INTERNAL, "cannot encode a key");
    if (buf_add(out, text, (size_t)len) < 0)
        return err_set(err, ERR_INTERNAL, "not enough space for a key of %ld bytes", len);
    return 0;
}

int
pki_public_pem(const struct pki_key *key, struct buf *out, struct err *err)
{
    CLEANUP(pki_release_bio) BIO *bio = BIO_new(BIO_s_mem());

    return take_text(bio, bio && PEM_write_bio_PUBKEY(bio, key->pkey) == 1, out, err);
}

static bool
put_private(BIO *bio, PKCS8_PRIV_KEY_INFO *info, enum pki_form form,
            const struct secret *passphrase)
{
    switch (form) {
    case PKI_FORM_PLAIN:
        return PEM_write_bio_PKCS8_PRIV_KEY_INFO(bio, info) == 1;
    case PKI_FORM_SCRYPT:
    case PKI_FORM_PBKDF2:
        return pki_pkcs8_seal(bio, info, form, passphrase);
    case PKI_FORM_COSIGN:
        return pki_cosign_seal(bio, info, passphrase);
    case PKI_FORM_NONE:
    case PKI_FORM_OLD:
    case PKI_FORM_TOKEN:
        break;
    }
    return false;
}

int
pki_private_pem(const struct pki_key *key, enum pki_form form,
                const struct secret *passphrase, struct buf *out, struct err *err)
{
    CLEANUP(pki_release_bio) BIO *bio = BIO_new(BIO_s_secmem());
    CLEANUP(pki_release_info) PKCS8_PRIV_KEY_INFO *info = EVP_PKEY2PKCS8(key->pkey);

    return take_text(bio, bio && info && put_private(bio, info, form, passphrase), out,
                     err);
}
