/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "registry/connection/warnings.h"

#include "base/mem.h"
#include "base/text.h"
#include "base/text_safe.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FEW = 10 }; /* pulls left; no warning while there are more */

/* ---- parsing the headers ---- */

int
warnings_warning(const char *value, char out[WARNINGS_TEXT_MAX])
{
    static const char code[] = "299 ";
    CLEANUP(mem_free_string) char *text = NULL;
    const char *p = value;
    size_t len = 0;

    if (!text_starts(value, code))
        return -1;
    p += strlen(code);
    p += strcspn(p, " \"");
    if (p[0] != ' ' || p[1] != '"')
        return -1;
    text = xmalloc(strlen(p));
    for (p += 2; *p != '\0' && *p != '"'; p++) {
        if (*p == '\\' && p[1] != '\0')
            p++;
        text[len++] = *p;
    }
    if (*p != '"' || len == 0)
        return -1;
    text_safe_in(out, WARNINGS_TEXT_MAX, text, len);
    return 0;
}

int
warnings_limit(const char *value, uint64_t *count, uint64_t *window_s)
{
    static const char window[] = ";w=";
    size_t len = strcspn(value, ";");
    const char *rest = value + len;
    uint64_t n, seconds = 0;

    if (text_u64(value, len, UINT32_MAX, &n) < 0)
        return -1;
    if (*rest != '\0' && (!text_starts(rest, window) ||
                          text_u64(rest + strlen(window), strlen(rest + strlen(window)),
                                   UINT32_MAX, &seconds) < 0))
        return -1;
    *count = n;
    *window_s = seconds;
    return 0;
}

/* ---- showing each once ---- */

static bool
is_new_warning(struct client *c, const char *text)
{
    bool found = false;

    pthread_mutex_lock(&c->lock);
    for (size_t i = 0; i < c->told_count; i++)
        found = found || strcmp(c->told[i], text) == 0;
    found = found || c->told_count == NOTICES_MAX;
    if (!found)
        c->told[c->told_count++] = xstrdup(text);
    pthread_mutex_unlock(&c->lock);
    return !found;
}

static void
take_limit(struct client *c, struct host *host, const struct http_response *r)
{
    const char *left = http_header(r, "ratelimit-remaining", 0);
    const char *limit = http_header(r, "ratelimit-limit", 0);
    uint64_t count, window, most, hours;
    bool is_told;

    if (!left || warnings_limit(left, &count, &window) < 0 || count > FEW)
        return;
    pthread_mutex_lock(&c->lock);
    is_told = host->is_limit_told;
    host->is_limit_told = true;
    pthread_mutex_unlock(&c->lock);
    if (is_told)
        return;
    hours = (window + 3599) / 3600;
    if (limit && warnings_limit(limit, &most, &window) == 0 && hours > 0)
        events_warning(&c->config.run->events,
                       "registry %s: only %" PRIu64 " of %" PRIu64 " pulls in %" PRIu64
                       " hours are left",
                       host->name, count, most, hours);
    else
        events_warning(&c->config.run->events,
                       "registry %s: only %" PRIu64 " pulls are left", host->name, count);
}

void
warnings_take(struct client *c, struct host *host, const struct http_response *r)
{
    char text[WARNINGS_TEXT_MAX];
    const char *value;

    for (size_t i = 0; (value = http_header(r, "warning", i)); i++) {
        if (warnings_warning(value, text) == 0 && is_new_warning(c, text))
            events_warning(&c->config.run->events, "registry %s: %s", host->name, text);
    }
    take_limit(c, host, r);
}
