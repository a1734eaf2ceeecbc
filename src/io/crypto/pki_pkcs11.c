/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "io/crypto/pki_pkcs11.h"

#include "base/cancel_guard.h"
#include "base/mem.h"
#include "base/text.h"
#include "io/crypto/pki_internal.h"
#include "io/crypto/pki_pkcs8.h"
#include "io/crypto/pki_token.h"

#include <openssl/err.h>
#include <openssl/store.h>
#include <openssl/ui.h>
#include <string.h>

enum { OBJECTS_MAX = 16 }; /* maximum number of matches of a URI */

bool
pki_is_token(const char *where)
{
    return text_starts(where, "pkcs11:");
}

bool
pki_token_possible(void)
{
#ifdef OPENSSL_NO_DSO
    return false;
#else
    return true;
#endif
}

static void
token_release(struct pki_token **token)
{
    pki_token_free(*token);
}

static int
open_provider(struct pki_token *token, struct err *err)
{
    if (!pki_token_possible()) {
        err_set(err, ERR_USAGE, "this static program cannot use smart cards (PKCS#11)");
        return err_hint(err, "use a sealift that was built for this distribution");
    }
    token->lib = OSSL_LIB_CTX_new();
    if (token->lib) {
        token->standard = OSSL_PROVIDER_load(token->lib, "default");
        token->pkcs11 = OSSL_PROVIDER_load(token->lib, "pkcs11");
    }
    if (token->standard && token->pkcs11)
        return 0;
    err_set(err, ERR_USAGE,
            "this OpenSSL cannot use smart cards: it has no provider 'pkcs11'");
    return err_hint(err,
                    "install pkcs11-provider (on Debian 12 from bookworm-backports); "
                    "PKCS11_PROVIDER_MODULE must name the module of the card");
}

/* ---- the PIN ---- */

struct pin {
    const struct pki_passphrase *pass;
    const char *uri;
    bool was_asked; /* asked once: a few wrong PINs lock the card */
    struct err err;
};

static int
give_pin(UI *ui, UI_STRING *prompt)
{
    struct pin *pin = UI_get0_user_data(ui);
    CLEANUP(secret_release) struct secret text = SECRET_INIT;

    if (UI_get_string_type(prompt) != UIT_PROMPT)
        return 1;
    if (pin->was_asked)
        return 0;
    pin->was_asked = true;
    return pki_ask(pin->pass, pin->uri, &text, &pin->err) == 0 && text.len < INT_MAX &&
           UI_set_result_ex(ui, prompt, secret_get(&text), (int)text.len) == 0;
}

/* ---- the key ---- */

static EVP_PKEY *
first_key(OSSL_STORE_CTX *store)
{
    EVP_PKEY *pkey = NULL;

    for (int i = 0; !pkey && i < OBJECTS_MAX && OSSL_STORE_eof(store) == 0; i++) {
        OSSL_STORE_INFO *info = OSSL_STORE_load(store);

        if (!info)
            break;
        if (OSSL_STORE_INFO_get_type(info) == OSSL_STORE_INFO_PKEY)
            pkey = OSSL_STORE_INFO_get1_PKEY(info);
        OSSL_STORE_INFO_free(info);
    }
    return pkey;
}

static int
find_token_key(struct pki_token *token, struct pin *pin, struct err *err)
{
    UI_METHOD *method = UI_create_method("PIN");
    OSSL_STORE_CTX *store = NULL;

    if (method && UI_method_set_reader(method, give_pin) == 0)
        store =
            OSSL_STORE_open_ex(pin->uri, token->lib, NULL, method, pin, NULL, NULL, NULL);
    if (store && OSSL_STORE_expect(store, OSSL_STORE_INFO_PKEY) == 1)
        token->pkey = first_key(store);
    OSSL_STORE_close(store);
    UI_destroy_method(method);
    if (token->pkey)
        return 0;
    if (pin->err.kind != ERR_NONE) {
        *err = pin->err;
        return -1;
    }
    if (pin->was_asked)
        return err_set(err, ERR_AUTH, "'%s': wrong PIN, or no such private key",
                       pin->uri);
    return err_set(err, ERR_NOT_FOUND, "private key not found: '%s'", pin->uri);
}

/* The public half in the default context, checked like any other key. */
static struct pki_key *
adopt_public(EVP_PKEY *pkey, const char *uri, struct err *err)
{
    unsigned char *der = NULL;
    int len = i2d_PUBKEY(pkey, &der);
    const unsigned char *p = der;
    EVP_PKEY *ours = len > 0 ? d2i_PUBKEY(NULL, &p, len) : NULL;

    OPENSSL_free(der);
    if (ours)
        return pki_adopt_signer(ours, false, uri, err);
    err_set(err, ERR_USAGE, "'%s' does not expose its public half", uri);
    return NULL;
}

struct pki_key *
pki_token(const char *uri, const struct pki_passphrase *pass, struct err *err)
{
    CLEANUP(cancel_guard_end) struct cancel_guard guard;
    CLEANUP(token_release) struct pki_token *token = xcalloc(1, sizeof(*token));
    struct pin pin = {.pass = pass, .uri = uri, .err = ERR_INIT};
    struct pki_key *key = NULL;

    cancel_guard_begin(&guard, true);
    if (strstr(uri, "pin-value=")) {
        err_set(err, ERR_USAGE, "a PIN in a URI is visible to all users of this host");
        err_hint(err, "enter it like a passphrase, or use pin-source=file:");
        return NULL;
    }
    if (open_provider(token, err) == 0 && find_token_key(token, &pin, err) == 0)
        key = adopt_public(token->pkey, uri, err);
    if (key) {
        key->form = PKI_FORM_TOKEN;
        key->token = token;
        token = NULL;
    }
    ERR_clear_error();
    return key;
}
