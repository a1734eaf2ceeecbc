/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "io/http/http.h"

#include "base/clock.h"
#include "base/mask.h"
#include "base/mem.h"
#include "base/patience.h"
#include "base/text.h"
#include "io/file/file.h"
#include "io/http/http_cas.h"
#include "io/http/http_error.h"
#include "io/http/http_proxy.h"
#include "io/http/http_sent.h"
#include "io/http/http_transfer.h"
#include "io/http/http_url.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    RECEIVE_BUFFER = 128 << 10,
    SEND_BUFFER = 512 << 10,
    SLOW_BUFFER = 16 << 10, /* smaller steps under a rate limit */
};

struct http_conn {
    CURL *easy;
    CURLM *multi; /* owns the connection */
    struct http_config config;
    bool has_failed;                /* the last exchange failed */
    bool public_only;               /* of the current exchange */
    bool is_guarded;                /* the connection was made with public_only */
    char refused[INET6_ADDRSTRLEN]; /* an address rejected by public_only, or "" */
    char why[CURL_ERROR_SIZE];      /* the library's message for the last failure */
};

int
http_global_init(struct err *err)
{
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        return err_set(err, ERR_INTERNAL, "cannot initialize libcurl");
    return 0;
}

void
http_global_cleanup(void)
{
    curl_global_cleanup();
    mask_forget_all();
}

struct http_conn *
http_conn_new(const struct http_config *config, struct err *err)
{
    struct http_conn *conn = xcalloc(1, sizeof(*conn));

    conn->easy = curl_easy_init();
    conn->multi = curl_multi_init();
    if (!conn->easy || !conn->multi ||
        curl_multi_setopt(conn->multi, CURLMOPT_MAXCONNECTS, 1L) != CURLM_OK) {
        http_conn_free(conn);
        err_set(err, ERR_INTERNAL, "cannot create a connection handle");
        return NULL;
    }
    conn->config = *config;
    if (config->rate && config->rate->per_s == 0)
        conn->config.rate = NULL; /* without a rate limit */
    return conn;
}

void
http_conn_free(struct http_conn *conn)
{
    if (!conn)
        return;
    curl_easy_cleanup(conn->easy);
    curl_multi_cleanup(conn->multi);
    free(conn);
}

/* ---- the peer's address ---- */

/* Callback for a new socket: the name is resolved, nothing has been sent. */
static curl_socket_t
open_socket(void *arg, curlsocktype purpose, struct curl_sockaddr *to)
{
    struct http_conn *conn = arg;
    const void *address = to->family == AF_INET6
                              ? (void *)&((struct sockaddr_in6 *)&to->addr)->sin6_addr
                              : (void *)&((struct sockaddr_in *)&to->addr)->sin_addr;
    char text[INET6_ADDRSTRLEN] = "";

    (void)purpose;
    if (conn->public_only && (!inet_ntop(to->family, address, text, sizeof(text)) ||
                              http_host_reach(text) != HTTP_REACH_PUBLIC)) {
        memcpy(conn->refused, text, sizeof(text));
        return CURL_SOCKET_BAD;
    }
    conn->is_guarded = conn->public_only;
    return socket(to->family, to->socktype | SOCK_CLOEXEC, to->protocol);
}

/* A kept-alive connection is not reused under a stricter rule than it was made with. */
static CURLcode
set_address(struct http_conn *conn, bool public_only)
{
    CURL *c = conn->easy;
    CURLcode rc = CURLE_OK;

    conn->public_only = public_only;
    conn->refused[0] = '\0';
    rc |= curl_easy_setopt(c, CURLOPT_OPENSOCKETFUNCTION, open_socket);
    rc |= curl_easy_setopt(c, CURLOPT_OPENSOCKETDATA, conn);
    rc |= curl_easy_setopt(c, CURLOPT_FRESH_CONNECT,
                           public_only && !conn->is_guarded ? 1L : 0L);
    return rc;
}

/* ---- setting up ---- */

