/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "oci/mapping.h"

#include "base/text.h"
#include "base/text_safe.h"

#include <stdio.h>
#include <string.h>

/* "host" with or without "/path" behind it, and a '/' that ends it, into two buffers. */
static int
parse_place(char host[REFERENCE_HOST_MAX + 1], char path[REFERENCE_PATH_MAX + 1],
            const char *text, size_t given, struct err *err)
{
    char inner[REFERENCE_PATH_MAX + 1] = "", safe[TEXT_SAFE_MAX];
    size_t len = given - (given > 0 && text[given - 1] == '/');
    const char *slash = memchr(text, '/', len);
    size_t n = slash ? (size_t)(slash - text) : len;

    if (slash) {
        size_t rest = len - n - 1;

        text_safe(safe, slash + 1, rest);
        if (rest > REFERENCE_PATH_MAX)
            return err_set(err, ERR_USAGE, "path '%s' is longer than %d bytes", safe,
                           REFERENCE_PATH_MAX);
        memcpy(inner, slash + 1, rest);
        if (strlen(inner) != rest || !reference_is_path(inner))
            return err_set(err, ERR_USAGE, "'%s' is not a repository path", safe);
    }
    if (reference_host(host, text, n, err) < 0)
        return -1;
    memcpy(path, inner, sizeof(inner));
    return 0;
}

int
target_parse(struct target *out, const char *text, struct err *err)
{
    struct target target;
    char safe[TEXT_SAFE_MAX];

    if (reference_refuse_user(text, strlen(text), err) < 0)
        return -1;
    text_safe(safe, text, strlen(text));
    if (strstr(text + reference_scheme(text, strlen(text)), "://")) {
        err_set(err, ERR_USAGE, "'%s': a registry is given without a scheme", safe);
        return err_hint(err, "leave out everything up to and including '://'");
    }
    text += reference_scheme(text, strlen(text));
    if (parse_place(target.host, target.prefix, text, strlen(text), err) < 0) {
        err_hint(err, "expected REGISTRY or REGISTRY/PREFIX, without tag and digest");
        return err_wrap(err, "'%s'", safe);
    }
    *out = target;
    return 0;
}

int
mapping_rule_parse(struct mapping_rule *out, const char *text, struct err *err)
{
    const char *equals = strchr(text, '=');
    char host[REFERENCE_HOST_MAX + 1], path[REFERENCE_PATH_MAX + 1];
    char safe[TEXT_SAFE_MAX], mapped[sizeof(out->to)];
    size_t from, to, first = strcspn(text, "/=");

    if (reference_refuse_user(text, strlen(text), err) < 0)
        return -1;
    text_safe(safe, text, strlen(text));
    if (!equals)
        return err_set(err, ERR_USAGE, "'%s' is not FROM=TO", safe);
    from = (size_t)(equals - text);
    if (!reference_looks_like_host(text, first)) {
        err_set(err, ERR_USAGE, "'%s' does not begin with a registry", safe);
        return err_hint(err,
                        "official Docker Hub images are named docker.io/library/...");
    }
    if (parse_place(host, path, text, from, err) < 0)
        return err_wrap(err, "'%s'", safe);
    to = strlen(equals + 1);
    if (to > 1 && equals[to] == '/')
        to--;
    if (to >= sizeof(out->to))
        return err_set(err, ERR_USAGE, "'%s': the path after '=' is too long", safe);
    snprintf(mapped, sizeof(mapped), "%.*s", (int)to, equals + 1);
    if (to > 0 && !reference_is_path(mapped))
        return err_set(err, ERR_USAGE, "'%s': no repository path after '='", safe);
    snprintf(out->from, sizeof(out->from), "%s%s%s", host, path[0] ? "/" : "", path);
    memcpy(out->to, mapped, sizeof(out->to));
    return 0;
}

bool
mapping_rule_matches(const struct mapping_rule *rule, const char *name)
{
    size_t n = strlen(rule->from);

    return text_starts(name, rule->from) && (name[n] == '\0' || name[n] == '/');
}

