/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "registry/exchange.h"

#include "base/clock.h"
#include "base/mask.h"
#include "base/mem.h"
#include "base/text.h"
#include "io/http/http_url.h"
#include "registry/auth/auth.h"
#include "registry/auth/auth_token.h"
#include "registry/connection/host_throttle.h"
#include "registry/connection/redirect.h"
#include "registry/connection/warnings.h"
#include "registry/exchange_error.h"

#include <stdlib.h>
#include <string.h>

/* ---- authorization and redirects ---- */

static int
follow(struct session *s, const struct call *call, const char *url,
       const struct auth *auth, struct answer *a, struct err *err)
{
    struct http_request request = call->request;
    const char *wait;
    int rc;

    request.url = url;
    request.authorization = &auth->value;
    rc = redirect_follow(s, &request, &a->http, &a->url, &a->elsewhere, err);
    wait =
        rc == 0 && exchange_may_pass(a) ? http_header(&a->http, "retry-after", 0) : NULL;
    s->retry_after = wait ? http_retry_after(wait) : -1;
    return rc;
}

/* A server that stores another registry's blobs may require a token of its own. */
static int
follow_elsewhere(struct session *s, const struct call *call, struct answer *a,
                 struct err *err)
{
    CLEANUP(auth_release) struct auth auth = AUTH_INIT;
    char *url;
    int rc = auth_anonymous(s, a, &auth, err);

    if (rc != 1)
        return rc;
    url = a->url;
    a->url = NULL;
    rc = follow(s, call, url, &auth, a, err);
    a->elsewhere = true;
    free(url);
    return rc;
}

/*
 * Renew once when no credentials were sent yet or a token expired, and once more for a
 * password, as a helper may have a newer one, or when one is required in place of a
 * token.
 */
static bool
may_renew(const struct answer *a, const struct auth *auth, int renewals)
{
    return ((a->http.status == 401 && !a->elsewhere) || auth_has_expired(a)) &&
           (renewals == 0 ||
            (renewals == 1 && (auth->generation == 0 || auth_wants_password(a))));
}

/* Add the reason of a refusal, as far as it concerns credentials. */
static void
explain_auth_refusal(struct session *s, struct host *host, const struct call *call,
                     const struct auth *auth, struct answer *a)
{
    bool is_refused = (a->http.status == 401 || a->http.status == 403) && !a->elsewhere;

    a->refusal = is_refused ? auth_refusal(s, host, call, a, auth) : REFUSAL_NONE;
    free(a->silent_helper);
    a->silent_helper = is_refused ? auth_silent_helper(s, host, call) : NULL;
}

/* Send with authorization, renewed when it is refused. */
static int
send_authorized(struct session *s, struct host *host, const struct call *call,
                struct answer *a, struct err *err)
{
    CLEANUP(auth_release) struct auth auth = AUTH_INIT;
    int rc;

    a->refusal = REFUSAL_NONE;
    if (auth_prepare(s, host, call, &auth, err) < 0 ||
        follow(s, call, call->request.url, &auth, a, err) < 0)
        return -1;
    if (a->http.status == 401 && a->elsewhere)
        return follow_elsewhere(s, call, a, err);
    for (int renewals = 0; may_renew(a, &auth, renewals); renewals++) {
        rc = auth_renew(s, host, call, a, &auth, err);
        if (rc < 0 || (rc == 1 && follow(s, call, call->request.url, &auth, a, err) < 0))
            return -1;
        if (rc == 0)
            break;
    }
    explain_auth_refusal(s, host, call, &auth, a);
    return 0;
}

/* A link in a document of this registry is treated like a redirect, without secrets. */
static int
ask_linked(struct session *s, struct host *host, const struct call *call,
           struct answer *a, struct err *err)
{
    struct http_request request = call->request;
    char target[HTTP_ORIGIN_TEXT_MAX];
    enum http_reach reach;
    struct http_origin to;

    pthread_mutex_lock(&s->client->lock);
    reach = http_origin_reach(&host->origin, host->reach);
    pthread_mutex_unlock(&s->client->lock);
    if (reach == HTTP_REACH_NAME) /* the address is unknown: treat it as public */
        reach = HTTP_REACH_PUBLIC;
    if (http_url_origin(request.url, &to, err) < 0 ||
        redirect_check(&host->origin, reach, &to, err) < 0)
        return -1;
    if (!to.tls &&
        !(http_origin_is_loopback(&to) && http_origin_is_loopback(&host->origin))) {
        http_origin_shown(&to, target);
        return err_set(err, ERR_PROTOCOL, "%s is only linked to over http", target);
    }
    request.public_only = reach == HTTP_REACH_PUBLIC;
    return redirect_follow(s, &request, &a->http, &a->url, &a->elsewhere, err);
}

/* ---- rate limits ---- */

