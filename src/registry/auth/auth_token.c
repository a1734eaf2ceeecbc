/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "registry/auth/auth_token.h"

#include "base/clock.h"
#include "base/mem.h"
#include "io/http/http_url.h"
#include "registry/auth/token.h"
#include "registry/auth/token_scope.h"

#include <stdlib.h>
#include <string.h>

/* A token server that may be used, or ERR_AUTH. */
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

/* The host's fields that a fetch needs, copied while holding the lock. */
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

    http_origin_shown(&server->realm, name);
    err_because(
        err, ERR_AUTH, REASON_TOKEN_SERVER,
        "will not send the credentials for %s to its token server on another host, %s",
        server->registry, name);
    return err_subject(err, name);
}

/* Fetch with our credentials; on refusal, query the helper again, once. */
static int
fetch_as(struct session *s, struct host *host, const struct call *call,
         struct token_request *request, const struct token_server *server,
         struct token_reply *out, struct err *err)
{
    CLEANUP(credential_release) struct credential credential = CREDENTIAL_INIT;
    CLEANUP(credential_release) struct credential fresh = CREDENTIAL_INIT;
    CLEANUP(mem_free_string) char *helper = NULL;
    int rc = auth_find_credential(s, host, call, &credential, err);

    if (rc < 0)
        return -1;
    if (rc == 0) {
        request->silent_helper = helper = auth_silent_helper(s, host, call);
        request->withheld_from = auth_is_withheld(s, host, call) ? host->name : NULL;
        return token_fetch(s, request, out, err) == 0 ? 0 : -1;
    }
    if (!token_server_is_trusted(server))
        return untrusted(server, err);
    request->credential = &credential;
    rc = token_fetch(s, request, out, err);
    if (rc != 1)
        return rc;
    rc = auth_renew_credential(s, host, call, &credential, &fresh, err);
    if (rc != 1)
        return -1; /* still the refusal, or the error of finding others */
    request->credential = &fresh;
    return token_fetch(s, request, out, err) == 0 ? 0 : -1;
}

static int
fetch_token(struct session *s, struct host *host, const struct call *call,
            const char *demanded, struct token_reply *out, struct err *err)
{
    CLEANUP(server_copy_release) struct server_copy copy = {.realm = NULL};
    CLEANUP(token_scope_release) struct token_scopes scopes = TOKEN_SCOPE_INIT;
    struct token_request request = {.scope_count = 0};
    struct token_server server;

    pthread_mutex_lock(&s->client->lock);
    copy.realm = xstrdup(host->realm);
    copy.service = host->service ? xstrdup(host->service) : NULL;
    copy.reach = host->reach;
    pthread_mutex_unlock(&s->client->lock);

    request.registry = host->name;
    request.realm = copy.realm;
    request.service = copy.service;
    token_scope_of_call(&scopes, call, s->client->config.may_push, demanded);
    for (size_t i = 0; i < scopes.count; i++)
        request.scopes[request.scope_count++] = scopes.items[i];
    if (token_server(s, host->name, copy.realm, &host->origin, copy.reach, &server, err) <
        0)
        return -1;
    request.public_only = token_server_must_be_public(&server);
    return fetch_as(s, host, call, &request, &server, out, err);
}

/* Caller holds the lock.  The token of a call, moved to the front of the list. */
static struct token *
find_cached_token(struct client *c, const struct host *host, const struct call *call)
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

/* Refresh a little early: a token must not expire during a request. */
static uint64_t
good_until(uint64_t lifetime_s)
{
    uint64_t early = lifetime_s / 10 > 5 ? lifetime_s / 10 : 5;

    return clock_ms() + (lifetime_s - early) * 1000;
}

int
auth_get_token(struct session *s, struct host *host, const struct call *call,
               unsigned refused, const char *demanded, struct auth *out, struct err *err)
{
    CLEANUP(token_reply_release) struct token_reply reply = TOKEN_REPLY_INIT;
    struct client *c = s->client;
    struct token *t;
    int rc = 0;

    pthread_mutex_lock(&c->lock);
    t = find_cached_token(c, host, call);
    while (rc == 0 && t->asking)
        rc = client_wait(c, err);
    if (rc == 0 && (t->generation <= refused || t->good_until <= clock_ms())) {
        t->asking = true;
        pthread_mutex_unlock(&c->lock);
        rc = fetch_token(s, host, call, demanded, &reply, err);
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
        auth_set_bearer(out, &t->value);
        out->generation = t->generation;
    }
    pthread_mutex_unlock(&c->lock);
    return rc;
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
    auth_set_bearer(a, &reply.value);
    return 1;
}
