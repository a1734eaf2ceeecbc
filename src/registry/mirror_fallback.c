/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "registry/mirror_fallback.h"

static bool
is_given_up(struct client *c, const struct repository *mirror)
{
    bool answer;

    pthread_mutex_lock(&c->lock);
    answer = client_find_host(c, mirror)->is_given_up;
    pthread_mutex_unlock(&c->lock);
    return answer;
}

/* False when it was marked already. */
static bool
mark_unreachable(struct client *c, const struct repository *mirror)
{
    struct host *host;
    bool was;

    pthread_mutex_lock(&c->lock);
    host = client_find_host(c, mirror);
    was = host->is_given_up;
    host->is_given_up = true;
    pthread_mutex_unlock(&c->lock);
    return !was;
}

/* Handle the failure of a mirror.  0: try the next one; -1: no other could do better. */
static int
pass_over(struct session *s, const struct repository *mirror, struct err *err)
{
    struct client *c = s->client;
    const struct events *events = &c->config.run->events;

    if (cancel_wanted(&c->config.run->cancel) || err->kind == ERR_SIGNAL ||
        err->kind == ERR_LOCAL || err->kind == ERR_INTERNAL)
        return -1;
    if (err->kind == ERR_NETWORK) {
        if (mark_unreachable(c, mirror))
            events_warning(events, "mirror %s is not used any more: %s", mirror->host,
                           err->msg);
    } else if (err->kind == ERR_INTEGRITY) {
        events_warning(events, "mirror %s/%s: %s", mirror->host, mirror->path, err->msg);
    } else {
        events_debug(events, "mirror %s/%s: %s", mirror->host, mirror->path, err->msg);
    }
    *err = (struct err)ERR_INIT;
    return 0;
}

static void
report_fallback(const struct session *s, const struct repository *repo,
                const struct route *route, const struct repository *at)
{
    if (route->file)
        events_debug(&s->client->config.run->events,
                     "%s/%s: fetched from %s/%s ('%s' line %u)", repo->host, repo->path,
                     at->host, at->path, route->file, route->line);
}

static int
ask_mirrors(struct session *s, const struct repository *repo, const struct route *route,
            const struct route_question *q, struct err *err)
{
    for (size_t i = q->at_home ? route->count - 1 : 0;; i++) {
        const struct repository at = {.host = route->stops[i].host,
                                      .path = route->stops[i].path,
                                      .by_digest = repo->by_digest,
                                      .is_insecure = route->stops[i].is_insecure};
        bool is_last = i + 1 == route->count;

        if (!is_last && is_given_up(s->client, &at))
            continue;
        if (q->ask(s, &at, q->ctx, err) == 0) {
            if (q->is_worth_a_line)
                report_fallback(s, repo, route, &at);
            return 0;
        }
        if (is_last || pass_over(s, &at, err) < 0)
            return route->file ? err_wrap(err, "%s/%s", at.host, at.path) : -1;
    }
}

int
mirror_fallback(struct session *s, const struct repository *repo,
                const struct route_question *q, struct err *err)
{
    const struct mirrors *routes = s->client->config.routes;
    CLEANUP(route_release) struct route route = ROUTE_INIT;

    if (!routes)
        return q->ask(s, repo, q->ctx, err);
    if (mirrors_find(routes, repo->host, repo->path, repo->by_digest, &route, err) < 0)
        return -1;
    return ask_mirrors(s, repo, &route, q, err);
}

bool
mirror_exists(const struct session *s, const struct repository *repo)
{
    const struct mirrors *routes = s->client->config.routes;
    CLEANUP(route_release) struct route route = ROUTE_INIT;

    return routes &&
           mirrors_find(routes, repo->host, repo->path, repo->by_digest, &route,
                        err_ignored()) == 0 &&
           route.count > 1;
}
