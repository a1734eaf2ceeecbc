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

/* ---- rules ---- */

/* A digest is the only thing that may follow an '@'. */
static int
refuse_user_in_rule(const char *text, size_t from, struct err *err)
{
    const char *at = memchr(text, '@', from);

    if (at && (text_starts(at, "@sha256:") || text_starts(at, "@sha512:")) &&
        reference_refuse_user(text, (size_t)(at - text), err) == 0)
        return reference_refuse_user(text + from, strlen(text + from), err);
    return reference_refuse_user(text, strlen(text), err);
}

static size_t
count_stars(const char *text, size_t len)
{
    size_t count = 0;

    for (size_t i = 0; i < len; i++)
        count += text[i] == '*';
    return count;
}

/* Whether a name has a tag or a digest: behind its last '/'. */
static bool
is_exact_name(const char *text, size_t len)
{
    const char *slash = memrchr(text, '/', len);

    return slash && (memchr(slash, ':', len - (size_t)(slash - text)) ||
                     memchr(slash, '@', len - (size_t)(slash - text)));
}

static int
parse_exact_from(struct mapping_rule *rule, const char *text, size_t len, struct err *err)
{
    struct reference name;

    if (reference_parse(&name, text, len, err) < 0)
        return -1;
    reference_name(&name, rule->from);
    return 0;
}

/* host[/path], also with a '*' in the path. */
static int
parse_place_from(struct mapping_rule *rule, const char *text, size_t len, struct err *err)
{
    char host[REFERENCE_HOST_MAX + 1], path[REFERENCE_PATH_MAX + 1];
    char plain[sizeof(rule->from)];
    const char *star = memchr(text, '*', len);
    size_t hosts = strcspn(text, "/=");

    if (len >= sizeof(plain))
        return err_set(err, ERR_USAGE, "a name of %zu bytes", len);
    memcpy(plain, text, len);
    if (star) /* any character that may be in a name */
        plain[star - text] = 'x';
    if (parse_place(host, path, plain, len, err) < 0)
        return -1;
    snprintf(rule->from, sizeof(rule->from), "%s%s%s", host, path[0] ? "/" : "", path);
    if (star)
        rule->from[strlen(host) + (size_t)(star - text) - hosts] = '*';
    return 0;
}

static int
parse_from(struct mapping_rule *rule, const char *text, size_t len, struct err *err)
{
    const char *star = memchr(text, '*', len);
    size_t first = strcspn(text, "/=");

    if (!reference_looks_like_host(text, first)) {
        err_set(err, ERR_USAGE, "it does not begin with a registry");
        return err_hint(err,
                        "official Docker Hub images are named docker.io/library/...");
    }
    if (star && star < text + first)
        return err_set(err, ERR_USAGE, "a registry cannot have a '*'");
    if (star && is_exact_name(text, len))
        return err_set(err, ERR_USAGE, "a name with a '*' cannot have a tag or a digest");
    rule->kind = star                       ? MAPPING_PATTERN
                 : is_exact_name(text, len) ? MAPPING_EXACT
                                            : MAPPING_PREFIX;
    return rule->kind == MAPPING_EXACT ? parse_exact_from(rule, text, len, err)
                                       : parse_place_from(rule, text, len, err);
}

/* PATH, of an exact rule PATH[:TAG]. */
static int
parse_to(struct mapping_rule *rule, const char *text, struct err *err)
{
    const char *colon = rule->kind == MAPPING_EXACT ? strchr(text, ':') : NULL;
    size_t len = colon ? (size_t)(colon - text) : strlen(text);
    char plain[sizeof(rule->to)];
    char *star;

    if (len > 1 && text[len - 1] == '/')
        len--;
    if (len >= sizeof(rule->to))
        return err_set(err, ERR_USAGE, "the path after '=' is too long");
    snprintf(rule->to, sizeof(rule->to), "%.*s", (int)len, text);
    memcpy(plain, rule->to, sizeof(plain));
    star = strchr(plain, '*');
    if (star)
        *star = 'x';
    if (plain[0] != '\0' && !reference_is_path(plain))
        return err_set(err, ERR_USAGE, "no repository path after '='");
    if (colon && !reference_is_tag(colon + 1))
        return err_set(err, ERR_USAGE, "no tag after ':'");
    if (colon)
        memcpy(rule->tag, colon + 1, strlen(colon + 1) + 1);
    return 0;
}

