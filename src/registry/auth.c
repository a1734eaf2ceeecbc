#include "config.h"
#include "registry/auth.h"

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "registry/redirect.h"
#include "registry/scopes.h"
#include "registry/token.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

void
auth_release(struct auth *a)
{
    secret_release(&a->value);
    a->generation = 0;
}

static void
set_bearer(struct auth *a, const struct secret *token)
{
    char *text = xasprintf("Bearer %s", secret_get(token));

    secret_set(&a->value, text, strlen(text));
    secret_wipe(text, strlen(text));
    free(text);
}

/* What is known of who we are there.  1, 0: nobody, -1. */
static int
find_credential(struct session *s, const struct host *host, const struct call *call,
                struct credential *out, struct err *err)
{
    struct credentials *all = s->client->config.credentials;

    return all ? credentials_find(all, host->name, call->repo->path, out, err) : 0;
}

/* That one was refused: is there another by now? */
static int
renew_credential(struct session *s, const struct host *host, const struct call *call,
                 const struct credential *refused, struct credential *out,
                 struct err *err)
{
    return credentials_renew(s->client->config.credentials, host->name, call->repo->path,
                             refused, out, err);
}

/* ---- tokens ---- */

/* A token server that may be asked, or ERR_AUTH. */
static int
token_server(const struct session *s, const char *registry, const char *realm,
             const struct http_origin *origin, enum http_reach reach,
             struct token_server *out, struct err *err)
{
    char name[HTTP_ORIGIN_TEXT_MAX];

    *out = (struct token_server){.registry = registry, .origin = origin, .reach = reach};
    if (http_url_origin(realm, &out->realm, err) < 0)
        return -1;
    http_origin_text(&out->realm, name);
    out->allows_plain = client_allows_plain(s->client, name);
    out->is_named = client_trusts_realm(s->client, name);
    return token_server_check(out, err);
}

/* What a fetch needs of the host, copied out under the lock. */
struct server_copy {
    char *realm, *service;
    enum http_reach reach;
};

static void
server_copy_release(struct server_copy *k)
{
    free(k->realm);
    free(k->service);
}

static int
untrusted(const struct token_server *server, struct err *err)
{
    char name[HTTP_ORIGIN_TEXT_MAX];

    http_origin_text(&server->realm, name);
    err_set(
        err, ERR_AUTH,
        "will not send the credentials for %s to its token server on another host, %s",
        server->registry, name);
    return err_hint(err, "if %s belongs to the same people: --trust-realm %s", name,
                    name);
}

/* Ask as who we are, and once more if a helper knows better by now. */
static int
fetch_as(struct session *s, const struct host *host, const struct call *call,
         struct token_request *request, const struct token_server *server,
         struct token_reply *out, struct err *err)
{
    CLEANUP(credential_release) struct credential credential = CREDENTIAL_INIT;
    CLEANUP(credential_release) struct credential fresh = CREDENTIAL_INIT;
    CLEANUP(mem_free_string) char *helper = NULL;
    int rc = find_credential(s, host, call, &credential, err);

    if (rc < 0)
        return -1;
    if (rc == 0) {
        request->silent_helper = helper = auth_silent_helper(s, host, call);
        return token_fetch(s, request, out, err) == 0 ? 0 : -1;
    }
    if (!token_server_is_trusted(server))
        return untrusted(server, err);
    request->credential = &credential;
    rc = token_fetch(s, request, out, err);
    if (rc != 1)
        return rc;
    rc = renew_credential(s, host, call, &credential, &fresh, err);
    if (rc != 1)
        return -1; /* still with the refusal, or why it cannot be had */
    request->credential = &fresh;
    return token_fetch(s, request, out, err) == 0 ? 0 : -1;
}

static int
fetch(struct session *s, struct host *host, const struct call *call, const char *demanded,
      struct token_reply *out, struct err *err)
{
    CLEANUP(server_copy_release) struct server_copy copy = {.realm = NULL};
    CLEANUP(scopes_release) struct scopes scopes = SCOPES_INIT;
    struct token_request request = {.scope_count = 0};
    struct token_server server;

