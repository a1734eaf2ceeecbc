/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "registry/config/mirrors_internal.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

void
route_rule_release(struct route_rule *rule)
{
    free(rule->mirrors);
    free(rule->file);
    *rule = (struct route_rule){.mirrors = NULL};
}

struct mirrors *
mirrors_new(void)
{
    return xcalloc(1, sizeof(struct mirrors));
}

void
mirrors_release(struct mirrors **at)
{
    struct mirrors *r = *at;

    if (!r)
        return;
    for (size_t i = 0; i < r->count; i++)
        route_rule_release(&r->rules[i]);
    free(r->rules);
    free(r);
    *at = NULL;
}

void
route_release(struct route *route)
{
    free(route->stops);
    *route = (struct route)ROUTE_INIT;
}

/* ---- selecting a rule ---- */

static bool
is_host_of(const struct route_place *place, const char *host)
{
    size_t h = strlen(host), p = strlen(place->host);

    if (!place->is_wildcard)
        return strcmp(host, place->host) == 0;
    return h > p && strcmp(host + h - p, place->host) == 0;
}

static bool
is_prefix_of(const struct route_place *prefix, const char *host, const char *path)
{
    size_t len = strlen(prefix->path);

    return is_host_of(prefix, host) &&
           (len == 0 || (strncmp(path, prefix->path, len) == 0 &&
                         (path[len] == '\0' || path[len] == '/')));
}

/* An exact host precedes a wildcard, then the longer prefix wins. */
static bool
is_closer(const struct route_place *a, const struct route_place *b)
{
    size_t len_a = strlen(a->host) + strlen(a->path);
    size_t len_b = strlen(b->host) + strlen(b->path);

    return a->is_wildcard != b->is_wildcard ? b->is_wildcard : len_a > len_b;
}

static const struct route_rule *
find_mirror_rule(const struct mirrors *r, const char *host, const char *path)
{
    const struct route_rule *best = NULL;

    for (size_t i = 0; i < r->count; i++) {
        const struct route_rule *rule = &r->rules[i];

        if (is_prefix_of(&rule->prefix, host, path) &&
            (!best || is_closer(&rule->prefix, &best->prefix)))
            best = rule;
    }
    return best;
}

/* ---- applying a rule ---- */

/* Append the part of a path after the prefix to the path of a place.  is_catalog: the
 * registry as a whole is looked up, without a path. */
static int
make_stop(const struct route_place *place, const char *rest, bool is_catalog,
          struct route_stop *out, struct err *err)
{
    const char *joint = place->path[0] != '\0' && rest[0] != '\0' ? "/" : "";
    CLEANUP(mem_free_string) char *path = xasprintf("%s%s%s", place->path, joint, rest);

    if (!(is_catalog && path[0] == '\0') && !reference_is_path(path))
        return err_set(err, ERR_USAGE, "'%s%s%s' is not a repository: check the location",
                       place->host, path[0] != '\0' ? "/" : "", path);
    memcpy(out->host, place->host, sizeof(out->host));
    memcpy(out->path, path, strlen(path) + 1);
    out->is_insecure = place->is_insecure;
    return 0;
}

static bool
is_mirror_used(const struct route_rule *rule, const struct route_place *mirror,
               bool by_digest)
{
    if (rule->by_digest_only || mirror->use == ROUTE_BY_DIGEST)
        return by_digest;
    return mirror->use == ROUTE_ALWAYS || !by_digest;
}

static int
follow_rule(const struct route_rule *rule, const char *host, const char *path,
            bool by_digest, struct route *out, struct err *err)
{
    const char *rest = path + strlen(rule->prefix.path);
    bool is_catalog = path[0] == '\0';
    struct route_place itself;

    if (rule->is_blocked) {
        err_set(err, ERR_USAGE, "images of %s%s%s are blocked", host,
                is_catalog ? "" : "/", path);
        return err_hint(err, "a registries.conf applies to all container tools; "
                             "CONTAINERS_REGISTRIES_CONF=FILE selects another one");
    }
    rest += rest[0] == '/' && rule->prefix.path[0] != '\0';
    for (size_t i = 0; i < rule->mirror_count; i++) {
        if (!is_mirror_used(rule, &rule->mirrors[i], by_digest))
            continue;
        if (make_stop(&rule->mirrors[i], rest, is_catalog, &out->stops[out->count], err) <
            0)
            return -1;
        out->count++;
    }
    itself = rule->location;
    if (itself.host[0] == '\0')
        memcpy(itself.host, host, strlen(host) + 1);
    if (make_stop(&itself, rest, is_catalog, &out->stops[out->count], err) < 0)
        return -1;
    out->count++;
    return 0;
}

int
mirrors_find(const struct mirrors *r, const char *host, const char *path, bool by_digest,
             struct route *out, struct err *err)
{
    CLEANUP(route_release) struct route route = ROUTE_INIT;
    const struct route_rule *rule = find_mirror_rule(r, host, path);
    static const struct route_rule none = {.mirrors = NULL};

    route.stops = xcalloc((rule ? rule->mirror_count : 0) + 1, sizeof(*route.stops));
    if (follow_rule(rule ? rule : &none, host, path, by_digest, &route, err) < 0)
        return rule ? err_wrap(err, "'%s' line %u", rule->file, rule->line) : -1;
    if (rule) {
        route.file = rule->file;
        route.line = rule->line;
    }
    *out = route;
    route = (struct route)ROUTE_INIT;
    return 0;
}
