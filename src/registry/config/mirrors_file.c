/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "registry/config/mirrors_file.h"

#include "base/mem.h"
#include "base/text.h"
#include "base/text_safe.h"
#include "registry/config/mirrors_internal.h"
#include "registry/config/registries_conf.h"
#include "registry/config/toml.h"

#include <stdlib.h>
#include <string.h>

enum { TABLES_MAX = 4096 }; /* registries and mirrors of one file */

/* The table being read. */
enum mirrors_table { AT_TOP, AT_REGISTRY, AT_MIRROR, AT_OTHERS };

/* The file being read: the rules so far. */
struct mirrors_loading {
    struct mirrors made;
    const char *file;
    enum mirrors_table at;
    size_t tables;
};

/* ---- places ---- */

static int
odd_place(const char *text, const char *why, struct err *err)
{
    char safe[TEXT_SAFE_MAX];

    text_safe(safe, text, strlen(text));
    return err_set(err, ERR_USAGE, "'%s' %s", safe, why);
}

/* Parse "HOST[:PORT][/PATH]"; other members of *place are kept. */
static int
read_place(struct route_place *place, const char *text, struct err *err)
{
    size_t host = strcspn(text, "/"), end = strlen(text);

    while (end > host && text[end - 1] == '/')
        end--;
    if (reference_refuse_user(text, strlen(text), err) < 0)
        return -1;
    if (strstr(text, "://"))
        return odd_place(text, "has a scheme, which is not allowed here", err);
    if (reference_host(place->host, text, host, err) < 0)
        return -1;
    place->path[0] = '\0';
    if (end == host)
        return 0;
    if (end - host - 1 > REFERENCE_PATH_MAX)
        return odd_place(text, "is too long", err);
    memcpy(place->path, text + host + 1, end - host - 1);
    place->path[end - host - 1] = '\0';
    return reference_is_path(place->path)
               ? 0
               : odd_place(text, "is not HOST[:PORT][/PATH], without tag or digest", err);
}

static int
read_prefix(struct route_place *place, const char *text, struct err *err)
{
    if (!text_starts(text, "*."))
        return read_place(place, text, err);
    if (read_place(place, text + 2, err) < 0)
        return -1;
    if (place->path[0] != '\0' || strlen(place->host) == REFERENCE_HOST_MAX)
        return odd_place(text, "is not *.DOMAIN", err);
    memmove(place->host + 1, place->host, strlen(place->host) + 1);
    place->host[0] = '.';
    place->is_wildcard = true;
    return 0;
}

static int
read_use(struct route_place *mirror, const char *text, struct err *err)
{
    static const char *const words[] = {
        [ROUTE_ALWAYS] = "all",
        [ROUTE_BY_DIGEST] = "digest-only",
        [ROUTE_BY_TAG] = "tag-only",
    };

    for (size_t i = 0; i < COUNT_OF(words); i++) {
        if (strcmp(text, words[i]) == 0) {
            mirror->use = (enum route_use)i;
            mirror->has_use = true;
            return 0;
        }
    }
    return odd_place(text, "is not one of all, digest-only, tag-only", err);
}

/* ---- keys ---- */

enum key {
    KEY_IGNORED, /* for short names, which sealift does not support */
    KEY_PREFIX,
    KEY_LOCATION,
    KEY_INSECURE,
    KEY_BLOCKED,
    KEY_BY_DIGEST_ONLY,
    KEY_PULL_FROM_MIRROR,
};

static const struct {
    const char *name;
    enum mirrors_table at; /* the table it is allowed in */
    enum key key;
    enum toml_kind kind;
} keys[] = {
    {"unqualified-search-registries", AT_TOP, KEY_IGNORED, TOML_ARRAY},
    {"credential-helpers", AT_TOP, KEY_IGNORED, TOML_ARRAY},
    {"short-name-mode", AT_TOP, KEY_IGNORED, TOML_STRING},
    {"additional-layer-store-auth-helper", AT_TOP, KEY_IGNORED, TOML_STRING},
    {"prefix", AT_REGISTRY, KEY_PREFIX, TOML_STRING},
    {"location", AT_REGISTRY, KEY_LOCATION, TOML_STRING},
    {"insecure", AT_REGISTRY, KEY_INSECURE, TOML_BOOL},
    {"blocked", AT_REGISTRY, KEY_BLOCKED, TOML_BOOL},
    {"mirror-by-digest-only", AT_REGISTRY, KEY_BY_DIGEST_ONLY, TOML_BOOL},
    {"location", AT_MIRROR, KEY_LOCATION, TOML_STRING},
    {"insecure", AT_MIRROR, KEY_INSECURE, TOML_BOOL},
    {"pull-from-mirror", AT_MIRROR, KEY_PULL_FROM_MIRROR, TOML_STRING},
};

