/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "ops/sign/key.h"

#include "io/file/file.h"

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
