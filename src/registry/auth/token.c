/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "registry/auth/token.h"

#include "base/mem.h"
#include "base/text.h"
#include "io/crypto/hash.h"
#include "io/http/http_url.h"
#include "io/json/json.h"
#include "registry/connection/redirect.h"
#include "registry/exchange_error.h"

#include <stdlib.h>
#include <string.h>

static const char client_id[] = "sealift";

void
token_reply_release(struct token_reply *t)
{
    secret_release(&t->value);
    t->lifetime_s = 0;
}

/* ---- the answer ---- */

/* Tokens go into a header: only the characters of RFC 6750 are allowed. */
static bool
is_token(const char *text)
{
    size_t len = strlen(text);

    for (size_t i = 0; i < len; i++) {
        if (!text_is_alnum(text[i]) && !strchr("._~+/=-", text[i]))
            return false;
    }
    return len > 0 && len <= TOKEN_MAX;
}

static int
no_token(const char *why, struct err *err)
{
    return err_set(err, ERR_AUTH, "the token server's answer %s", why);
}

/* The token itself, borrowed from the document. */
static int
read_token(const struct js *root, const char **out, struct err *err)
{
    const char *token = "", *access = "";

    if ((js_string(root, "token", &token) < 0 && !js_is_null(root, "token")) ||
        (js_string(root, "access_token", &access) < 0 &&
         !js_is_null(root, "access_token")))
        return no_token("has a token that is not a string", err);
    if (token[0] == '\0')
        token = access;
    if (token[0] == '\0')
        return no_token("has no token", err);
    if (access[0] != '\0' && strcmp(token, access) != 0)
        return no_token("has two different tokens", err);
    if (!is_token(token))
        return no_token("has a token with invalid characters or length", err);
    *out = token;
    return 0;
}

int
token_parse(const void *bytes, size_t len, struct token_reply *out, struct err *err)
{
    enum { DAY_S = 24 * 60 * 60 };
    CLEANUP(js_release) struct js *root = js_parse_foreign(bytes, len, ERR_AUTH, err);
    const char *token = NULL;
    uint64_t lifetime;

    if (!root) /* the parser's message may quote part of the token */
        return no_token("is not a JSON object", err);
    if (read_token(root, &token, err) < 0)
        return -1;
    if (js_u64(root, "expires_in", &lifetime) != 1 || lifetime < TOKEN_LIFETIME_MIN)
        lifetime = TOKEN_LIFETIME_MIN;
    secret_set(&out->value, token, strlen(token));
    out->lifetime_s = lifetime < DAY_S ? lifetime : DAY_S;
    return 0;
}

/* ---- the request ---- */

/* Set the error for a refusal, depending on whether credentials were sent. */
static int
refused(struct session *s, const struct http_response *r, const char *server,
        const struct token_request *request, struct err *err)
{
    const char *wait = http_header(r, "retry-after", 0);

    if (r->status == 408 || r->status == 429 || r->status >= 500) {
        s->retry_after = wait ? http_retry_after(wait) : -1;
        return err_set(err, ERR_NETWORK, "token server %s returned %ld", server,
                       r->status);
    }
    if (request->credential) {
        err_because(err, ERR_AUTH, REASON_LOGIN,
                    "token server %s refused the credentials (%ld)", server, r->status);
        return err_hint(err, "check user name and password, or log in again");
    }
    err_set(err, ERR_AUTH,
            "token server %s refused anonymous access (%ld): not found or no access",
            server, r->status);
    if (request->withheld_from) {
        err_because(err, ERR_AUTH, REASON_PLAIN_HTTP,
                    "token server %s refused anonymous access (%ld), and the credentials "
                    "for %s are not sent over plain HTTP",
                    server, r->status, request->withheld_from);
        return err_subject(err, request->withheld_from);
    }
    err->reason = REASON_NO_LOGIN;
    if (request->registry)
        err_subject(err, request->registry);
    if (request->silent_helper)
        err_hint(err, "%s has no credentials for the registry", request->silent_helper);
    return -1;
}

/* Send it and read the token.  1: refused; a POST perhaps because it is not known here.
 */