static int
find_setting(const struct mirrors_loading *load, const char *name,
             const struct toml_value *value, enum key *out, struct err *err)
{
    char safe[TEXT_SAFE_MAX];

    for (size_t i = 0; i < COUNT_OF(keys); i++) {
        if (keys[i].at == load->at && strcmp(keys[i].name, name) == 0) {
            *out = keys[i].key;
            return value->kind == keys[i].kind
                       ? 0
                       : err_set(err, ERR_USAGE, "'%s' has a value of the wrong type",
                                 name);
        }
    }
    text_safe(safe, name, strlen(name));
    return err_set(err, ERR_USAGE, "unknown key '%s'", safe);
}

static int
set_rule_value(struct route_rule *rule, struct route_place *place, enum key key,
               const struct toml_value *value, struct err *err)
{
    switch (key) {
    case KEY_PREFIX:
        return read_prefix(&rule->prefix, value->text, err);
    case KEY_LOCATION:
        return read_place(place, value->text, err);
    case KEY_INSECURE:
        place->is_insecure = value->flag;
        return 0;
    case KEY_BLOCKED:
        rule->is_blocked = value->flag;
        return 0;
    case KEY_BY_DIGEST_ONLY:
        rule->by_digest_only = value->flag;
        return 0;
    case KEY_PULL_FROM_MIRROR:
        return read_use(place, value->text, err);
    case KEY_IGNORED:
        break;
    }
    return 0;
}

static int
read_mirror_value(void *ctx, const char *name, const struct toml_value *value,
                  struct err *err)
{
    struct mirrors_loading *load = ctx;
    struct route_rule *rule;
    enum key key;

    if (load->at == AT_OTHERS)
        return 0;
    if (find_setting(load, name, value, &key, err) < 0)
        return -1;
    if (load->at == AT_TOP)
        return 0;
    rule = &load->made.rules[load->made.count - 1];
    return set_rule_value(rule,
                          load->at == AT_MIRROR ? &rule->mirrors[rule->mirror_count - 1]
                                                : &rule->location,
                          key, value, err);
}

/* ---- tables ---- */

static void
begin_rule(struct mirrors_loading *load, unsigned line)
{
    struct mirrors *r = &load->made;

    r->rules = mem_grow(r->rules, r->count, &r->cap, sizeof(*r->rules));
    r->rules[r->count++] = (struct route_rule){.file = xstrdup(load->file), .line = line};
    load->at = AT_REGISTRY;
}

static void
begin_mirror(struct mirrors_loading *load)
{
    struct route_rule *rule = &load->made.rules[load->made.count - 1];

    rule->mirrors = mem_grow(rule->mirrors, rule->mirror_count, &rule->mirror_cap,
                             sizeof(*rule->mirrors));
    rule->mirrors[rule->mirror_count++] = (struct route_place){.is_wildcard = false};
    load->at = AT_MIRROR;
}

static int
enter_mirrors_table(void *ctx, const char *name, bool is_element, unsigned line,
                    struct err *err)
{
    struct mirrors_loading *load = ctx;
    char safe[TEXT_SAFE_MAX];

