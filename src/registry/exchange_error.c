/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "registry/exchange_error.h"

#include "base/mem.h"
#include "base/text.h"
#include "base/text_safe.h"
#include "io/http/http_url.h"
#include "io/json/json.h"

#include <string.h>

/* The content of an error body, not escaped; empty where absent. */
struct detail {
    struct buf code, text;
    struct buf more; /* what it is about, such as the digest that is missing */
};

#define DETAIL_INIT                                                                      \
    {                                                                                    \
        .code = BUF_INIT(HTTP_ERROR_BODY_MAX), .text = BUF_INIT(HTTP_ERROR_BODY_MAX),    \
        .more = BUF_INIT(HTTP_ERROR_BODY_MAX)                                            \
    }

static void
detail_release(struct detail *d)
{
    buf_release(&d->code);
    buf_release(&d->text);
    buf_release(&d->more);
}

static void
keep_text(struct buf *out, const struct js *obj, const char *key)
{
    const char *text;

    if (out->len == 0 && js_string(obj, key, &text) == 1)
        (void)!buf_add_text(out, text); /* not longer than the body */
}

/* A string, or the strings among the members of an object. */
static int
keep_about(const char *key, const struct js *value, void *ctx)
{
    struct buf *out = ctx;
    const char *text = js_text(value);

    if (!text || text[0] == '\0')
        return 0;
    return buf_addf(out, "%s%s%s%s", out->len > 0 ? ", " : "", key,
                    key[0] != '\0' ? " " : "", text);
}

/* Member "detail" of an error: a text, an object, or an array of such. */
static void
keep_detail(struct buf *out, const struct js *error)
{
    const struct js *node;
    const char *text;

    if (js_string(error, "detail", &text) == 1) {
        (void)!buf_addf(out, "%s%s", out->len > 0 ? ", " : "", text);
    } else if (js_object(error, "detail", &node) == 1) {
        (void)!js_each(node, keep_about, out);
    } else if (js_array(error, "detail", &node) == 1) {
        for (size_t i = 0; i < js_length(node); i++) {
            if (js_is_object(js_at(node, i)))
                (void)!js_each(js_at(node, i), keep_about, out);
            else
                (void)!keep_about("", js_at(node, i), out);
        }
    }
}

/* Keep plain text too, but not a page of HTML. */
static void
keep_plain(struct buf *out, const struct answer *a)
{
    const char *text = a->http.body.data;
    size_t len = a->http.body.len;

    while (len > 0 && (unsigned char)text[len - 1] <= ' ')
        len--;
    while (len > 0 && (unsigned char)*text <= ' ')
        text++, len--;
    if (len > 0 && *text != '<')
        (void)!buf_add(out, text, len);
}

static void
read_detail(const struct answer *a, struct detail *out)
{
    CLEANUP(js_release) struct js *root = NULL;
    const struct js *errors, *first;

    (void)!buf_add_text(&out->code, "");
    (void)!buf_add_text(&out->text, "");
    (void)!buf_add_text(&out->more, "");
    if (a->http.body.len == 0)
        return;
    root = js_parse_foreign(a->http.body.data, a->http.body.len, ERR_PROTOCOL,
                            err_ignored());
    if (!root) {
        keep_plain(&out->text, a);
        return;
    }
    first = js_array(root, "errors", &errors) == 1 && js_length(errors) > 0
                ? js_at(errors, 0)
                : root;
    keep_text(&out->code, first, "code");
    keep_text(&out->text, first, "message");
    keep_text(&out->text, first, "details"); /* Docker Hub's limits */
    if (first == root)
        keep_detail(&out->more, root);
    for (size_t i = 0; first != root && i < js_length(errors); i++)
        keep_detail(&out->more, js_at(errors, i));
}

bool
exchange_has_code(const struct answer *a, const char *code)
{
    CLEANUP(detail_release) struct detail detail = DETAIL_INIT;

    read_detail(a, &detail);
    return strcmp(detail.code.data, code) == 0;
}

bool
exchange_says(const struct answer *a, const char *word)
{
    CLEANUP(detail_release) struct detail detail = DETAIL_INIT;

    read_detail(a, &detail);
    return text_contains_nocase(detail.text.data, word);
}

/* A missing project in Harbor and others, reported as 401, 403, 404 or 500. */
static bool
says_no_project(const struct answer *a)
{
    return a->http.status >= 400 && !a->elsewhere && exchange_says(a, "project") &&
           (exchange_says(a, "not found") || exchange_says(a, "not exist"));
}

bool
exchange_is_throttled(const struct answer *a)
{
    long status = a->http.status;

    return status == 429 ||
           ((status == 403 || status == 503) && exchange_has_code(a, "TOOMANYREQUESTS"));
}

