/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "registry/credentials/credentials_file.h"

#include "base/mem.h"
#include "base/text.h"
#include "io/json/json.h"
#include "registry/credentials/credential_helper.h"
#include "registry/credentials/credentials_match.h"

#include <stdlib.h>
#include <string.h>

struct credentials_loading {
    struct source *to;
    struct err *err;
};

static int
bad_entry(const struct credentials_loading *load, const char *what, const char *key)
{
    char safe[SOURCE_KEY_MAX];

    source_key_text(safe, key);
    return err_set(load->err, ERR_USAGE, "%s: invalid %s in '%s'", load->to->name, what,
                   safe);
}

/* ---- values ---- */

/* 0 also when the member is absent or empty. */
static int
set_token(struct secret *out, const struct js *entry, const char *key)
{
    const char *text = NULL;
    int rc = js_string(entry, key, &text);

    if (rc == 1 && text[0] != '\0') {
        if (!credential_is_usable(text, strlen(text)))
            return -1;
        secret_set(out, text, strlen(text));
    }
    return rc < 0 ? -1 : 0;
}

static int
set_password(struct credential *out, const struct js *entry)
{
    const char *auth = "", *user = "", *password = "";

    if (js_string(entry, "auth", &auth) < 0 || js_string(entry, "username", &user) < 0 ||
        js_string(entry, "password", &password) < 0)
        return -1;
    if (auth[0] != '\0')
        return credential_set_base64(out, auth);
    return user[0] != '\0' ? credential_set_user(out, user, password) : 0;
}

static int
load_auth(const char *key, const struct js *value, void *ctx)
{
    struct credentials_loading *load = ctx;
    struct credential *c;
    struct entry *e;

    if (!js_is_object(value))
        return bad_entry(load, "entry in \"auths\"", key);
    e = credentials_source_add(load->to, key);
    if (!e)
        return 0;
    c = &e->credential;
    if (set_password(c, value) < 0)
        return bad_entry(load, "user name or password", key);
    if (set_token(&c->identity_token, value, "identitytoken") < 0 ||
        set_token(&c->registry_token, value, "registrytoken") < 0)
        return bad_entry(load, "token", key);
    if (!c->user &&
        (secret_is_set(&c->identity_token) || secret_is_set(&c->registry_token)))
        c->user = xstrdup("");
    return 0;
}

static int
load_helper(const char *key, const struct js *value, void *ctx)
{
    struct credentials_loading *load = ctx;
    const char *name = js_text(value);
    struct entry *e;

    if (!name || !helper_name_is_valid(name))
        return bad_entry(load, "credential helper", key);
    e = credentials_source_add(load->to, key);
    if (e)
        e->helper = xstrdup(name);
    return 0;
}

/* ---- the file ---- */

/* 1: present; 0: absent or null; -1. */
static int
get_object(const struct credentials_loading *load, const struct js *root, const char *key,
           const struct js **out)
{
    int rc = js_is_null(root, key) ? 0 : js_object(root, key, out);

    if (rc < 0)
        err_set(load->err, ERR_USAGE, "%s: \"%s\" is not an object", load->to->name, key);
    return rc;
}

static int
load_store(const struct credentials_loading *load, const struct js *root)
{
    const char *store = "";

    if (js_string(root, "credsStore", &store) < 0 ||
        (store[0] != '\0' && !helper_name_is_valid(store)))
        return err_set(load->err, ERR_USAGE, "%s: invalid helper in \"credsStore\"",
                       load->to->name);
    if (store[0] != '\0')
        load->to->store = xstrdup(store);
    return 0;
}

int
credentials_source_parse(struct source *s, const void *bytes, size_t len, struct err *err)
{
    CLEANUP(js_release) struct js *root = js_parse(bytes, len, ERR_USAGE, err);
    struct credentials_loading load = {.to = s, .err = err};
    const struct js *auths, *helpers;
    int has_auths, has_helpers;

    if (!root) /* the parser's message may quote part of a password */
        return err_set(err, ERR_USAGE, "%s is not a valid JSON object", s->name);
    has_auths = get_object(&load, root, "auths", &auths);
    has_helpers = has_auths < 0 ? -1 : get_object(&load, root, "credHelpers", &helpers);
    if (has_helpers < 0 || load_store(&load, root) < 0)
        return -1;
    if (has_helpers == 1 && js_each(helpers, load_helper, &load) != 0)
        return -1;
    return has_auths == 1 && js_each(auths, load_auth, &load) != 0 ? -1 : 0;
}
