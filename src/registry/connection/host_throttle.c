/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "registry/connection/host_throttle.h"

#include "base/clock.h"
#include "base/mem.h"
#include "io/http/http_url.h"
#include "registry/connection/session.h"

#include <stdlib.h>

/* Caller holds the lock.  NULL: no rate limit so far. */
static struct pace *
find_pace(struct client *c, const struct http_origin *at)
{
    struct pace *p = c->paces;

    while (p && !http_origin_equal(&p->origin, at))
        p = p->next;
    return p;
}

/* Caller holds the lock.  NULL: too many servers. */
static struct pace *
find_or_add(struct client *c, const struct http_origin *at)
{
    struct pace *p = find_pace(c, at);

    if (p || c->host_throttle_count == HOST_THROTTLES_MAX)
        return p;
    p = xcalloc(1, sizeof(*p));
    *p = (struct pace){.next = c->paces, .origin = *at};
    c->paces = p;
    c->host_throttle_count++;
    return p;
}

int
host_throttle_wait(struct session *s, const struct http_origin *at, struct err *err)
{
    struct client *c = s->client;
    struct pace *p;
    uint64_t wait;

    for (;;) {
        s->sent = clock_ms();
        pthread_mutex_lock(&c->lock);
        p = find_pace(c, at);
        wait = p ? throttle_wait(&p->throttle, s->sent) : 0;
        pthread_mutex_unlock(&c->lock);
        if (wait == 0)
            return 0;
        if (session_pause(s, wait, err) < 0)
            return -1;
    }
}

static void
report_slowdown(const struct session *s, const struct http_origin *at)
{
    const struct events *events = &s->client->config.run->events;
    char name[HTTP_ORIGIN_TEXT_MAX];

    http_origin_shown(at, name);
    if (http_origin_equal(at, &s->host->origin))
        events_warning(events, "registry %s: rate limited, slowing down", s->host->name);
    else
        events_warning(events,
                       "%s, which registry %s redirects to: rate limited, slowing down",
                       name, s->host->name);
}

bool
host_throttle_slow(struct session *s, const struct http_origin *at, int64_t wait_s)
{
    struct client *c = s->client;
    bool must_tell = false;
    struct pace *p;

    pthread_mutex_lock(&c->lock);
    p = find_or_add(c, at);
    if (p) {
        throttle_slow(&p->throttle, clock_ms(), s->sent, wait_s);
        must_tell = !p->throttle.is_told;
        p->throttle.is_told = true;
    }
    pthread_mutex_unlock(&c->lock);
    if (must_tell)
        report_slowdown(s, at);
    return p != NULL;
}

void
host_throttle_recover(struct session *s, const struct http_origin *at)
{
    struct client *c = s->client;
    struct pace *p;

    pthread_mutex_lock(&c->lock);
    p = find_pace(c, at);
    if (p)
        throttle_recover(&p->throttle, s->sent);
    pthread_mutex_unlock(&c->lock);
}

void
host_throttle_forget_all(struct client *c)
{
    while (c->paces) {
        struct pace *p = c->paces;

        c->paces = p->next;
        free(p);
    }
    c->host_throttle_count = 0;
}
