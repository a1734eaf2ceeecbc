/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "registry/auth/auth.h"

#include "base/mem.h"
#include "base/text.h"
#include "io/http/http_url.h"
#include "registry/auth/auth_token.h"
#include "registry/auth/token.h"
#include "registry/connection/redirect.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* ---- Basic and Bearer ---- */

static bool
is_same(const struct auth *a, const struct auth *b)
{
    return strcmp(secret_get(&a->value), secret_get(&b->value)) == 0;
}

static int
set_basic(struct session *s, const struct host *host, const struct call *call,
          const struct credential *credential, const struct auth *refused,
          struct auth *out, struct err *err)
{
    CLEANUP(credential_release) struct credential fresh = CREDENTIAL_INIT;
    int rc;

    if (!credential_has_password(credential))
        return 0;
    if (token_basic(credential, &out->value, err) < 0)
        return -1;
    if (!is_same(out, refused))
        return 1;
    rc = auth_renew_credential(s, host, call, credential, &fresh, err);
    if (rc != 1 || !credential_has_password(&fresh))
        return rc < 0 ? -1 : 0;
    return token_basic(&fresh, &out->value, err) < 0 ? -1 : 1;
}

/*
 * Authorization for a scheme, other than what was refused.  1: set, 0: there is none, -1.
 */
static int
authorize(struct session *s, struct host *host, const struct call *call,
          enum challenge_scheme scheme, const struct auth *refused, const char *demanded,
          struct auth *out, struct err *err)
{
    CLEANUP(credential_release) struct credential credential = CREDENTIAL_INIT;
    int known;

    if (scheme == CHALLENGE_NONE)
        return 0;
    known = auth_find_credential(s, host, call, &credential, err);
    if (known < 0)
        return -1;
    if (known == 1 && secret_is_set(&credential.registry_token)) {
        auth_set_bearer(out, &credential.registry_token);
        return is_same(out, refused) ? 0 : 1;
    }
    if (scheme == CHALLENGE_BEARER)
        return auth_get_token(s, host, call, refused->generation, demanded, out, err) < 0
                   ? -1
                   : 1;
    return known == 1 ? set_basic(s, host, call, &credential, refused, out, err) : 0;
}

static enum challenge_scheme
known_scheme(struct session *s, const struct host *host)
{
    enum challenge_scheme scheme;

    pthread_mutex_lock(&s->client->lock);
    scheme = host->auth;
    pthread_mutex_unlock(&s->client->lock);
    return scheme;
}

int
auth_prepare(struct session *s, struct host *host, const struct call *call,
             struct auth *out, struct err *err)
{
    const struct auth nothing = AUTH_INIT;

    return authorize(s, host, call, known_scheme(s, host), &nothing, NULL, out, err) < 0
               ? -1
               : 0;
}

/* Some registries send a challenge only for /v2/ itself. */
static int
ask_for_challenge(struct session *s, const struct host *host, struct challenge *out,
                  struct err *err)
{
    CLEANUP(http_response_release) struct http_response r = {.status = 0};
    CLEANUP(mem_free_string) char *url = client_url(host, "", "");
    CLEANUP(mem_free_string) char *end = NULL;
    struct http_request request = {
        .method = "GET", .url = url, .body_max = HTTP_ERROR_BODY_MAX};
    bool elsewhere;

    if (redirect_follow(s, &request, &r, &end, &elsewhere, err) < 0)
        return -1;
    return r.status == 401 && !elsewhere ? challenge_of_response(out, &r, err) : 0;
}

/* Store the challenge of the host.  Caller does not hold the lock; c is emptied. */
static int
remember_challenge(struct session *s, struct host *host, const struct challenge *c,
                   const struct answer *refusal, struct err *err)
{
    char *realm = NULL;

    if (c->scheme == CHALLENGE_BEARER &&
        http_url_resolve(refusal->url, c->realm, &realm, err) < 0) {
        err->kind = ERR_AUTH;
        return err_wrap(err, "%s names an invalid token server", host->name);
    }
    pthread_mutex_lock(&s->client->lock);
    if (realm) { /* otherwise keep the old one: another worker may be about to use it */
        free(host->realm);
        free(host->service);
        host->realm = realm;
        host->service = c->service ? xstrdup(c->service) : NULL;
    }
    host->reach = refusal->http.peer;
    host->auth = c->scheme;
    pthread_mutex_unlock(&s->client->lock);
    return 0;
}

