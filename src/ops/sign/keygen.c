/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "ops/sign/keygen.h"

#include "io/crypto/pki_pem.h"
#include "io/file/output.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { PUB_MODE = 0644 };

static int
make_path(char out[KEYGEN_PATH_MAX], const char *name, const char *suffix,
          struct err *err)
{
    size_t len = strlen(name);

    if (len == 0 || name[len - 1] == '/')
        return err_set(err, ERR_USAGE, "'%s' is not a file name", name);
    if (snprintf(out, KEYGEN_PATH_MAX, "%s%s", name, suffix) >= KEYGEN_PATH_MAX)
        return err_set(err, ERR_USAGE, "the name of the key is too long");
    return 0;
}

/* Check that neither exists, before the first byte is written. */
static int
check_absent(const struct keygen_result *r, struct err *err)
{
    if (output_check(r->key_path, false, err) < 0 ||
        output_check(r->pub_path, false, err) < 0) {
        if (err->kind == ERR_CONFLICT)
            err_hint(err, "keys are never overwritten: choose another name, or move the "
                          "old pair away");
        return -1;
    }
    return 0;
}

static int
write_public(const struct pki_key *key, const char *path, struct err *err)
{
    CLEANUP(buf_release) struct buf pem = BUF_INIT(PKI_KEY_FILE_MAX);

    if (pki_public_pem(key, &pem, err) < 0)
        return -1;
    return file_put(path, pem.data, pem.len, PUB_MODE, true, err);
}

int
keygen_run(struct keygen_result *out, const struct keygen_options *options,
           struct err *err)
{
    CLEANUP(pki_release) struct pki_key *key = NULL;
    struct keygen_result r = {.type = options->type};

    if (make_path(r.key_path, options->name, ".key", err) < 0 ||
        make_path(r.pub_path, options->name, ".pub", err) < 0 ||
        check_absent(&r, err) < 0)
        return -1;
    key = pki_generate(options->type, err);
    if (!key ||
        key_write(key, options->form, options->passphrase, r.key_path, true, err) < 0)
        return -1;
    if (write_public(key, r.pub_path, err) < 0) {
        unlink(r.key_path); /* created a moment ago, so not in use */
        return -1;
    }
    r.key_id = *pki_id(key);
    *out = r;
    return 0;
}

enum { KEY_MODE = 0600 };

int
key_write(const struct pki_key *key, enum pki_form form, const struct secret *passphrase,
          const char *path, bool exclusive, struct err *err)
{
    CLEANUP(buf_release) struct buf pem = BUF_INIT(PKI_KEY_FILE_MAX);
    int rc = pki_private_pem(key, form, passphrase, &pem, err);

    if (rc == 0)
        rc = file_put(path, pem.data, pem.len, KEY_MODE, exclusive, err);
    secret_wipe(pem.data, pem.len);
    return rc;
}