static int
request_token(struct session *s, const struct token_request *request,
              const struct http_request *http, struct token_reply *out, struct err *err)
{
    CLEANUP(http_response_release) struct http_response r = {.status = 0};
    CLEANUP(mem_free_string) char *url = NULL;
    char server[HTTP_ORIGIN_TEXT_MAX];
    struct http_origin origin;
    bool elsewhere;
    int rc;

    if (http_url_origin(http->url, &origin, err) < 0)
        return -1;
    http_origin_shown(&origin, server);
    if (redirect_follow(s, http, &r, &url, &elsewhere, err) < 0) {
        if (err->reason == REASON_PRIVATE_ADDRESS)
            err->kind =
                ERR_AUTH; /* the same kind as for an address in the realm itself */
        /* A failed connection names it already. */
        return strstr(err->msg, server) ? err_wrap(err, "token server")
                                        : err_wrap(err, "token server %s", server);
    }
    if (r.status != 200) {
        refused(s, &r, server, request, err);
        return err->kind == ERR_AUTH ? 1 : -1;
    }
    if (exchange_check_encoding(&r, err) < 0) {
        err->kind = ERR_AUTH;
        return err_wrap(err, "token server %s", server);
    }
    rc = token_parse(r.body.data ? r.body.data : "", r.body.len, out, err);
    secret_wipe(r.body.data, r.body.len);
    return rc;
}

int
token_basic(const struct credential *c, struct secret *out, struct err *err)
{
    CLEANUP(buf_release) struct buf pair = BUF_INIT(2 * CREDENTIAL_VALUE_MAX + 1);
    CLEANUP(buf_release) struct buf value = BUF_INIT(4 * CREDENTIAL_VALUE_MAX);
    int rc = -1;

    if (buf_addf(&pair, "%s:%s", c->user, secret_get(&c->password)) == 0 &&
        buf_add_text(&value, "Basic ") == 0 &&
        base64_encode(pair.data, pair.len, &value) == 0) {
        secret_set(out, value.data, value.len);
        rc = 0;
    }
    secret_wipe(pair.data, pair.cap);
    secret_wipe(value.data, value.cap);
    return rc < 0 ? err_set(err, ERR_AUTH, "user name and password are too long") : 0;
}

static int
fetch_by_get(struct session *s, const struct token_request *request,
             struct token_reply *out, struct err *err)
{
    CLEANUP(secret_release) struct secret basic = SECRET_INIT;
    char *url = xstrdup(request->realm);
    struct http_request http = {.method = "GET",
                                .authorization = &basic,
                                .body_max = TOKEN_BODY_MAX,
                                .public_only = request->public_only};
    int rc = 0;

    for (size_t i = 0; i <= request->scope_count; i++) { /* the service goes first */
        const char *value = i == 0 ? request->service : request->scopes[i - 1];
        char *longer = value
                           ? http_url_add_query(url, i == 0 ? "service" : "scope", value)
                           : xstrdup(url);

        free(url);
        url = longer;
    }
    http.url = url;
    if (request->credential)
        rc = token_basic(request->credential, &basic, err);
    if (rc == 0)
        rc = request_token(s, request, &http, out, err);
    free(url);
    return rc;
}

/* All scopes in one parameter, as OAuth2 specifies. */
static int
refresh_form(const struct token_request *request, struct buf *form)
{
    CLEANUP(buf_release) struct buf scopes = BUF_INIT(HTTP_URL_MAX);

    for (size_t i = 0; i < request->scope_count; i++) {
        if (buf_addf(&scopes, "%s%s", i > 0 ? " " : "", request->scopes[i]) < 0)
            return -1;
    }
    if (http_form_add(form, "grant_type", "refresh_token") < 0 ||
        http_form_add(form, "service", request->service ? request->service : "") < 0 ||
        http_form_add(form, "client_id", client_id) < 0 ||
        http_form_add(form, "scope", scopes.data ? scopes.data : "") < 0)
        return -1;
    return http_form_add(form, "refresh_token",
                         secret_get(&request->credential->identity_token));
}