    pthread_mutex_lock(&s->client->lock);
    copy.realm = xstrdup(host->realm);
    copy.service = host->service ? xstrdup(host->service) : NULL;
    copy.reach = host->reach;
    pthread_mutex_unlock(&s->client->lock);

    request.realm = copy.realm;
    request.service = copy.service;
    scopes_of_call(&scopes, call, s->client->config.may_push, demanded);
    for (size_t i = 0; i < scopes.count; i++)
        request.scopes[request.scope_count++] = scopes.items[i];
    if (token_server(s, host->name, copy.realm, &host->origin, copy.reach, &server, err) <
        0)
        return -1;
    request.public_only = token_server_must_be_public(&server);
    return fetch_as(s, host, call, &request, &server, out, err);
}

/* Under the lock.  The token of a call, moved to the front of the list. */
static struct token *
find_token(struct client *c, const struct host *host, const struct call *call)
{
    const char *mount_from = call->mount_from ? call->mount_from : "";
    struct token **at = &c->tokens, *t;

    while ((t = *at) && (t->host != host || strcmp(t->path, call->repo->path) != 0 ||
                         strcmp(t->mount_from, mount_from) != 0))
        at = &t->next;
    if (t) {
        *at = t->next;
    } else {
        t = xcalloc(1, sizeof(*t));
        t->host = host;
        t->path = xstrdup(call->repo->path);
        t->mount_from = xstrdup(mount_from);
    }
    t->next = c->tokens;
    c->tokens = t;
    return t;
}

/* Refresh a little early: a request that is under way must not outlive its token. */
static uint64_t
good_until(uint64_t lifetime_s)
{
    uint64_t early = lifetime_s / 10 > 5 ? lifetime_s / 10 : 5;

    return clock_ms() + (lifetime_s - early) * 1000;
}

/* A token newer than the generation that was refused (0: any), fetched when need be. */
static int
get_token(struct session *s, struct host *host, const struct call *call, unsigned refused,
          const char *demanded, struct auth *out, struct err *err)
{
    CLEANUP(token_reply_release) struct token_reply reply = TOKEN_REPLY_INIT;
    struct client *c = s->client;
    struct token *t;
    int rc = 0;

    pthread_mutex_lock(&c->lock);
    t = find_token(c, host, call);
    while (rc == 0 && t->asking)
        rc = client_wait(c, err);
    if (rc == 0 && (t->generation <= refused || t->good_until <= clock_ms())) {
        t->asking = true;
        pthread_mutex_unlock(&c->lock);
        rc = fetch(s, host, call, demanded, &reply, err);
        pthread_mutex_lock(&c->lock);
        t->asking = false;
        pthread_cond_broadcast(&c->changed);
        if (rc == 0) {
            secret_copy(&t->value, &reply.value);
            t->good_until = good_until(reply.lifetime_s);
            t->generation++;
        }
    }
    if (rc == 0) {
        set_bearer(out, &t->value);
        out->generation = t->generation;
    }
    pthread_mutex_unlock(&c->lock);
    return rc;
}

/* ---- the two ways in ---- */

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
    rc = renew_credential(s, host, call, credential, &fresh, err);
    if (rc != 1 || !credential_has_password(&fresh))
        return rc < 0 ? -1 : 0;
    return token_basic(&fresh, &out->value, err) < 0 ? -1 : 1;
}

/*
 * Authorization for a scheme, other than what was refused.  1: set, 0: there is nothing
 * to offer, -1.
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
    known = find_credential(s, host, call, &credential, err);
    if (known < 0)
        return -1;
    if (known == 1 && secret_is_set(&credential.registry_token)) {
        set_bearer(out, &credential.registry_token);
        return is_same(out, refused) ? 0 : 1;
    }
    if (scheme == CHALLENGE_BEARER)
        return get_token(s, host, call, refused->generation, demanded, out, err) < 0 ? -1
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

/* Some registries only say what they want when asked for /v2/ itself. */
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