/* The longest rule that matches name, exactly or as a prefix of its path; NULL without
 * one. */
static const struct mapping_rule *
find_map_rule(const struct mapping *map, const char *name)
{
    const struct mapping_rule *best = NULL;

    for (size_t i = 0; i < map->rule_count; i++) {
        const struct mapping_rule *rule = &map->rules[i];

        if (mapping_rule_matches(rule, name) &&
            (!best || strlen(rule->from) > strlen(best->from)))
            best = rule;
    }
    return best;
}

/* Join the parts that are not empty with '/'. */
static int
join(char out[REFERENCE_PATH_MAX + 1], const char *const parts[3], struct err *err)
{
    char path[REFERENCE_HOST_MAX + 3 * (REFERENCE_PATH_MAX + 1) + 1];
    size_t len = 0;

    for (size_t i = 0; i < 3; i++) {
        if (parts[i][0] != '\0')
            len += (size_t)snprintf(path + len, sizeof(path) - len, "%s%s",
                                    len > 0 ? "/" : "", parts[i]);
    }
    if (len == 0)
        return err_set(err, ERR_USAGE, "its path is empty after mapping");
    if (len > REFERENCE_PATH_MAX)
        return err_set(err, ERR_USAGE,
                       "its path at the target has %zu bytes, but at most %d are allowed",
                       len, REFERENCE_PATH_MAX);
    memcpy(out, path, len + 1);
    return 0;
}

/* The host as the first component of a path: "reg.corp:5000" is "reg.corp_5000". */
static int
host_component(char out[REFERENCE_HOST_MAX + 1], const char *host, struct err *err)
{
    size_t n = strlen(host);

    memcpy(out, host, n + 1);
    for (char *p = out; *p != '\0'; p++) {
        if (*p == ':')
            *p = '_';
    }
    if (n > REFERENCE_PATH_MAX || reference_is_path(out))
        return 0;
    err_because(err, ERR_USAGE, REASON_UNMAPPABLE,
                "its host cannot be used in a path at the target");
    return err_subject(err, host);
}

/* The path at the target. */
static int
map_path(char out[REFERENCE_PATH_MAX + 1], const struct mapping *map,
         const struct reference *from, struct err *err)
{
    char name[REFERENCE_HOST_MAX + 1 + REFERENCE_PATH_MAX + 1];
    char host[REFERENCE_HOST_MAX + 1] = "";
    const struct mapping_rule *rule;

    snprintf(name, sizeof(name), "%s/%s", from->host, from->path);
    rule = find_map_rule(map, name);
    if (rule) {
        const char *rest = name + strlen(rule->from);

        return join(out,
                    (const char *const[3]){map->target.prefix, rule->to,
                                           rest[0] == '/' ? rest + 1 : rest},
                    err);
    }
    if (!map->strip_host && host_component(host, from->host, err) < 0)
        return -1;
    return join(out, (const char *const[3]){map->target.prefix, host, from->path}, err);
}

static void
apply_exact(const struct mapping *map, const struct reference *from, struct reference *to)
{
    const struct reference *exact = map->exact;

    *to = *from;
    memcpy(to->host, exact->host, sizeof(to->host));
    memcpy(to->path, exact->path, sizeof(to->path));
    if (exact->tag[0] != '\0' && reference_same_name(from, map->exact_for))
        memcpy(to->tag, exact->tag, sizeof(to->tag));
}

int
mapping_apply(const struct mapping *map, const struct reference *from,
              struct reference *to, struct err *err)
{
    struct reference r = *from;
    char name[REFERENCE_TEXT_MAX], safe[TEXT_SAFE_MAX];

    if (map->exact) {
        apply_exact(map, from, to);
        return 0;
    }
    if (map_path(r.path, map, from, err) < 0) {
        reference_name(from, name);
        text_safe(safe, name, strlen(name));
        return err_wrap(err, "'%s'", safe);
    }
    memcpy(r.host, map->target.host, sizeof(r.host));
    *to = r;
    return 0;
}
