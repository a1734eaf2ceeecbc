/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "registry/connection/redirect.h"

#include "base/mem.h"
#include "io/http/http_url.h"
#include "registry/connection/host_throttle.h"
#include "registry/connection/session.h"

#include <stdlib.h>
#include <string.h>

int
redirect_check(const struct http_origin *from, enum http_reach reach,
               const struct http_origin *to, struct err *err)
{
    char source[HTTP_ORIGIN_URL_MAX], target[HTTP_ORIGIN_URL_MAX];

    http_origin_shown_url(from, source);
    http_origin_shown_url(to, target);
    if (from->tls && !to->tls)
        return err_set(err, ERR_PROTOCOL, "%s redirects from https to http, to %s",
                       source, target);
    if (http_origin_reach(from, reach) == HTTP_REACH_PUBLIC &&
        http_origin_reach(to, HTTP_REACH_PUBLIC) != HTTP_REACH_PUBLIC)
        return err_set(err, ERR_PROTOCOL,
                       "%s, a public server, redirects to the private address %s", source,
                       target);
    return 0;
}

static bool
is_redirect(long status)
{
    return status == 301 || status == 302 || status == 303 || status == 307 ||
           status == 308;
}

static bool
is_read_method(const char *method)
{
    return strcmp(method, "GET") == 0 || strcmp(method, "HEAD") == 0;
}

/* The next URL in *url and its origin in *at, after the redirect in r.  A public server
 * may not lead to private addresses, also not by a name that resolves to one. */
static int
take_hop(const struct http_response *r, char **url, struct http_origin *at,
         struct http_request *hop, struct err *err)
{
    const char *location = http_header(r, "location", 0);
    char source[HTTP_ORIGIN_TEXT_MAX];
    struct http_origin to;
    char *next;

    http_origin_shown(at, source);
    if (!location)
        return err_set(err, ERR_PROTOCOL, "%s: redirect without a target", source);
    if (http_url_resolve(*url, location, &next, err) < 0)
        return err_wrap(err, "%s: invalid redirect target", source);
    free(*url);
    *url = next;
    if (http_url_origin(next, &to, err) < 0 || redirect_check(at, r->peer, &to, err) < 0)
        return -1;
    if (!http_origin_equal(at, &to) &&
        http_origin_reach(at, r->peer) == HTTP_REACH_PUBLIC)
        hop->public_only = true;
    hop->url = *url;
    *at = to;
    return 0;
}

int
redirect_refuse_upload(const struct http_origin *from, const struct http_origin *to,
                       struct err *err)
{
    char source[HTTP_ORIGIN_URL_MAX], target[HTTP_ORIGIN_URL_MAX];

    http_origin_shown_url(from, source);
    http_origin_shown_url(to, target);
    err_set(err, ERR_PROTOCOL, "%s redirects the upload to another server, %s", source,
            target);
    return err_hint(err, "if both are the same registry: a proxy in front of it must "
                         "pass on the headers Host and X-Forwarded-Proto");
}

/* An upload may be redirected only within its server. */
static int
check_upload_hop(const char *method, const struct http_origin *from,
                 const struct http_origin *to, struct err *err)
{
    if (is_read_method(method) || http_origin_equal(from, to))
        return 0;
    return redirect_refuse_upload(from, to, err);
}

static int
too_many_hops(const struct http_origin *first, struct err *err)
{
    char source[HTTP_ORIGIN_TEXT_MAX];

    http_origin_shown(first, source);
    return err_set(err, ERR_PROTOCOL, "%s redirects more than %d times", source,
                   REDIRECTS_MAX);
}

static int
redirected_to(const struct http_origin *at, struct err *err)
{
    char target[HTTP_ORIGIN_TEXT_MAX];

    http_origin_shown(at, target);
    /* A failed connection names it already. */
    return strstr(err->msg, target) ? err_wrap(err, "redirected")
                                    : err_wrap(err, "redirected to %s", target);
}

int
redirect_follow(struct session *s, const struct http_request *request,
                struct http_response *r, char **url, bool *elsewhere, struct err *err)
{
    struct http_request hop = *request;
    struct http_origin first, at;

    free(*url);
    *url = xstrdup(request->url);
    *elsewhere = false;
    if (http_url_origin(*url, &first, err) < 0)
        return -1;
    at = first;
    hop.url = *url;
    for (int hops = 0;; hops++) {
        struct http_conn *conn;
        bool resend;

        if (hops > 0 && host_throttle_wait(s, &at, err) < 0)
            return -1;
        conn = session_conn(s, &at, err);
        if (!conn || session_exchange(s, conn, &hop, r, err) < 0)
            return hops == 0 ? -1 : redirected_to(&at, err);
        resend = r->status == 307 || r->status == 308;
        if (!is_redirect(r->status) || (!is_read_method(hop.method) && !resend))
            return 0;
        if (hops == REDIRECTS_MAX)
            return too_many_hops(&first, err);
        host_throttle_recover(s, &at);
        if (take_hop(r, url, &at, &hop, err) < 0 ||
            check_upload_hop(hop.method, &first, &at, err) < 0)
            return -1;
        if (!http_origin_equal(&at, &first)) {
            hop.authorization = NULL;
            *elsewhere = true;
        }
    }
}
