/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/patience.h"
#include "base/text.h"
#include "io/http/http_proxy.h"
#include "io/http/http_url.h"
#include "oci/reference.h"
#include "registry/connection/client_internal.h"
#include "registry/connection/host_throttle.h"
#include "registry/connection/retry.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

struct client *
client_new(const struct client_config *config)
{
    struct client *c = xcalloc(1, sizeof(*c));

    c->config = *config;
    pthread_mutex_init(&c->lock, NULL);
    pthread_cond_init(&c->changed, NULL);
    rate_init(&c->rate, config->limit_rate);
    c->sessions = xcalloc(config->sessions, sizeof(*c->sessions));
    for (unsigned i = 0; i < config->sessions; i++)
        c->sessions[i].client = c;
    return c;
}

static void
free_apis(struct referrers_api *a)
{
    while (a) {
        struct referrers_api *next = a->next;

        free(a->project);
        free(a);
        a = next;
    }
}

static void
free_hosts(struct host *h)
{
    while (h) {
        struct host *next = h->next;

        certs_d_release(&h->certificates);
        free(h->name);
        free(h->realm);
        free(h->service);
        free_apis(h->apis);
        free(h);
        h = next;
    }
}

static void
free_tokens(struct token *t)
{
    while (t) {
        struct token *next = t->next;

        secret_release(&t->value);
        free(t->path);
        free(t->mount_from);
        free(t);
        t = next;
    }
}

static void
attached_free(struct attached_tags *a)
{
    while (a) {
        struct attached_tags *next = a->next;

        for (size_t i = 0; i < a->count; i++)
            free(a->tags[i]);
        free(a->tags);
        free(a->host);
        free(a->path);
        free(a);
        a = next;
    }
}

void
client_free(struct client *c)
{
    if (!c)
        return;
    for (unsigned i = 0; i < c->config.sessions; i++) {
        for (size_t k = 0; k < SESSION_CONNS_MAX; k++)
            http_conn_free(c->sessions[i].conns[k].http);
    }
    free(c->sessions);
    free_hosts(c->hosts);
    free_tokens(c->tokens);
    rate_end(&c->rate);
    host_throttle_forget_all(c);
    for (size_t i = 0; i < c->told_count; i++)
        free(c->told[i]);
    attached_free(c->attached);
    pthread_cond_destroy(&c->changed);
    pthread_mutex_destroy(&c->lock);
    free(c);
}

struct session *
client_session(struct client *c, unsigned worker)
{
    return &c->sessions[worker];
}

int
client_wait(struct client *c, struct err *err)
{
    enum { MOMENT_MS = 200 };
    struct timespec until;

    if (cancel_wanted(&c->config.run->cancel))
        return cancel_error(err);
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_nsec += MOMENT_MS * 1000 * 1000;
    if (until.tv_nsec >= 1000 * 1000 * 1000) {
        until.tv_nsec -= 1000 * 1000 * 1000;
        until.tv_sec++;
    }
    pthread_cond_timedwait(&c->changed, &c->lock, &until);
    return 0;
}

/* ---- hosts ---- */

static bool
is_among(const char *name, const char *const *hosts, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (text_same_nocase(name, strlen(name), hosts[i]))
            return true;
    }
    return false;
}

bool
client_allows_plain(const struct client *c, const char *name)
{
    return is_among(name, c->config.plain_hosts, c->config.plain_count);
}

bool
client_trusts_realm(const struct client *c, const char *name)
{
    return is_among(name, c->config.trusted_realms, c->config.realm_count);
}

char *
client_url(const struct host *host, const char *path, const char *rest)
{
    CLEANUP(mem_free_string)
    char *whole = xasprintf("/v2/%s%s%s", path, path[0] != '\0' ? "/" : "", rest);

    return http_url_build(&host->origin, whole);
}

/* The origin of a host with or without TLS. */
static int
origin_of_host(const char *name, bool tls, struct http_origin *out, struct err *err)
{
    CLEANUP(mem_free_string)
    char *url = xasprintf("%s://%s/", tls ? "https" : "http", reference_api_host(name));

    return http_url_origin(url, out, err);
}

struct host *
client_find_host(struct client *c, const struct repository *repo)
{
    struct host *h = c->hosts;

    while (h && (strcmp(h->name, repo->host) != 0 || h->is_insecure != repo->is_insecure))
        h = h->next;
    if (!h) {
        h = xcalloc(1, sizeof(*h));
        h->name = xstrdup(repo->host);
        h->is_insecure = repo->is_insecure;
        h->next = c->hosts;
        c->hosts = h;
    }
    return h;
}

/* GET /v2/ without credentials: 0 when there was an HTTP response.  A loopback port that
 * ignores TLS is given less time than a host of the network. */