/* The header lines to send; a line "Name:" suppresses the library's own. */
struct lines {
    struct curl_slist *list;
    struct curl_slist *secret; /* wiped afterwards */
};

static void
lines_release(struct lines *l)
{
    if (l->secret)
        secret_wipe(l->secret->data, strlen(l->secret->data));
    curl_slist_free_all(l->list);
}

static void
add_header_line(struct lines *l, const char *line)
{
    struct curl_slist *list = curl_slist_append(l->list, line);

    if (!list)
        mem_exhausted();
    l->list = list;
}

static void
add_authorization(struct lines *l, const struct secret *value)
{
    char *line = xasprintf("Authorization: %s", secret_get(value));

    add_header_line(l, line);
    for (l->secret = l->list; l->secret->next; l->secret = l->secret->next)
        ;
    secret_wipe(line, strlen(line));
    free(line);
}

static bool
names(const char *const *headers, const char *prefix)
{
    for (; headers && *headers; headers++) {
        if (text_starts(*headers, prefix))
            return true;
    }
    return false;
}

static void
make_lines(struct lines *l, const struct http_request *request)
{
    if (!names(request->headers, "Accept:"))
        add_header_line(l, "Accept:");
    if (!names(request->headers, "Content-Type:"))
        add_header_line(l, "Content-Type:");
    add_header_line(l, "Accept-Encoding: identity");
    for (const char *const *h = request->headers; h && *h; h++)
        add_header_line(l, *h);
    if (request->authorization && secret_is_set(request->authorization))
        add_authorization(l, request->authorization);
}

/* Constant options.  Setting these cannot fail, except with a libcurl built without
 * them. */
static CURLcode
set_fixed(CURL *c)
{
    CURLcode rc = CURLE_OK;

    rc |= curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
    rc |= curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https");
    rc |= curl_easy_setopt(c, CURLOPT_REDIR_PROTOCOLS_STR, "https");
    rc |= curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L);
    rc |= curl_easy_setopt(c, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    rc |= curl_easy_setopt(c, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    rc |= curl_easy_setopt(c, CURLOPT_PROXYAUTH, (long)CURLAUTH_BASIC);
    rc |= curl_easy_setopt(c, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    rc |= curl_easy_setopt(c, CURLOPT_TCP_NODELAY, 1L);
    rc |= curl_easy_setopt(c, CURLOPT_TCP_KEEPALIVE, 1L);
    rc |= curl_easy_setopt(c, CURLOPT_QUICK_EXIT, 1L); /* do not wait for a name server */
    rc |= curl_easy_setopt(c, CURLOPT_USERAGENT, "sealift/" PACKAGE_VERSION);
    rc |= curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, transfer_header);
    rc |= curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, transfer_body);
    return rc;
}

static CURLcode
set_buffers(CURL *c, bool is_limited)
{
    CURLcode rc = CURLE_OK;
    long most = SLOW_BUFFER;

    rc |=
        curl_easy_setopt(c, CURLOPT_BUFFERSIZE, is_limited ? most : (long)RECEIVE_BUFFER);
    rc |= curl_easy_setopt(c, CURLOPT_UPLOAD_BUFFERSIZE,
                           is_limited ? most : (long)SEND_BUFFER);
    return rc;
}

static CURLcode
set_body(CURL *c, struct transfer *f)
{
    const struct http_request *q = f->request;
    CURLcode rc = CURLE_OK;

    if (strcmp(q->method, "HEAD") == 0)
        return curl_easy_setopt(c, CURLOPT_NOBODY, 1L);
    if (strcmp(q->method, "GET") == 0)
        return curl_easy_setopt(c, CURLOPT_HTTPGET, 1L);
    if (q->source && q->source->size > 0) {
        rc |= curl_easy_setopt(c, CURLOPT_UPLOAD, 1L);
        rc |= curl_easy_setopt(c, CURLOPT_INFILESIZE_LARGE, (curl_off_t)q->source->size);
        rc |= curl_easy_setopt(c, CURLOPT_READFUNCTION, transfer_send);
        rc |= curl_easy_setopt(c, CURLOPT_READDATA, f);
        rc |= curl_easy_setopt(c, CURLOPT_SEEKFUNCTION, transfer_seek);
        rc |= curl_easy_setopt(c, CURLOPT_SEEKDATA, f);
    } else if (strcmp(q->method, "DELETE") != 0) {
        rc |= curl_easy_setopt(c, CURLOPT_POSTFIELDS, "");
        rc |= curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE, 0L);
    }
    rc |= curl_easy_setopt(c, CURLOPT_CUSTOMREQUEST, q->method);
    return rc;
}