/* Keep what the host asks for.  Under no lock; c is ours. */
static int
remember(struct session *s, struct host *host, const struct challenge *c,
         const struct answer *refusal, struct err *err)
{
    char *realm = NULL;

    if (c->scheme == CHALLENGE_BEARER &&
        http_url_resolve(refusal->url, c->realm, &realm, err) < 0) {
        err->kind = ERR_AUTH;
        return err_wrap(err, "%s names an odd token server", host->name);
    }
    pthread_mutex_lock(&s->client->lock);
    if (realm) { /* else keep the old one: another worker may be about to use it */
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

/* 1: *scheme and *c say what it wants now; 0: it does not say; -1. */
static int
take_challenge(struct session *s, struct host *host, const struct answer *refusal,
               struct challenge *c, struct err *err)
{
    if (challenge_of_response(c, &refusal->http, err) < 0)
        return -1;
    if (c->scheme == CHALLENGE_NONE && ask_for_challenge(s, host, c, err) < 0)
        return -1;
    if (c->scheme == CHALLENGE_NONE)
        return 0;
    return remember(s, host, c, refusal, err) < 0 ? -1 : 1;
}

int
auth_renew(struct session *s, struct host *host, const struct call *call,
           const struct answer *refusal, struct auth *a, struct err *err)
{
    CLEANUP(challenge_release) struct challenge c = CHALLENGE_INIT;
    CLEANUP(auth_release) struct auth fresh = AUTH_INIT;
    int rc;

    if (refusal->http.status == 401) {
        rc = take_challenge(s, host, refusal, &c, err);
        if (rc != 1)
            return rc;
    } else { /* it accepts who we are no more, and says so without a challenge */
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

/* ECR's way: 403 and a text, which need not be JSON. */
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

char *
auth_silent_helper(struct session *s, const struct host *host, const struct call *call)
{
    CLEANUP(credential_release) struct credential credential = CREDENTIAL_INIT;
    struct err ignored = ERR_INIT;

    if (!s->client->config.credentials ||
        find_credential(s, host, call, &credential, &ignored) != 0)
        return NULL;
    return credentials_silent_helper(s->client->config.credentials, host->name);
}

enum refusal
auth_refusal(const struct answer *a, const struct auth *used)
{
    if (!secret_is_set(&used->value))
        return REFUSAL_OF_NOBODY;
    if (auth_has_expired(a))
        return REFUSAL_EXPIRED;
    if (a->http.status == 403)
        return REFUSAL_NONE;
    return text_starts(secret_get(&used->value), "Basic ") ? REFUSAL_OF_PASSWORD
                                                           : REFUSAL_OF_TOKEN;
}

int
auth_anonymous(struct session *s, const struct answer *refusal, struct auth *a,
               struct err *err)
{
    CLEANUP(challenge_release) struct challenge c = CHALLENGE_INIT;
    CLEANUP(token_reply_release) struct token_reply reply = TOKEN_REPLY_INIT;
    CLEANUP(mem_free_string) char *realm = NULL;
    struct token_request request = {.scope_count = 0};
    struct http_origin origin;
    struct token_server server;

    if (challenge_of_response(&c, &refusal->http, err) < 0)
        return -1;
    if (c.scheme != CHALLENGE_BEARER)
        return 0;
    if (http_url_origin(refusal->url, &origin, err) < 0 ||
        http_url_resolve(refusal->url, c.realm, &realm, err) < 0 ||
        token_server(s, origin.host, realm, &origin, refusal->http.peer, &server, err) <
            0)
        return -1;
    request.realm = realm;
    request.service = c.service;
    request.public_only = token_server_must_be_public(&server);
    if (c.scope && strlen(c.scope) < 512)
        request.scopes[request.scope_count++] = c.scope;
    if (token_fetch(s, &request, &reply, err) != 0)
        return -1;
    set_bearer(a, &reply.value);
    return 1;
}
