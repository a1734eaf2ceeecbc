/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "cli/signer.h"

#include "io/crypto/pki_cms_sign.h"
#include "io/file/file.h"

int
signer_check(const struct signer_options *options, struct err *err)
{
    if (!options->key && (options->cert || options->out))
        return err_set(err, ERR_USAGE, "%s requires --key",
                       options->cert ? "--sign-cert" : "--sig-out");
    if (options->chain && !options->cert)
        return err_set(err, ERR_USAGE, "--sign-chain requires --sign-cert");
    return 0;
}

static int
add_chain_file(struct pki_certs *certs, const char *path, struct err *err)
{
    CLEANUP(buf_release) struct buf pem = BUF_INIT(PKI_CERTS_FILE_MAX);

    if (file_slurp(path, &pem, err) < 0)
        return -1;
    return pki_certs_add(certs, pem.data, pem.len, path, err);
}

int
signer_load(const struct signer_options *options,
            const struct passphrase_options *passphrase, struct signer *out,
            struct err *err)
{
    CLEANUP(signer_release) struct signer s = SIGNER_INIT;

    s.key = passphrase_load_key(passphrase, options->key, NULL, err);
    if (!s.key)
        return -1;
    if (options->cert) {
        s.certs = pki_certs_new();
        if (add_chain_file(s.certs, options->cert, err) < 0 ||
            pki_cms_check_signer(s.key, s.certs, options->cert, err) < 0 ||
            (options->chain && add_chain_file(s.certs, options->chain, err) < 0))
            return -1;
    }
    *out = s;
    s = (struct signer)SIGNER_INIT;
    return 0;
}

void
signer_release(struct signer *s)
{
    pki_free(s->key);
    pki_certs_release(&s->certs);
    *s = (struct signer)SIGNER_INIT;
}