static int
parse_rule(struct mapping_rule *out, const char *text, struct err *err)
{
    const char *equals = strchr(text, '=');
    size_t from = equals ? (size_t)(equals - text) : strlen(text);
    size_t stars = count_stars(text, from);

    if (refuse_user_in_rule(text, from, err) < 0)
        return -1;
    if (!equals)
        return err_set(err, ERR_USAGE, "it is not FROM=TO");
    if (stars > 1 || count_stars(equals, strlen(equals)) != stars)
        return err_set(err, ERR_USAGE, "a pattern has one '*' on either side of '='");
    return parse_from(out, text, from, err) < 0 ? -1 : parse_to(out, equals + 1, err);
}

int
mapping_rule_parse(struct mapping_rule *out, const char *text, struct err *err)
{
    struct mapping_rule rule = {.kind = MAPPING_PREFIX};
    char safe[TEXT_SAFE_MAX];

    if (parse_rule(&rule, text, err) < 0) {
        text_safe(safe, text, strlen(text));
        return err->reason == REASON_USER_IN_NAME ? -1 : err_wrap(err, "'%s'", safe);
    }
    *out = rule;
    return 0;
}

/* What the '*' of a pattern stands for in name; false if the pattern does not match. */
static bool
match_star(const char *pattern, const char *name, const char **found, size_t *len)
{
    size_t before = strcspn(pattern, "*"), after = strlen(pattern) - before - 1;
    size_t n = strlen(name);

    if (n < before + after || memcmp(name, pattern, before) != 0 ||
        memcmp(name + n - after, pattern + before + 1, after) != 0)
        return false;
    *found = name + before;
    *len = n - before - after;
    return true;
}

#define PLACE_MAX (REFERENCE_HOST_MAX + 1 + REFERENCE_PATH_MAX + 1)

/* "host/path" */
static void
place_of_name(const struct reference *name, char out[PLACE_MAX])
{
    snprintf(out, PLACE_MAX, "%s/%s", name->host, name->path);
}

static bool
matches_exactly(const struct mapping_rule *rule, const struct reference *name)
{
    struct reference pinned = *name;
    char text[REFERENCE_TEXT_MAX];

    reference_name(name, text);
    if (strcmp(text, rule->from) == 0)
        return true;
    pinned.tag[0] = '\0'; /* a tag that is pinned, too */
    if (!name->has_digest)
        return false;
    reference_name(&pinned, text);
    return strcmp(text, rule->from) == 0;
}

bool
mapping_rule_matches(const struct mapping_rule *rule, const struct reference *name)
{
    char place[PLACE_MAX];
    const char *found;
    size_t n = strlen(rule->from), len;

    place_of_name(name, place);
    switch (rule->kind) {
    case MAPPING_EXACT:
        return matches_exactly(rule, name);
    case MAPPING_PATTERN:
        return match_star(rule->from, place, &found, &len);
    case MAPPING_PREFIX:
        break;
    }
    return text_starts(place, rule->from) && (place[n] == '\0' || place[n] == '/');
}

/* Positive: a takes precedence. */
static int
compare_precedence(const struct mapping_rule *a, const struct mapping_rule *b)
{
    size_t left = strlen(a->from), right = strlen(b->from);

    if (a->kind != b->kind)
        return a->kind > b->kind ? 1 : -1;
    return left == right ? 0 : left > right ? 1 : -1;
}