/* Update the rate limit after a request; a: NULL without an answer. */
static void
judge_speed(struct session *s, struct host *host, const struct answer *a)
{
    struct client *c = s->client;
    bool is_fine = a && !exchange_may_pass(a);
    struct http_origin at = host->origin;

    if (a && a->elsewhere && http_url_origin(a->url, &at, err_ignored()) < 0)
        at = host->origin;
    s->is_throttled = s->retry_after >= 0 || (a && exchange_is_throttled(a));
    pthread_mutex_lock(&c->lock);
    host->has_answered = host->has_answered || a;
    host->served += is_fine && !s->is_throttled;
    pthread_mutex_unlock(&c->lock);
    if (s->is_throttled && s->retry_after <= THROTTLE_WAIT_MAX_S)
        s->is_throttled = host_throttle_slow(s, &at, s->retry_after);
    else if (is_fine)
        host_throttle_recover(s, &at);
}

/* ---- one call ---- */

/* The maximum number of bytes transferred. */
static uint64_t
size_of(const struct call *call)
{
    const struct http_request *q = &call->request;
    uint64_t answer = call->expected > 0 ? call->expected : q->body_max;

    return (q->source ? q->source->size : 0) +
           (strcmp(q->method, "HEAD") == 0 ? 0 : answer);
}

/* Documents are stored in bundles, and their names shown in results: reject secrets in
 * them. */
static int
check_document(const struct call *call, const struct answer *a, struct err *err)
{
    const struct buf *body = &a->http.body;

    if (strcmp(call->request.method, "GET") != 0 || !answer_is_success(a) ||
        !mask_repeats(body->data, body->len))
        return 0;
    return err_set(err, ERR_PROTOCOL, "the answer contains a credential that was sent");
}

int
exchange_once(struct session *s, const struct call *call, struct answer *a,
              struct err *err)
{
    CLEANUP(allowance_end) struct allowance allowance = ALLOWANCE_INIT;
    struct host *host;
    int rc;

    if (!s->allowance)
        allowance_begin(&allowance, s, allowance_ms(size_of(call), &s->client->config));
    s->sent = clock_ms();
    if (client_host(s, call->repo, &host, err) < 0)
        return -1;
    s->host = host;
    s->sent = clock_ms();
    s->retry_after = -1;
    s->is_throttled = false;
    if (host_throttle_wait(s, &host->origin, err) < 0)
        return -1;
    rc = call->is_linked ? ask_linked(s, host, call, a, err)
                         : send_authorized(s, host, call, a, err);
    if (call->is_linked || (rc == 0 && call->stays_here && a->elsewhere))
        s->retry_after = -1; /* from another server */
    else
        judge_speed(s, host, rc == 0 ? a : NULL);
    if (rc == 0 && !a->elsewhere && !call->is_linked)
        warnings_take(s->client, host, &a->http);
    return rc == 0 ? check_document(call, a, err) : rc;
}

/* "MyOrg/app": upper case in the first component makes it a host, as in other tools. */
static void
hint_at_name(const struct session *s, const struct call *call, struct err *err)
{
    const char *name = call->repo->host;

    if (err->kind == ERR_NETWORK && !s->client->config.may_push && s->host &&
        !s->host->has_answered && !strpbrk(name, ".:") && strcmp(name, "localhost") != 0)
        err_hint(err,
                 "'%s' is treated as a registry host; repository names are lower case",
                 name);
}

int
exchange(struct session *s, const struct call *call, struct answer *a, struct err *err)
{
    CLEANUP(allowance_end) struct allowance allowance = ALLOWANCE_INIT;
    CLEANUP(mem_free_string) char *what = http_url_redacted(call->request.url);
    struct retry retry = RETRY_INIT(what);

    allowance_begin(&allowance, s, allowance_ms(size_of(call), &s->client->config));
    for (;;) {
        if (exchange_once(s, call, a, err) == 0) {
            if (!exchange_may_pass(a) || (call->stays_here && a->elsewhere))
                return 0;
            exchange_error(call, a, err);
        }
        if (retry_wait(s, &retry, err) < 0) {
            hint_at_name(s, call, err);
            return -1;
        }
    }
}

void
exchange_parting(struct session *s, struct host *host, const struct call *call)
{
    CLEANUP(http_response_release) struct http_response r = {.status = 0};
    CLEANUP(allowance_end) struct allowance allowance = ALLOWANCE_INIT;
    CLEANUP(auth_release) struct auth auth = AUTH_INIT;
    struct http_request request = call->request;
    struct http_conn *conn;

    allowance_begin(&allowance, s, request.parting_ms);
    if (auth_prepare(s, host, call, &auth, err_ignored()) < 0)
        return;
    request.authorization = &auth.value;
    conn = session_conn(s, &host->origin, err_ignored());
    if (conn)
        (void)!http_exchange(conn, &request, &r, err_ignored());
}