static int
probe(struct session *s, const struct http_origin *origin, struct http_response *r,
      struct err *err)
{
    CLEANUP(mem_free_string) char *url = http_url_build(origin, "/v2/");
    struct http_request request = {
        .method = "GET", .url = url, .body_max = HTTP_ERROR_BODY_MAX};
    struct http_conn *conn = session_conn(s, origin, err);

    if (http_origin_is_loopback(origin))
        request.connect_ms = patience.local_ms;
    return conn ? session_exchange(s, conn, &request, r, err) : -1;
}

/* Whether a host whose https failed so may use plain HTTP.  Unknown without CAs. */
static bool
may_be_plain(const struct err *err)
{
    if (err->kind == ERR_NETWORK)
        return err->reason != REASON_TLS && err->reason != REASON_CERTIFICATE;
    return err->reason == REASON_NO_CA;
}

/*
 * Determine the scheme of a host that may lack TLS without --plain-http: https, unless it
 * does not speak TLS and answers over plain HTTP.  A rejected certificate or handshake is
 * an error, never a reason to continue without TLS.  TLS servers answer plain requests
 * with 400, so that status proves nothing.
 */
static int
ask_scheme(struct session *s, const char *name, struct http_origin *out, struct err *err)
{
    CLEANUP(http_response_release) struct http_response r = {.status = 0};
    struct err plain_err = ERR_INIT;
    struct http_origin plain;

    if (origin_of_host(name, true, out, err) < 0 ||
        origin_of_host(name, false, &plain, err) < 0)
        return -1;
    if (probe(s, out, &r, err) == 0)
        return 0;
    if (!may_be_plain(err))
        return -1;
    if (probe(s, &plain, &r, &plain_err) < 0 || r.status == 400)
        return -1;
    session_drop_conn(s, out); /* it holds all CAs of the system */
    *out = plain;
    return 0;
}

/* Look up what else a host needs: its proxy, CAs and client certificate. */
static int
prepare_host(struct session *s, struct host *h, struct err *err)
{
    const struct client_config *config = &s->client->config;
    const char *proxy = http_proxy_for(config->proxy, &h->origin);
    CLEANUP(mem_free_string) char *through = proxy ? http_proxy_host(proxy) : NULL;

    if (h->is_prepared)
        return 0;
    if (through)
        events_debug(&config->run->events, "%s: through the proxy %s", h->name, through);
    if (certs_d_find(h->name, &h->certificates, err) < 0)
        return -1;
    if (h->certificates.folder)
        events_debug(&config->run->events, "%s: certificates of %s", h->name,
                     h->certificates.folder);
    h->is_prepared = true; /* connections borrow from it from now on */
    return 0;
}

static int
find_scheme(struct session *s, struct host *h, struct err *err)
{
    CLEANUP(allowance_end) struct allowance allowance = ALLOWANCE_INIT;
    struct retry retry = RETRY_INIT(h->name);
    const char *name = h->name;
    bool is_plain = client_allows_plain(s->client, name);

    s->host = h;
    s->retry_after = -1;
    s->is_throttled = false;
    if (origin_of_host(name, !is_plain, &h->origin, err) < 0 ||
        prepare_host(s, h, err) < 0)
        return -1;
    if (is_plain || (!h->is_insecure && !http_origin_is_loopback(&h->origin)))
        return 0;
    allowance_begin(&allowance, s, allowance_ms(HTTP_ERROR_BODY_MAX, &s->client->config));
    while (ask_scheme(s, name, &h->origin, err) < 0) {
        if (retry_wait(s, &retry, err) < 0)
            return -1;
    }
    return 0;
}

int
client_host(struct session *s, const struct repository *repo, struct host **out,
            struct err *err)
{
    struct client *c = s->client;
    struct host *h;
    int rc = 0;

    pthread_mutex_lock(&c->lock);
    h = client_find_host(c, repo);
    while (rc == 0 && h->scheme == SCHEME_ASKING)
        rc = client_wait(c, err);
    if (rc == 0 && h->is_silent) {
        s->host = h;
        *err = h->silence;
        rc = -1;
    }
    if (rc < 0 || h->scheme == SCHEME_KNOWN) {
        pthread_mutex_unlock(&c->lock);
        *out = h;
        return rc;
    }
    h->scheme = SCHEME_ASKING;
    pthread_mutex_unlock(&c->lock);

    rc = find_scheme(s, h, err);

    pthread_mutex_lock(&c->lock);
    h->scheme = rc == 0 ? SCHEME_KNOWN : SCHEME_UNKNOWN;
    pthread_cond_broadcast(&c->changed);
    pthread_mutex_unlock(&c->lock);
    *out = h;
    return rc;
}