static CURLcode
set_certificate(CURL *c, const struct http_tls *tls)
{
    CURLcode rc = CURLE_OK;

    rc |= curl_easy_setopt(c, CURLOPT_SSLCERT, tls->cert);
    rc |= curl_easy_setopt(c, CURLOPT_SSLKEY, tls->key ? tls->key : tls->cert);
    rc |= curl_easy_setopt(c, CURLOPT_KEYPASSWD, ""); /* otherwise OpenSSL asks for one */
    return rc;
}

/* The trusted CAs and the client certificate. */
static CURLcode
set_tls(CURL *c, const struct http_tls *tls)
{
    const char *cas_file = http_cas_file();
    CURLcode rc = CURLE_OK;

    rc |= curl_easy_setopt(c, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    rc |= curl_easy_setopt(c, CURLOPT_SSL_VERIFYPEER, 1L);
    rc |= curl_easy_setopt(c, CURLOPT_SSL_VERIFYHOST, 2L);
    if (tls->ca_file) {
        rc |= curl_easy_setopt(c, CURLOPT_CAINFO, tls->ca_file);
        rc |= curl_easy_setopt(c, CURLOPT_CAPATH, NULL);
    } else if (tls->cas && tls->cas->len > 0) {
        struct curl_blob blob = {
            .data = tls->cas->data, .len = tls->cas->len, .flags = CURL_BLOB_NOCOPY};

        rc |= curl_easy_setopt(c, CURLOPT_CAINFO_BLOB, &blob);
    } else if (cas_file) {
        rc |= curl_easy_setopt(c, CURLOPT_CAINFO, cas_file);
    }
    return tls->cert ? rc | set_certificate(c, tls) : rc;
}

static CURLcode
set_request(struct http_conn *conn, struct transfer *f, const struct lines *lines,
            const char *proxy)
{
    const struct http_request *q = f->request;
    CURL *c = conn->easy;
    CURLcode rc;

    curl_easy_reset(c); /* keeps the connection */
    rc = set_fixed(c) | set_buffers(c, conn->config.rate != NULL) | set_body(c, f);
    rc |= set_tls(c, &conn->config.tls);
    rc |= curl_easy_setopt(c, CURLOPT_URL, q->url);
    rc |=
        curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT_MS,
                         (long)(q->connect_ms > 0 ? q->connect_ms : patience.connect_ms));
    rc |= curl_easy_setopt(c, CURLOPT_HTTPHEADER, lines->list);
    rc |= curl_easy_setopt(c, CURLOPT_ERRORBUFFER, conn->why);
    rc |= curl_easy_setopt(c, CURLOPT_HEADERDATA, f);
    rc |= curl_easy_setopt(c, CURLOPT_WRITEDATA, f);
    rc |= curl_easy_setopt(c, CURLOPT_PROXY, proxy ? proxy : "");
    rc |= curl_easy_setopt(c, CURLOPT_NOPROXY, ""); /* decided already */
    return rc | set_address(conn, q->public_only && !proxy);
}

/* ---- the exchange ---- */

/* A handle that failed early keeps its buffers, and then rejects a change of their
 * size. */
static void
renew_handle(struct http_conn *conn)
{
    curl_easy_cleanup(conn->easy);
    conn->easy = curl_easy_init();
    if (!conn->easy)
        mem_exhausted();
    conn->has_failed = false;
}

