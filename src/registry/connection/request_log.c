/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "registry/connection/request_log.h"

#include "base/mem.h"
#include "base/text.h"
#include "base/text_safe.h"
#include "io/http/http_url.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { VALUE_MAX = 400 }; /* bytes of a header value that are shown */

/* ---- headers ---- */

static bool
contains_word(const char *name, size_t len, const char *word)
{
    size_t size = strlen(word);

    for (size_t i = 0; i + size <= len; i++) {
        if (text_same_nocase(name + i, size, word))
            return true;
    }
    return false;
}

bool
request_log_hides(const char *name, size_t len)
{
    static const char *const words[] = {
        "authorization", "cookie",   "token",      "secret",    "signature",
        "key",           "password", "credential", "auth-info", "session"};

    for (size_t i = 0; i < COUNT_OF(words); i++) {
        if (contains_word(name, len, words[i]))
            return true;
    }
    return false;
}

/* A URL may have a secret in its query, so such a value is shown up to there. */
static size_t
shown_len(const char *value)
{
    return strcspn(value, "?");
}

static void
log_header(const struct events *events, char direction, const char *name, size_t len,
           const char *value)
{
    char safe[VALUE_MAX], label[TEXT_SAFE_MAX];
    size_t shown = shown_len(value);

    text_safe(label, name, len);
    if (request_log_hides(name, len)) {
        events_debug(events, "%c %s: (hidden)", direction, label);
        return;
    }
    text_safe_in(safe, sizeof(safe), value, shown);
    events_debug(events, "%c %s: %s%s", direction, label, safe,
                 value[shown] != '\0' ? "?..." : "");
}

static void
log_headers(const struct events *events, const struct http_request *request,
            const struct http_response *response)
{
    for (const char *const *line = request->headers; line && *line; line++) {
        size_t len = strcspn(*line, ":");
        const char *value = *line + len;

        value += strspn(value, ": ");
        log_header(events, '>', *line, len, value);
    }
    if (request->authorization)
        events_debug(events, "> Authorization: (hidden)");
    for (size_t i = 0; i < response->header_count; i++) {
        const struct http_header *h = &response->headers[i];

        log_header(events, '<', h->name, strlen(h->name), h->value);
    }
}

/* ---- requests ---- */

void
request_log(const struct events *events, const struct http_request *request,
            const struct http_response *response, uint64_t ms)
{
    CLEANUP(mem_free_string) char *url = NULL;
    char status[16];

    if (events->detail == 0)
        return;
    url = http_url_redacted(request->url);
    snprintf(status, sizeof(status), "%ld", response->status);
    events_debug(events,
                 "%s %s: %s, %" PRIu64 " B sent, %" PRIu64 " B received, %" PRIu64 " ms",
                 request->method, url, response->status > 0 ? status : "no answer",
                 response->sent, response->received, ms);
    if (events->detail > 1)
        log_headers(events, request, response);
}
