/* SPDX-License-Identifier: Apache-2.0 */
/* Private key files, cosign's above all: opened with a passphrase or refused, at a
 * bounded cost.  A key that came out can be written again. */
#include "config.h"
#include "tests/fuzz/fuzz.h"

#include "io/crypto/pki.h"
#include "io/crypto/pki_pem.h"

#include <string.h>

static int
give(void *ctx, const char *what, struct secret *out, struct err *err)
{
    (void)ctx;
    (void)what;
    (void)err;
    secret_set(out, "harbour", 7);
    return 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct pki_passphrase pass = {.ask = give};
    const char *text = size > 0 ? (const char *)data : "";
    struct err err = ERR_INIT;
    struct pki_key *key = pki_private(text, size, "key", &pass, &err);

    if (key) {
        CLEANUP(buf_release) struct buf pem = BUF_INIT(PKI_KEY_FILE_MAX);

        assert(pki_form(key) != PKI_FORM_NONE && pki_form(key) != PKI_FORM_TOKEN);
        assert(pki_private_pem(key, PKI_FORM_PLAIN, NULL, &pem, &err) == 0);
        pki_free(key);
        return 0;
    }
    assert(err.kind == ERR_USAGE || err.kind == ERR_LIMIT || err.kind == ERR_AUTH);
    assert(err.msg[0] != '\0');
    return 0;
}
