/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "io/http/http_error.h"

#include "base/mem.h"
#include "base/patience.h"
#include "base/text_safe.h"
#include "io/http/http_cas.h"
#include "io/http/http_proxy.h"
#include "io/http/http_url.h"

#include <inttypes.h>
#include <string.h>

static bool
handshake_met_plain_http(const char *why)
{
    static const char *const signs[] = {"wrong version number", "http request",
                                        "packet length too long", "record layer failure"};

    for (size_t i = 0; i < COUNT_OF(signs); i++) {
        if (strstr(why, signs[i]))
            return true;
    }
    return false;
}

/* The server reports an error about our certificate, or requires one. */
static int
refused_by_server(const char *why, const char *safe, const struct http_tls *tls,
                  struct err *err)
{
    if (!strstr(why, "certificate"))
        return err_because(err, ERR_NETWORK, REASON_TLS, "TLS handshake failed: %s",
                           safe);
    if (tls->cert)
        return err_set(err, ERR_AUTH,
                       "the server rejected the client certificate '%s': %s", tls->cert,
                       safe);
    return err_because(err, ERR_AUTH, REASON_NO_CERTIFICATE,
                       "the server requires a client certificate: %s", safe);
}

/* A handshake that was interrupted may succeed later; one that was rejected will not. */
static int
handshake_failed(const char *why, const char *safe, const struct http_tls *tls,
                 struct err *err)
{
    if (handshake_met_plain_http(why)) {
        return err_because(err, ERR_NETWORK, REASON_NOT_TLS,
                           "the server does not speak TLS");
    }
    if (strstr(why, " alert "))
        return refused_by_server(why, safe, tls, err);
    if (strstr(why, "unsupported protocol") || strstr(why, "no protocols available") ||
        strstr(why, "key too small"))
        return err_because(err, ERR_NETWORK, REASON_TLS, "TLS handshake failed: %s",
                           safe);
    return err_set(err, ERR_NETWORK, "connection lost during the TLS handshake: %s",
                   safe);
}

static int
refused_by_proxy(struct err *err)
{
    err_set(err, ERR_AUTH, "proxy authentication failed or is required");
    return err_hint(err,
                    "in the environment: https_proxy=http://USER:PASSWORD@HOST:PORT");
}

/* The server or proxy to connect to, after a preposition; "" where the caller names it.
 */
static char *
to_server(const struct transfer_failure *f, const char *preposition)
{
    CLEANUP(mem_free_string) char *proxy = f->proxy ? http_proxy_host(f->proxy) : NULL;
    char origin[HTTP_ORIGIN_TEXT_MAX];

    if (proxy)
        return xasprintf(" %s the proxy %s", preposition, proxy);
    http_origin_shown(f->to, origin);
    return f->is_named ? xstrdup("") : xasprintf(" %s %s", preposition, origin);
}

static int
not_connected(const struct transfer_failure *f, struct err *err)
{
    bool is_resolved = f->code == CURLE_COULDNT_CONNECT;
    CLEANUP(mem_free_string) char *server = to_server(f, is_resolved ? "to" : "of");

    if (!is_resolved)
        return err_set(err, ERR_NETWORK, "cannot resolve the host name%s", server);
    return err_set(err, ERR_NETWORK, "cannot connect%s%s%s", server,
                   f->os_error > 0 ? ": " : "",
                   f->os_error > 0 ? strerror((int)f->os_error) : "");
}

/*
 * The library's messages for these codes quote bytes of the connection or nothing. Other
 * messages may quote input, such as the URL of a proxy with its password.
 */
static const char *
words_of(const struct transfer_failure *f)
{
    static const CURLcode quotable[] = {
        CURLE_PEER_FAILED_VERIFICATION,
        CURLE_SSL_CONNECT_ERROR,
        CURLE_SSL_CERTPROBLEM,
        CURLE_OPERATION_TIMEDOUT,
        CURLE_RECV_ERROR,
        CURLE_SEND_ERROR,
        CURLE_GOT_NOTHING,
        CURLE_PARTIAL_FILE,
        CURLE_WEIRD_SERVER_REPLY,
    };

    for (size_t i = 0; i < COUNT_OF(quotable); i++) {
        if (f->code == quotable[i] && f->why[0] != '\0')
            return f->why;
    }
    return curl_easy_strerror(f->code);
}

static int
no_cas(const struct http_tls *tls, struct err *err)
{
    const char *file = tls->ca_file ? tls->ca_file : http_cas_file();

    if (file)
        return err_set(err, ERR_LOCAL, "cannot use the CA file '%s'", file);
    err_because(err, ERR_LOCAL, REASON_NO_CA, "this machine has no CA certificates");
    return err_hint(err, "install ca-certificates");
}

static int
tls_error(const struct transfer_failure *f, const char *safe, struct err *err)
{
    const struct http_tls *tls = f->tls;

    switch ((int)f->code) {
    case CURLE_PEER_FAILED_VERIFICATION:
        if (!tls->ca_file && http_cas_missing())
            return no_cas(tls, err);
        return err_because(err, ERR_NETWORK, REASON_CERTIFICATE,
                           "the server's certificate is not trusted: %s", safe);
    case CURLE_SSL_CONNECT_ERROR:
        return handshake_failed(f->why, safe, tls, err);
    case CURLE_SSL_CACERT_BADFILE:
        return no_cas(tls, err);
    default:
        return err_set(err, ERR_LOCAL, "cannot use the client certificate '%s': %s",
                       tls->cert ? tls->cert : "", safe);
    }
}

int
transfer_error(const struct transfer_failure *f, struct err *err)
{
    const char *words = words_of(f);
    char safe[TEXT_SAFE_MAX];

    text_safe_in(safe, sizeof(safe), words,
                 strlen(words)); /* TLS messages quote certificates */
    switch ((int)f->code) {
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CERTPROBLEM:
        return tls_error(f, safe, err);
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_CONNECT:
        return not_connected(f, err);
    case CURLE_OUT_OF_MEMORY: /* also the result of one endless header line */
        return err_set(err, ERR_LIMIT, "headers too large, or out of memory");
    case CURLE_RECV_ERROR:
        if (strstr(f->why, "Too large response headers"))
            return err_set(err, ERR_LIMIT, "headers too large");
        if (strstr(f->why, "CONNECT tunnel failed, response 407"))
            return refused_by_proxy(err);
        if (strstr(f->why,
                   " alert ")) /* TLS 1.3 checks our certificate after the handshake */
            return refused_by_server(f->why, safe, f->tls, err);
        break;
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_WEIRD_SERVER_REPLY:
        return err_set(err, ERR_PROTOCOL, "the answer is not HTTP/1: %s", safe);
    default:
        break;
    }
    return err_set(err, ERR_NETWORK, "%s", safe);
}

int
transfer_wait_error(const struct transfer *f, struct err *err)
{
    const uint64_t stall_s = patience.stall_ms / 1000;

    switch (f->verdict) {
    case HTTP_STALLED:
        return err_set(err, ERR_NETWORK, "the connection stalled for %" PRIu64 " s",
                       stall_s);
    case HTTP_SLOW:
        return err_set(err, ERR_NETWORK,
                       "the transfer stayed below %" PRIu64
                       " bytes per second for %" PRIu64 " s",
                       patience.slowest, stall_s);
    case HTTP_SILENT:
        return err_set(err, ERR_NETWORK, "no answer within %" PRIu64 " s",
                       f->wait.answer_ms / 1000);
    case HTTP_WAIT:
    case HTTP_OVERDUE:
        break;
    }
    return err_set(err, ERR_NETWORK, "not finished in time");
}