bool
exchange_may_pass(const struct answer *a)
{
    long status = a->http.status;

    if (a->elsewhere && (status == 400 || status == 401 || status == 403))
        return true; /* an expired signed link: the registry issues a new one */
    return status == 408 || status == 499 ||
           (status >= 500 && status != 501 && status != 505 && !says_no_project(a)) ||
           exchange_is_throttled(a) ||
           (status == 400 && exchange_has_code(a, "UNAVAILABLE"));
}

static bool
is_read_call(const struct call *call)
{
    return strcmp(call->request.method, "GET") == 0 ||
           strcmp(call->request.method, "HEAD") == 0;
}

static const char *
refusal_words(const struct call *call, const struct answer *a)
{
    if (a->refusal == REFUSAL_OF_PASSWORD)
        return "user name or password refused";
    if (a->refusal == REFUSAL_EXPIRED)
        return "the login has expired";
    if (a->refusal == REFUSAL_OF_WITHHELD)
        return "no access without credentials, which are not sent over plain HTTP";
    return is_read_call(call) ? "not found or no access" : "no permission to push";
}

/* nginx reports it in an HTML page. */
static bool
wants_certificate(const struct answer *a)
{
    return a->http.status == 400 && a->http.body.len > 0 &&
           strstr(a->http.body.data, "SSL certificate");
}

/* The kind of failure and a message for it. */
static enum err_kind
meaning(const struct call *call, const struct answer *a, const char **words)
{
    if (wants_certificate(a)) {
        *words = "the server requires a client certificate, or another one";
        return ERR_AUTH;
    }
    switch (a->http.status) {
    case 401:
    case 403:
        *words = refusal_words(call, a);
        return ERR_AUTH;
    case 404:
        *words = "not found";
        return ERR_NOT_FOUND;
    case 405:
        *words = is_read_call(call)
                     ? "unexpected answer"
                     : "the registry does not accept uploads: it is read-only, a "
                       "cache or a group";
        return ERR_PROTOCOL;
    case 413:
        *words = "too large for the registry, or for a proxy in front of it";
        return ERR_PROTOCOL;
    case 415:
        *words = "the registry does not accept this media type";
        return ERR_PROTOCOL;
    case 429:
        *words = "too many requests";
        return ERR_NETWORK;
    default:
        *words = a->http.status >= 300 && a->http.status < 400 ? "unexpected redirect"
                                                               : "unexpected answer";
        return ERR_PROTOCOL;
    }
}

static void
explain_by(struct err *err, enum err_reason reason, const char *host)
{
    err->reason = reason;
    err_subject(err, host);
}

static void
hint_at_login(const struct call *call, const struct answer *a, struct err *err)
{
    const char *host = call->repo->host;

    if (call->is_linked) /* such hosts have no login */
        return;
    if (a->refusal == REFUSAL_OF_WITHHELD) {
        explain_by(err, REASON_PLAIN_HTTP, host);
    } else if (a->silent_helper) { /* some helpers report none also when they fail */
        explain_by(err, REASON_NO_LOGIN, host);
        err_hint(err, "%s has no credentials for %s", a->silent_helper, host);
    } else if (a->refusal == REFUSAL_EXPIRED) {
        err_hint(err, "log in to %s again", host);
    } else if (a->refusal == REFUSAL_OF_TOKEN) {
        err_hint(err,
                 "the token is not sufficient for %s%s%s: check the permissions of the "
                 "account there",
                 host, call->repo->path[0] != '\0' ? "/" : "", call->repo->path);
    } else if (a->http.status == 401 || a->refusal == REFUSAL_OF_ANONYMOUS) {
        explain_by(err, err->reason ? err->reason : REASON_NO_LOGIN, host);
    }
}

/* Set the hint. */
static void
add_hint(const struct call *call, const struct answer *a, const struct detail *detail,
         struct err *err)
{
    const struct repository *repo = call->repo;

    if (strcmp(detail->code.data, "NAME_UNKNOWN") == 0 && !is_read_call(call))
        err_hint(err, "create the repository '%s' at %s first", repo->path, repo->host);
    else if (says_no_project(a) && !is_read_call(call))
        err_hint(err, "create the project '%.*s' at %s first",
                 (int)strcspn(repo->path, "/"), repo->path, repo->host);
    else if (wants_certificate(a))
        err->reason = REASON_NO_CERTIFICATE;
    else if (err->kind == ERR_AUTH)
        hint_at_login(call, a, err);
    else if (a->http.status == 413 && !is_read_call(call))
        err_hint(err, "raise the limit of the proxy: client_max_body_size in nginx");
}

