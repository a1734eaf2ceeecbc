#include "config.h"
#include "registry/exchange.h"

#include "base/text.h"
#include "io/json.h"

#include <string.h>

/* What the body of an error answer says: "CODE: text", escaped and cut. */
struct detail {
    char code[TEXT_SAFE_MAX];
    char text[TEXT_SAFE_MAX];
};

static void
keep_text(char out[TEXT_SAFE_MAX], const struct js *obj, const char *key)
{
    const char *text;

    if (out[0] == '\0' && js_string(obj, key, &text) == 1)
        text_safe(out, text, strlen(text));
}

static void
read_detail(const struct answer *a, struct detail *out)
{
    CLEANUP(js_release) struct js *root = NULL;
    const struct js *errors, *first;
    struct err ignored = ERR_INIT;

    *out = (struct detail){.code = ""};
    if (a->http.body.len == 0)
        return;
    root = js_parse(a->http.body.data, a->http.body.len, ERR_PROTOCOL, &ignored);
    if (!root)
        return;
    first = js_array(root, "errors", &errors) == 1 && js_length(errors) > 0
                ? js_at(errors, 0)
                : root;
    keep_text(out->code, first, "code");
    keep_text(out->text, first, "message");
    keep_text(out->text, first, "details"); /* Docker Hub's limits say it so */
}

bool
exchange_has_code(const struct answer *a, const char *code)
{
    struct detail detail;

    read_detail(a, &detail);
    return strcmp(detail.code, code) == 0;
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
        return true; /* a signed link that ran out: the registry makes a new one */
    return status == 408 || status == 499 ||
           (status >= 500 && status != 501 && status != 505) ||
           exchange_is_throttled(a) ||
           (status == 400 && exchange_has_code(a, "UNAVAILABLE"));
}

/* Plain text is quoted too; a page of HTML is no help to anybody. */
static void
quote_plain(const struct answer *a, struct detail *out)
{
    const char *type = http_header(&a->http, "content-type", 0);
    size_t len = a->http.body.len;

    if (out->code[0] != '\0' || out->text[0] != '\0' || len == 0 || !type ||
        !text_starts(type, "text/plain"))
        return;
    while (len > 0 && (unsigned char)a->http.body.data[len - 1] <= ' ')
        len--;
    text_safe(out->text, a->http.body.data, len);
}

static bool
is_reading(const struct call *call)
{
    return strcmp(call->request.method, "GET") == 0 ||
           strcmp(call->request.method, "HEAD") == 0;
}

/* The kind of failure and what it means in plain words. */
static enum err_kind
meaning(const struct call *call, const struct answer *a, const char **words)
{
    switch (a->http.status) {
    case 401:
    case 403:
        *words = a->password_refused ? "user name or password refused"
                 : is_reading(call)  ? "not found or no access"
                                     : "no permission to push";
        return ERR_AUTH;
    case 404:
        *words = "not found";
        return ERR_NOT_FOUND;
    case 413:
        *words = "too large for the registry, or for a proxy before it";
        return ERR_PROTOCOL;
    case 415:
        *words = "the registry does not take this media type";
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

int
exchange_error(const struct call *call, const struct answer *a, struct err *err)
{
    const char *words;
    enum err_kind kind = meaning(call, a, &words);
    struct http_origin origin = {.host = ""};
    char server[HTTP_ORIGIN_TEXT_MAX];
    struct err ignored = ERR_INIT;
    struct detail detail;

    read_detail(a, &detail);
    quote_plain(a, &detail);
    if (exchange_may_pass(a)) {
        kind = ERR_NETWORK;
        words =
            a->elsewhere && a->http.status < 404 ? "the link to it was refused" : words;
    }
    if (http_url_origin(a->url ? a->url : call->request.url, &origin, &ignored) < 0)
        return err_set(err, kind, "%s (%ld)", words, a->http.status);
    http_origin_text(&origin, server);
    err_set(err, kind, "%s (%s answers %ld%s%s%s%s)", words, server, a->http.status,
            detail.code[0] != '\0' || detail.text[0] != '\0' ? ", " : "", detail.code,
            detail.code[0] != '\0' && detail.text[0] != '\0' ? ": " : "", detail.text);
    if (a->http.status == 401 && kind == ERR_AUTH)
        err_hint(err, "log in: --authfile FILE or --creds-stdin %s", call->repo->host);
    if (strcmp(detail.code, "NAME_UNKNOWN") == 0 && !is_reading(call))
        err_hint(err, "the repository may have to be created first");
    return -1;
}
