#include "config.h"
#include "registry/auth.h"

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "io/hash.h"
#include "registry/redirect.h"
#include "registry/token.h"

#include <stdlib.h>
#include <string.h>

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

/* The credential of a host: *out NULL when there is none.  Looked up once. */
static int
host_credential(struct session *s, struct host *host, const struct credential **out,
                struct err *err)
{
    struct client *c = s->client;
    int rc = 0;

    pthread_mutex_lock(&c->lock);
    if (host->has_credential == CREDENTIAL_UNREAD) {
        rc = c->config.credentials ? credentials_find(c->config.credentials, host->name,
                                                      &host->credential, err)
                                   : 0;
        if (rc >= 0)
            host->has_credential = rc == 1 ? CREDENTIAL_SET : CREDENTIAL_NONE;
    }
    *out = host->has_credential == CREDENTIAL_SET ? &host->credential : NULL;
    pthread_mutex_unlock(&c->lock);
    return rc < 0 ? -1 : 0;
}

/* ---- scopes ---- */

struct scopes {
    char *items[TOKEN_SCOPES_MAX];
    size_t count;
};

static void
scopes_release(struct scopes *l)
{
    for (size_t i = 0; i < l->count; i++)
        free(l->items[i]);
    l->count = 0;
}

static void
add_scope(struct scopes *l, const char *path, size_t len, const char *actions)
{
    char *scope = xasprintf("repository:%.*s:%s", (int)len, path, actions);

    for (size_t i = 0; i < l->count; i++) {
        if (strcmp(l->items[i], scope) == 0 || l->count == TOKEN_SCOPES_MAX) {
            free(scope);
            return;
        }
    }
    l->items[l->count++] = scope;
}

/*
 * Some registries know a repository by another name than its path: the one they demand
 * goes first.  What may be done there is never more than what we came for.
 */
static void
add_demanded(struct scopes *l, const char *demanded, const char *actions)
{
    static const char type[] = "repository:";
    size_t len;

    for (; demanded && *demanded != '\0'; demanded += len + strspn(demanded + len, " ")) {
        const char *name = demanded + sizeof(type) - 1;
        size_t end;

        len = strcspn(demanded, " ");
        if (len < sizeof(type) || !text_starts(demanded, type))
            continue;
        for (end = len; end > 0 && demanded[end - 1] != ':'; end--)
            ; /* the name may hold a colon too, so look for the last one */
        if (end > sizeof(type) && l->count < TOKEN_SCOPES_MAX / 2 && len < 512)
            add_scope(l, name, end - sizeof(type), actions);
    }
}

static void
wanted_scopes(const struct client *c, const struct call *call, const char *demanded,
              struct scopes *out)
{
    const char *actions = c->config.may_push ? "pull,push" : "pull";

    add_demanded(out, demanded, actions);
    add_scope(out, call->repo->path, strlen(call->repo->path), actions);
    if (call->mount_from)
        add_scope(out, call->mount_from, strlen(call->mount_from), "pull");
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
fetch(struct session *s, struct host *host, const struct call *call, const char *demanded,
      struct token_reply *out, struct err *err)
{
    CLEANUP(server_copy_release) struct server_copy copy = {.realm = NULL};
    CLEANUP(scopes_release) struct scopes scopes = {.count = 0};
    struct token_request request = {.scope_count = 0};
    struct token_server server;

    pthread_mutex_lock(&s->client->lock);
    copy.realm = xstrdup(host->realm);
    copy.service = host->service ? xstrdup(host->service) : NULL;
    copy.reach = host->reach;
    pthread_mutex_unlock(&s->client->lock);

    request.realm = copy.realm;
    request.service = copy.service;
    wanted_scopes(s->client, call, demanded, &scopes);
    for (size_t i = 0; i < scopes.count; i++)
        request.scopes[request.scope_count++] = scopes.items[i];
    if (token_server(s, host->name, copy.realm, &host->origin, copy.reach, &server, err) <
            0 ||
        host_credential(s, host, &request.credential, err) < 0)
        return -1;
    if (request.credential && !token_server_is_trusted(&server)) {
        err_set(
            err, ERR_AUTH,
            "will not send the credentials for %s to its token server on another host, "
            "%s",
            host->name, server.realm.host);
        return err_hint(err,
                        "without credentials for %s the token is asked for anonymously",
                        host->name);
    }
    return token_fetch(s, &request, out, err);
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

/* Authorization for a scheme.  1: set, 0: there is nothing to offer, -1. */
static int
authorize(struct session *s, struct host *host, const struct call *call,
          enum challenge_scheme scheme, unsigned refused, const char *demanded,
          struct auth *out, struct err *err)
{
    const struct credential *credential;

    if (scheme == CHALLENGE_NONE)
        return 0;
    if (host_credential(s, host, &credential, err) < 0)
        return -1;
    if (credential && secret_is_set(&credential->registry_token)) {
        set_bearer(out, &credential->registry_token);
        return 1;
    }
    if (scheme == CHALLENGE_BEARER)
        return get_token(s, host, call, refused, demanded, out, err) < 0 ? -1 : 1;
    if (!credential || !credential_has_password(credential))
        return 0;
    return token_basic(credential, &out->value, err) < 0 ? -1 : 1;
}

int
auth_prepare(struct session *s, struct host *host, const struct call *call,
             struct auth *out, struct err *err)
{
    enum challenge_scheme scheme;

    pthread_mutex_lock(&s->client->lock);
    scheme = host->auth;
    pthread_mutex_unlock(&s->client->lock);
    return authorize(s, host, call, scheme, 0, NULL, out, err) < 0 ? -1 : 0;
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

int
auth_renew(struct session *s, struct host *host, const struct call *call,
           const struct answer *refusal, struct auth *a, struct err *err)
{
    CLEANUP(challenge_release) struct challenge c = CHALLENGE_INIT;
    CLEANUP(auth_release) struct auth fresh = AUTH_INIT;
    int rc;

    if (challenge_of_response(&c, &refusal->http, err) < 0)
        return -1;
    if (c.scheme == CHALLENGE_NONE && ask_for_challenge(s, host, &c, err) < 0)
        return -1;
    if (c.scheme == CHALLENGE_NONE)
        return 0;
    if (remember(s, host, &c, refusal, err) < 0)
        return -1;
    rc = authorize(s, host, call, c.scheme, a->generation, c.scope, &fresh, err);
    if (rc != 1 || (secret_is_set(&a->value) &&
                    strcmp(secret_get(&a->value), secret_get(&fresh.value)) == 0))
        return rc < 0 ? -1 : 0; /* what was refused would be refused again */
    auth_release(a);
    *a = fresh;
    fresh = (struct auth)AUTH_INIT;
    return 1;
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
    if (c.scope && strlen(c.scope) < 512)
        request.scopes[request.scope_count++] = c.scope;
    if (token_fetch(s, &request, &reply, err) < 0)
        return -1;
    set_bearer(a, &reply.value);
    return 1;
}
