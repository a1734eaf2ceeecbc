#include "config.h"
#include "registry/exchange.h"

#include "base/mem.h"
#include "base/text.h"
#include "io/hash.h"
#include "io/json.h"
#include "registry/auth.h"
#include "registry/redirect.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void
answer_release(struct answer *a)
{
    http_response_release(&a->http);
    free(a->url);
    a->url = NULL;
}

/* ---- one call ---- */

static int
follow(struct session *s, const struct call *call, const char *url,
       const struct auth *auth, struct answer *a, struct err *err)
{
    struct http_request request = call->request;
    const char *wait;
    int rc;

    s->retry_after = -1;
    request.url = url;
    request.authorization = &auth->value;
    rc = redirect_follow(s, &request, &a->http, &a->url, &a->elsewhere, err);
    wait = rc == 0 ? http_header(&a->http, "retry-after", 0) : NULL;
    if (wait)
        s->retry_after = http_retry_after(wait);
    return rc;
}

/* A server that serves another registry's blobs may want a token of its own. */
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

int
exchange_once(struct session *s, const struct call *call, struct answer *a,
              struct err *err)
{
    CLEANUP(auth_release) struct auth auth = AUTH_INIT;
    struct host *host;
    int rc;

    s->retry_after = -1;
    a->password_refused = false;
    if (client_host(s, call->repo->host, &host, err) < 0 ||
        auth_prepare(s, host, call, &auth, err) < 0 ||
        follow(s, call, call->request.url, &auth, a, err) < 0)
        return -1;
    if (a->http.status != 401)
        return 0;
    if (a->elsewhere)
        return follow_elsewhere(s, call, a, err);
    rc = auth_renew(s, host, call, a, &auth, err);
    if (rc == 1)
        rc = follow(s, call, call->request.url, &auth, a, err);
    a->password_refused =
        a->http.status == 401 && text_starts(secret_get(&auth.value), "Basic ");
    return rc;
}

/* May the same request work a little later? */
static bool
is_passing(const struct answer *a)
{
    long status = a->http.status;

    if (a->elsewhere && (status == 400 || status == 401 || status == 403))
        return true; /* a signed link that ran out: the registry makes a new one */
    return status == 408 || status == 429 || status == 499 ||
           (status >= 500 && status != 501 && status != 505);
}

int
exchange(struct session *s, const struct call *call, struct answer *a, struct err *err)
{
    CLEANUP(mem_free_string) char *what = http_url_redacted(call->request.url);
    struct retry retry = RETRY_INIT(what);

    for (;;) {
        if (exchange_once(s, call, a, err) == 0) {
            if (!is_passing(a))
                return 0;
            exchange_error(call, a, err);
        }
        if (retry_wait(s, &retry, err) < 0)
            return -1;
    }
}

/* ---- errors in words ---- */

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
    if (is_passing(a)) {
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

/* ---- retries ---- */

bool
retry_is_useful(const struct err *err)
{
    return err->kind == ERR_NETWORK && !err->reason;
}

/* Half a second, doubled each time, give or take a quarter so that workers part. */
static uint64_t
pause_ms(unsigned failures)
{
    enum { FIRST_MS = 500, LONGEST_MS = 30 * 1000 };
    uint64_t ms = FIRST_MS;
    struct err ignored = ERR_INIT;
    unsigned char dice = 128;

    for (unsigned i = 1; i < failures && ms < LONGEST_MS; i++)
        ms *= 2;
    if (ms > LONGEST_MS)
        ms = LONGEST_MS;
    if (random_bytes(&dice, 1, &ignored) < 0)
        dice = 128;
    return ms - ms / 4 + ms / 2 * dice / 255;
}

int
retry_wait(struct session *s, struct retry *retry, struct err *err)
{
    enum { TRIES = 5, WAIT_MAX_S = 300 };
    const struct client_config *config = &s->client->config;
    int64_t asked = s->retry_after;
    uint64_t ms;

    if (cancel_wanted(config->cancel))
        return cancel_error(err);
    if (!retry_is_useful(err))
        return -1;
    if (asked > WAIT_MAX_S)
        return err_hint(err, "the server asks to wait %lld seconds", (long long)asked);
    if (++retry->failures >= TRIES)
        return err_wrap(err, "gave up after %d tries", TRIES);
    ms = asked > 0 ? (uint64_t)asked * 1000 : pause_ms(retry->failures);
    events_debug(config->events, "%s: %s; trying again in %.1f s", retry->what, err->msg,
                 (double)ms / 1000);
    *err = (struct err)ERR_INIT;
    s->retry_after = -1;
    return cancel_sleep(config->cancel, ms, err);
}