static int
fetch_by_post(struct session *s, const struct token_request *request,
              struct token_reply *out, struct err *err)
{
    static const char *const headers[] = {
        "Content-Type: application/x-www-form-urlencoded", NULL};
    struct buf form = BUF_INIT(4 * TOKEN_MAX);
    struct byte_block body;
    struct byte_source source;
    struct http_request http = {.method = "POST",
                                .url = request->realm,
                                .headers = headers,
                                .source = &source,
                                .confided = &request->credential->identity_token,
                                .body_max = TOKEN_BODY_MAX,
                                .public_only = request->public_only};
    int rc;

    if (refresh_form(request, &form) < 0) {
        rc = err_set(err, ERR_AUTH, "the identity token is too long");
    } else {
        body = (struct byte_block){form.data, form.len};
        source = byte_block_source(&body);
        rc = request_token(s, request, &http, out, err);
    }
    secret_wipe(form.data, form.cap);
    buf_release(&form);
    return rc;
}

int
token_fetch(struct session *s, const struct token_request *request,
            struct token_reply *out, struct err *err)
{
    const struct credential *c = request->credential;
    int rc;

    if (!c || !secret_is_set(&c->identity_token))
        return fetch_by_get(s, request, out, err);
    rc = fetch_by_post(s, request, out, err);
    return rc == 1 && credential_has_password(c) ? fetch_by_get(s, request, out, err)
                                                 : rc;
}

/* ---- permitted token servers ---- */

bool
token_server_must_be_public(const struct token_server *t)
{
    return http_origin_reach(t->origin, t->reach) == HTTP_REACH_PUBLIC &&
           strcmp(t->realm.host, t->origin->host) != 0;
}

static int
refuse_plain(const struct http_origin *realm, struct err *err)
{
    char name[HTTP_ORIGIN_TEXT_MAX];

    http_origin_shown(realm, name);
    err_because(err, ERR_AUTH, REASON_PLAIN_HTTP,
                "the token server %s would be contacted over plain HTTP", name);
    return err_subject(err, name);
}

int
token_server_check(const struct token_server *t, struct err *err)
{
    const struct http_origin *realm = &t->realm;
    char name[HTTP_ORIGIN_TEXT_MAX];
    bool both_loopback =
        http_origin_is_loopback(realm) && http_origin_is_loopback(t->origin);

    if (!realm->tls && !both_loopback && !t->allows_plain)
        return refuse_plain(realm, err);
    if (token_server_must_be_public(t) &&
        http_origin_reach(realm, HTTP_REACH_PUBLIC) != HTTP_REACH_PUBLIC) {
        http_origin_shown(realm, name);
        return err_set(
            err, ERR_AUTH,
            "a public registry names a token server with a private address, %s", name);
    }
    return 0;
}

/* "gitlab.com" of "registry.gitlab.com", but not "com", nor "com." of "corp.com." */
static bool
is_parent(const char *parent, const char *child)
{
    size_t p = strlen(parent), c = strlen(child);
    const char *dot = strchr(parent, '.');

    return c > p && child[c - p - 1] == '.' && strcmp(child + c - p, parent) == 0 &&
           dot && dot[1] != '\0' && http_host_reach(child) == HTTP_REACH_NAME;
}

bool
token_server_is_trusted(const struct token_server *t)
{
    static const struct {
        const char *registry, *realm;
    } pairs[] = {
        {"docker.io", "auth.docker.io"},
        {"registry.cn-hangzhou.aliyuncs.com", "dockerauth.cn-hangzhou.aliyuncs.com"},
        {"registry.digitalocean.com", "api.digitalocean.com"},
        {"registry.suse.com", "scc.suse.com"},
    };
    const char *realm = t->realm.host, *host = t->origin->host;

    if (t->is_named || strcmp(realm, host) == 0 || is_parent(realm, host) ||
        is_parent(host, realm))
        return true;
    for (size_t i = 0; i < COUNT_OF(pairs); i++) {
        if (strcmp(t->registry, pairs[i].registry) == 0 &&
            strcmp(realm, pairs[i].realm) == 0)
            return true;
    }
    return false;
}
