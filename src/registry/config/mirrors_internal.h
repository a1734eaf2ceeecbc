/* SPDX-License-Identifier: Apache-2.0 */
/* mirrors_internal.h - the rules: mirrors_file.c fills them in, mirrors.c applies them.
 *
 * Layer: registry.
 */
#ifndef REGISTRY_CONFIG_MIRRORS_INTERNAL_H
#define REGISTRY_CONFIG_MIRRORS_INTERNAL_H

#include "registry/config/mirrors.h"

/* Which references a mirror is used for. */
enum route_use { ROUTE_ALWAYS, ROUTE_BY_DIGEST, ROUTE_BY_TAG };

/* A place as in the files: "host[:port][/path]", or "*.domain" as a prefix. */
struct route_place {
    char host[REFERENCE_HOST_MAX + 1]; /* "": not given; ".domain" for a wildcard */
    char path[REFERENCE_PATH_MAX + 1]; /* "": the whole host */
    bool is_wildcard;
    bool is_insecure;
    bool has_use;
    enum route_use use; /* for mirrors */
};

/* One [[registry]]. */
struct route_rule {
    struct route_place prefix, location;
    struct route_place *mirrors;
    size_t mirror_count, mirror_cap;
    bool is_blocked, by_digest_only;
    char *file;
    unsigned line;
};

struct mirrors {
    struct route_rule *rules;
    size_t count, cap;
};

void route_rule_release(struct route_rule *rule);

#endif
