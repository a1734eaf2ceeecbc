/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "io/crypto/pki_token.h"

#include "base/cancel_guard.h"
#include "base/cleanup.h"

#include <stdlib.h>

EVP_PKEY *
pki_token_key(const struct pki_token *token, OSSL_LIB_CTX **lib)
{
    *lib = token->lib;
    return token->pkey;
}

void
pki_token_free(struct pki_token *token)
{
    CLEANUP(cancel_guard_end) struct cancel_guard guard;

    cancel_guard_begin(&guard, token);
    if (!token)
        return;
    EVP_PKEY_free(token->pkey);
    if (token->pkcs11)
        OSSL_PROVIDER_unload(token->pkcs11);
    if (token->standard)
        OSSL_PROVIDER_unload(token->standard);
    OSSL_LIB_CTX_free(token->lib);
    free(token);
}