    if (load->tables++ == TABLES_MAX)
        return err_set(err, ERR_LIMIT, "more than %d tables", TABLES_MAX);
    if (is_element && strcmp(name, "registry") == 0) {
        begin_rule(load, line);
        return 0;
    }
    if (is_element && strcmp(name, "registry.mirror") == 0 && load->made.count > 0) {
        begin_mirror(load);
        return 0;
    }
    if (!is_element && strcmp(name, "aliases") == 0) {
        load->at = AT_OTHERS;
        return 0;
    }
    if (text_starts(name, "registries."))
        return err_set(err, ERR_USAGE,
                       "this is version 1 of the format: use [[registry]] tables");
    text_safe(safe, name, strlen(name));
    return err_set(err, ERR_USAGE, "unknown table '%s'", safe);
}

/* ---- the whole file ---- */

/* The use of mirrors is limited either per mirror or for all of them. */
static int
check_mirrors(const struct route_rule *rule, struct err *err)
{
    for (size_t i = 0; i < rule->mirror_count; i++) {
        if (rule->mirrors[i].host[0] == '\0')
            return err_set(err, ERR_USAGE, "a mirror has no location");
        if (rule->mirrors[i].has_use && rule->by_digest_only)
            return err_set(
                err, ERR_USAGE,
                "mirror-by-digest-only and pull-from-mirror are mutually exclusive");
    }
    return 0;
}

static int
complete_rule(struct route_rule *rule, struct err *err)
{
    if (rule->prefix.host[0] == '\0' && rule->location.host[0] == '\0')
        return err_set(err, ERR_USAGE, "neither prefix nor location");
    if (rule->prefix.host[0] == '\0')
        rule->prefix = rule->location;
    if (rule->location.host[0] == '\0' && !rule->prefix.is_wildcard)
        return err_set(err, ERR_USAGE, "a location is missing");
    return check_mirrors(rule, err);
}

static bool
is_same_prefix(const struct route_rule *a, const struct route_rule *b)
{
    return a->prefix.is_wildcard == b->prefix.is_wildcard &&
           strcmp(a->prefix.host, b->prefix.host) == 0 &&
           strcmp(a->prefix.path, b->prefix.path) == 0;
}

/* Check the rules of a file.  A duplicate prefix would be ambiguous. */
static int
check_rules(struct mirrors_loading *load, struct err *err)
{
    struct route_rule *rules = load->made.rules;

    for (size_t i = 0; i < load->made.count; i++) {
        if (complete_rule(&rules[i], err) < 0)
            return err_wrap(err, "'%s' line %u", load->file, rules[i].line);
        for (size_t k = 0; k < i; k++) {
            if (is_same_prefix(&rules[i], &rules[k]))
                return err_set(err, ERR_USAGE,
                               "'%s' line %u: the same prefix as on line %u", load->file,
                               rules[i].line, rules[k].line);
        }
    }
    return 0;
}

/* Move the rules of a file into *to, replacing rules with the same prefix. */
static void
merge_rules(struct mirrors *to, struct mirrors *from)
{
    for (size_t i = 0; i < from->count; i++) {
        size_t k = 0;

        while (k < to->count && !is_same_prefix(&to->rules[k], &from->rules[i]))
            k++;
        if (k < to->count) {
            route_rule_release(&to->rules[k]);
        } else {
            to->rules = mem_grow(to->rules, to->count, &to->cap, sizeof(*to->rules));
            to->count++;
        }
        to->rules[k] = from->rules[i];
    }
    from->count = 0;
}

int
mirrors_add(struct mirrors *r, const char *name, const char *bytes, size_t len,
            struct err *err)
{
    struct mirrors_loading load = {.file = name, .at = AT_TOP};
    struct toml_reader reader = {
        .table = enter_mirrors_table, .value = read_mirror_value, .ctx = &load};
    int rc = toml_read(name, bytes, len, &reader, err);

    if (rc == 0)
        rc = check_rules(&load, err);
    if (rc == 0)
        merge_rules(r, &load.made);
    for (size_t i = 0; i < load.made.count; i++)
        route_rule_release(&load.made.rules[i]);
    free(load.made.rules);
    return rc;
}

static int
add_mirrors_file(void *ctx, const char *name, const char *bytes, size_t len,
                 struct err *err)
{
    return mirrors_add(ctx, name, bytes, len, err);
}

int
mirrors_load_default(struct mirrors *r, struct err *err)
{
    return registries_conf_read(add_mirrors_file, r, err);
}