/* *out: the rule for a name, NULL without one. */
static int
find_map_rule(const struct mapping *map, const struct reference *name,
              const struct mapping_rule **out, struct err *err)
{
    const struct mapping_rule *best = NULL, *equal = NULL;

    for (size_t i = 0; i < map->rule_count; i++) {
        const struct mapping_rule *rule = &map->rules[i];
        int order;

        if (!mapping_rule_matches(rule, name))
            continue;
        order = best ? compare_precedence(rule, best) : 1;
        if (order > 0)
            best = rule;
        equal = order > 0 ? NULL : order == 0 ? rule : equal;
    }
    *out = best;
    if (!equal ||
        (strcmp(equal->to, best->to) == 0 && strcmp(equal->tag, best->tag) == 0))
        return 0;
    return err_set(err, ERR_USAGE, "the mappings of '%s' and '%s' are equally good",
                   best->from, equal->from);
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

/* The path below the target that a rule gives to a name. */
static int
apply_rule(const struct mapping_rule *rule, const struct reference *from,
           char out[PLACE_MAX], struct err *err)
{
    char place[PLACE_MAX];
    const char *found, *rest;
    size_t len, before = strcspn(rule->to, "*");
    int n;

    place_of_name(from, place);
    if (rule->kind == MAPPING_EXACT) {
        n = snprintf(out, PLACE_MAX, "%s", rule->to);
    } else if (rule->kind == MAPPING_PATTERN) {
        (void)match_star(rule->from, place, &found, &len);
        n = snprintf(out, PLACE_MAX, "%.*s%.*s%s", (int)before, rule->to, (int)len, found,
                     rule->to + before + 1);
    } else {
        rest = place + strlen(rule->from);
        n = snprintf(out, PLACE_MAX, "%s%s", rule->to,
                     rule->to[0] == '\0' && rest[0] == '/' ? rest + 1 : rest);
    }
    if (n >= PLACE_MAX)
        return err_set(err, ERR_USAGE, "its path at the target is too long");
    return rule->kind == MAPPING_PATTERN && !reference_is_path(out)
               ? err_set(err, ERR_USAGE, "'%s' is not a repository path", out)
               : 0;
}

/* The path at the target. */
static int
map_path(char out[REFERENCE_PATH_MAX + 1], const struct mapping *map,
         const struct mapping_rule *rule, const struct reference *from, struct err *err)
{
    char host[REFERENCE_HOST_MAX + 1] = "", below[PLACE_MAX];

    if (rule)
        return apply_rule(rule, from, below, err) < 0
                   ? -1
                   : join(out, (const char *const[3]){map->target.prefix, below, ""},
                          err);
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

bool
mapping_digest_tag(const struct digest *digest, char tag[REFERENCE_TAG_MAX + 1])
{
    char hex[2 * DIGEST_RAW_MAX + 1];

    if (digest->alg != DIGEST_SHA256)
        return false;
    digest_hex(digest, hex);
    snprintf(tag, REFERENCE_TAG_MAX + 1, MAPPING_DIGEST_TAG "%.64s", hex);
    return true;
}

/* A digest that makes no tag is left without. */
static void
tag_by_digest(struct reference *r)
{
    if (r->tag[0] == '\0' && r->has_digest)
        (void)mapping_digest_tag(&r->digest, r->tag);
}

int
mapping_apply(const struct mapping *map, const struct reference *from,
              struct reference *to, struct err *err)
{
    struct reference r = *from;
    const struct mapping_rule *rule;
    char name[REFERENCE_TEXT_MAX], safe[TEXT_SAFE_MAX];

    if (map->exact) {
        apply_exact(map, from, to);
        if (map->tag_digests)
            tag_by_digest(to);
        return 0;
    }
    if (find_map_rule(map, from, &rule, err) < 0 ||
        map_path(r.path, map, rule, from, err) < 0) {
        reference_name(from, name);
        text_safe(safe, name, strlen(name));
        return err_wrap(err, "'%s'", safe);
    }
    if (rule && rule->tag[0] != '\0')
        memcpy(r.tag, rule->tag, sizeof(r.tag));
    if (map->tag_digests)
        tag_by_digest(&r);
    memcpy(r.host, map->target.host, sizeof(r.host));
    *to = r;
    return 0;
}