/* "404, CODE: text; detail" from the answer, escaped, cut, and without secrets. */
static char *
quoted(const struct answer *a, const struct detail *detail)
{
    char code[64], text[280], more[200];

    text_safe_in(code, sizeof(code), detail->code.data, detail->code.len);
    text_safe_in(text, sizeof(text), detail->text.data, detail->text.len);
    text_safe_in(more, sizeof(more), detail->more.data, detail->more.len);
    return xasprintf("%ld%s%s%s%s%s%s", a->http.status,
                     code[0] != '\0' || text[0] != '\0' ? ", " : "", code,
                     code[0] != '\0' && text[0] != '\0' ? ": " : "", text,
                     more[0] != '\0' ? "; " : "", more);
}

/* Report the target of a redirect that is not followed.  1 when it is one, else 0. */
static int
redirected_to(const struct call *call, const struct answer *a, const char *says,
              struct err *err)
{
    const char *location = http_header(&a->http, "location", 0);
    const char *from = a->url ? a->url : call->request.url;
    CLEANUP(mem_free_string) char *url = NULL;
    char source[HTTP_ORIGIN_URL_MAX], target[HTTP_ORIGIN_URL_MAX];
    struct http_origin at, to;

    if (a->http.status < 300 || a->http.status >= 400 || !location ||
        http_url_resolve(from, location, &url, err_ignored()) < 0 ||
        http_url_origin(from, &at, err_ignored()) < 0 ||
        http_url_origin(url, &to, err_ignored()) < 0)
        return 0;
    http_origin_shown_url(&at, source);
    http_origin_shown_url(&to, target);
    err_set(err, ERR_PROTOCOL, "unexpected redirect to %s (%s returned %s)", target,
            source, says);
    if (to.tls && !at.tls && strcmp(to.host, at.host) == 0)
        err_hint(err, "the registry expects https");
    return 1;
}

/* The name of a server that the registry redirected to is untrusted. */
static int
server_of(const struct call *call, const struct answer *a, char out[HTTP_ORIGIN_TEXT_MAX])
{
    struct http_origin origin;

    if (http_url_origin(a->url ? a->url : call->request.url, &origin, err_ignored()) < 0)
        return -1;
    if (a->elsewhere || call->is_linked)
        http_origin_shown(&origin, out);
    else
        http_origin_text(&origin, out);
    return 0;
}

int
exchange_error(const struct call *call, const struct answer *a, struct err *err)
{
    CLEANUP(detail_release) struct detail detail = DETAIL_INIT;
    CLEANUP(mem_free_string) char *says = NULL;
    const char *words;
    enum err_kind kind = meaning(call, a, &words);
    char server[HTTP_ORIGIN_TEXT_MAX];

    read_detail(a, &detail);
    if (says_no_project(a))
        kind = ERR_NOT_FOUND;
    if (exchange_may_pass(a)) {
        kind = ERR_NETWORK;
        words =
            a->elsewhere && a->http.status < 404 ? "the link to it was refused" : words;
    }
    if (server_of(call, a, server) < 0)
        return err_set(err, kind, "%s (%ld)", words, a->http.status);
    says = quoted(a, &detail);
    if (redirected_to(call, a, says, err) == 1)
        return -1;
    err_set(err, kind, "%s (%s returned %s)", words, server, says);
    if (a->refusal == REFUSAL_OF_PASSWORD)
        err->reason = REASON_LOGIN;
    add_hint(call, a, &detail, err);
    return -1;
}

const char *
exchange_told_digest(const struct answer *a)
{
    const char *told = http_header(&a->http, "docker-content-digest", 0);
    struct digest stored;

    return told && digest_parse(&stored, told, strlen(told), ERR_PROTOCOL,
                                err_ignored()) == 0
               ? told
               : NULL;
}

int
exchange_check_digest(const char *told, const struct digest *digest, struct err *err)
{
    struct digest stored;

    if (!told ||
        (digest_parse(&stored, told, strlen(told), ERR_PROTOCOL, err_ignored()) == 0 &&
         (stored.alg != digest->alg || digest_equal(&stored, digest))))
        return 0;
    return err_because(err, ERR_INTEGRITY, REASON_DIGEST,
                       "the registry stored it under another digest");
}

int
exchange_check_encoding(const struct http_response *r, struct err *err)
{
    const char *encoding = http_header(r, "content-encoding", 0), *at = r->body.data;
    char safe[TEXT_SAFE_MAX];
    size_t len = r->body.len;

    for (; len > 0 && strchr(" \t\r\n", *at); at++)
        len--;
    if (!encoding || text_same_nocase(encoding, strlen(encoding), "identity") ||
        (len > 0 && *at == '{')) /* only called so */
        return 0;
    text_safe_in(safe, sizeof(safe), encoding, strlen(encoding));
    return err_set(err, ERR_PROTOCOL,
                   "the server compressed the document (Content-Encoding: %s), although "
                   "this was not requested",
                   safe);
}