static int
finish(struct http_conn *conn, struct transfer *f, CURLcode code,
       const struct http_origin *to, const char *proxy)
{
    struct transfer_failure failure = {.code = code,
                                       .why = conn->why,
                                       .to = to,
                                       .proxy = proxy,
                                       .is_named = conn->config.is_named,
                                       .tls = &conn->config.tls};
    struct http_response *r = f->response;
    curl_off_t sent = 0;
    char *peer = NULL;

    conn->has_failed = code != CURLE_OK;
    curl_easy_getinfo(conn->easy, CURLINFO_SIZE_UPLOAD_T, &sent);
    curl_easy_getinfo(conn->easy, CURLINFO_PRIMARY_IP, &peer);
    curl_easy_getinfo(conn->easy, CURLINFO_OS_ERRNO, &failure.os_error);
    r->sent = (uint64_t)sent;
    if (peer && peer[0] != '\0')
        r->peer = proxy ? HTTP_REACH_PUBLIC : http_host_reach(peer);
    if (!f->head_done)
        http_response_forget_head(r);
    if (f->failed)
        return -1;
    if (code == CURLE_ABORTED_BY_CALLBACK)
        return cancel_error(f->err);
    if (code == CURLE_COULDNT_CONNECT && conn->refused[0] != '\0')
        return err_because(f->err, ERR_PROTOCOL, REASON_PRIVATE_ADDRESS,
                           "the name resolves to the private address %s", conn->refused);
    r->is_silence = f->verdict == HTTP_SILENT;
    if (f->verdict != HTTP_WAIT && (r->status == 0 || http_response_is_success(r)))
        return transfer_wait_error(f, f->err);
    if (code != CURLE_OK && (r->status == 0 || http_response_is_success(r)))
        return transfer_error(&failure, f->err);
    return http_response_is_success(r) && strcmp(f->request->method, "HEAD") != 0
               ? transfer_begin(f)
               : 0;
}

int
http_exchange(struct http_conn *conn, const struct http_request *request,
              struct http_response *response, struct err *err)
{
    struct http_origin to;
    struct transfer f = {
        .request = request,
        .response = response,
        .err = err,
        .run = conn->config.run,
        .to = &to,
        .began = clock_ms(),
        .wait.answer_ms =
            request->answer_ms > 0 ? request->answer_ms : patience.answer_ms,
    };
    CLEANUP(lines_release) struct lines lines = {.list = NULL};
    const char *proxy;
    CURLcode code;

    if (conn->has_failed)
        renew_handle(conn);
    http_response_forget_head(response);
    buf_clear(&response->body);
    response->sent = response->received = 0;
    response->peer = HTTP_REACH_NAME;
    response->is_silence = false;
    conn->why[0] = '\0';
    if (http_url_origin(request->url, &to, err) < 0)
        return -1;
    proxy = http_proxy_for(conn->config.proxy, &to);
    transfer_hide_secrets(request, proxy);
    make_lines(&lines, request);
    if (set_request(conn, &f, &lines, proxy) != CURLE_OK)
        return err_set(err, ERR_INTERNAL,
                       "this libcurl lacks a feature that sealift needs");
    if (request->parting_ms > 0 || request->total_ms > 0)
        f.deadline =
            f.began + (request->parting_ms > 0 ? request->parting_ms : request->total_ms);
    if (request->parting_ms == 0)
        f.rate = conn->config.rate;
    code = transfer_perform(&f, conn->multi, conn->easy);
    return finish(conn, &f, code, &to, proxy);
}

int
http_system_cas(struct buf *out, struct err *err)
{
    const char *path = http_cas_file();
    struct err why = ERR_INIT;

    if (!path || file_slurp(path, out, &why) == 0 || why.kind == ERR_NOT_FOUND)
        return 0;
    *err = why;
    return -1;
}

const char *
http_library_version(void)
{
    return curl_version_info(CURLVERSION_NOW)->version;
}
