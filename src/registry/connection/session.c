/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "registry/connection/session.h"

#include "base/clock.h"
#include "io/http/http_url.h"
#include "registry/connection/allowance.h"
#include "registry/connection/request_log.h"

#include <string.h>

/* ---- connections ---- */

static struct http_conn *
new_conn(const struct session *s, const struct http_origin *origin, struct err *err)
{
    const struct client_config *config = &s->client->config;
    const struct host *host = s->host;
    struct http_config http = {.tls.ca_file = config->ca_file,
                               .tls.cas = &host->certificates.cas,
                               .proxy = config->proxy,
                               .run = config->run,
                               .rate = &s->client->rate};
    char shown[HTTP_ORIGIN_TEXT_MAX];

    if (strcmp(origin->host, host->origin.host) == 0 &&
        origin->port == host->origin.port) {
        http_origin_shown(origin, shown);
        http.is_named = strcmp(shown, host->name) == 0;
        http.tls.cert = config->tls_cert ? config->tls_cert : host->certificates.cert;
        http.tls.key = config->tls_cert ? config->tls_key : host->certificates.key;
    }
    return http_conn_new(&http, err);
}

static bool
is_conn(const struct session_conn *conn, const struct host *host,
        const struct http_origin *origin)
{
    return conn->http && conn->host == host && http_origin_equal(&conn->origin, origin);
}

struct http_conn *
session_conn(struct session *s, const struct http_origin *origin, struct err *err)
{
    struct session_conn *oldest = &s->conns[0];

    for (size_t i = 0; i < SESSION_CONNS_MAX; i++) {
        struct session_conn *conn = &s->conns[i];

        if (is_conn(conn, s->host, origin)) {
            conn->used = ++s->clock;
            return conn->http;
        }
        if (conn->used < oldest->used)
            oldest = conn;
    }
    http_conn_free(oldest->http);
    *oldest =
        (struct session_conn){.host = s->host, .origin = *origin, .used = ++s->clock};
    oldest->http = new_conn(s, origin, err);
    return oldest->http;
}

void
session_drop_conn(struct session *s, const struct http_origin *origin)
{
    for (size_t i = 0; i < SESSION_CONNS_MAX; i++) {
        struct session_conn *conn = &s->conns[i];

        if (is_conn(conn, s->host, origin)) {
            http_conn_free(conn->http);
            *conn = (struct session_conn){.http = NULL};
        }
    }
}

int
session_exchange(const struct session *s, struct http_conn *conn,
                 const struct http_request *request, struct http_response *response,
                 struct err *err)
{
    struct http_request timed = *request;
    uint64_t left = allowance_left_ms(s), start;
    int rc;

    if (left == 0)
        return err_set(err, ERR_NETWORK, "not finished in time");
    timed.total_ms = left < UINT64_MAX ? left : 0;
    start = clock_ms();
    rc = http_exchange(conn, &timed, response, err);
    request_log(&s->client->config.run->events, request, response, clock_ms() - start);
    return rc;
}

int
session_pause(struct session *s, uint64_t ms, struct err *err)
{
    uint64_t start = clock_ms();
    int rc = cancel_sleep(&s->client->config.run->cancel, ms, err);

    s->paused_ms += clock_ms() - start;
    return rc;
}