/*
 * 1: *c is the current challenge; 0: there is none; -1.  Where a token was accepted
 * before, a new one is requested regardless of the challenge.
 */
static int
choose_challenge(struct session *s, struct host *host, const struct answer *refusal,
                 const struct auth *refused, struct challenge *c, struct err *err)
{
    bool had_token = refused->generation > 0;

    if (challenge_of_response(c, &refusal->http, had_token ? err_ignored() : err) < 0) {
        if (!had_token)
            return -1;
        challenge_release(c);
    }
    if (c->scheme == CHALLENGE_NONE && ask_for_challenge(s, host, c, err) < 0)
        return -1;
    if (c->scheme == CHALLENGE_NONE && had_token)
        c->scheme = known_scheme(s, host);
    else if (c->scheme != CHALLENGE_NONE &&
             remember_challenge(s, host, c, refusal, err) < 0)
        return -1;
    return c->scheme != CHALLENGE_NONE;
}

bool
auth_wants_password(const struct answer *a)
{
    CLEANUP(challenge_release) struct challenge c = CHALLENGE_INIT;

    return a->http.status == 401 && !a->elsewhere &&
           challenge_of_response(&c, &a->http, err_ignored()) == 0 &&
           c.scheme == CHALLENGE_BASIC;
}

int
auth_renew(struct session *s, struct host *host, const struct call *call,
           const struct answer *refusal, struct auth *a, struct err *err)
{
    CLEANUP(challenge_release) struct challenge c = CHALLENGE_INIT;
    CLEANUP(auth_release) struct auth fresh = AUTH_INIT;
    int rc;

    if (refusal->http.status == 401) {
        rc = choose_challenge(s, host, refusal, a, &c, err);
        if (rc != 1)
            return rc;
    } else { /* the credentials are no longer accepted, and there is no challenge */
        c.scheme = known_scheme(s, host);
    }
    rc = authorize(s, host, call, c.scheme, a, c.scope, &fresh, err);
    if (rc != 1)
        return rc;
    auth_release(a);
    *a = fresh;
    fresh = (struct auth)AUTH_INIT;
    return 1;
}

/* Amazon ECR sends 403 and a text, which need not be JSON. */
bool
auth_has_expired(const struct answer *a)
{
    static const char says[] = "authorization token has expired";
    const struct buf *body = &a->http.body;
    size_t len = sizeof(says) - 1;

    if (a->http.status != 403 || a->elsewhere)
        return false;
    for (size_t i = 0; i + len <= body->len; i++) {
        if (strncasecmp(body->data + i, says, len) == 0)
            return true;
    }
    return false;
}

/* Whether a token was requested without credentials. */
static bool
is_anonymous(struct session *s, struct host *host, const struct call *call,
             const struct auth *used)
{
    CLEANUP(credential_release) struct credential credential = CREDENTIAL_INIT;

    return used->generation > 0 &&
           auth_find_credential(s, host, call, &credential, err_ignored()) == 0;
}

enum refusal
auth_refusal(struct session *s, struct host *host, const struct call *call,
             const struct answer *a, const struct auth *used)
{
    if (auth_is_withheld(s, host, call))
        return REFUSAL_OF_WITHHELD;
    if (!secret_is_set(&used->value))
        return REFUSAL_OF_NOBODY;
    if (auth_has_expired(a))
        return REFUSAL_EXPIRED;
    if (is_anonymous(s, host, call, used))
        return REFUSAL_OF_ANONYMOUS;
    if (a->http.status == 403)
        return REFUSAL_NONE;
    return text_starts(secret_get(&used->value), "Basic ") ? REFUSAL_OF_PASSWORD
                                                           : REFUSAL_OF_TOKEN;
}
