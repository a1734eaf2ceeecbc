/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "ops/push/unused_rules.h"

#include "base/text.h"
#include "base/text_safe.h"

#include <stdio.h>
#include <string.h>

enum {
    COMPARED_MAX = 10000, /* names among which the nearest is searched */
    NAME_MAX_BYTES = REFERENCE_TEXT_MAX,
};

/* As the rule writes names: an exact one has a tag or a digest. */
static void
name_of_entry(const struct image_set *set, size_t i, const struct mapping_rule *rule,
              char out[NAME_MAX_BYTES])
{
    const struct reference *ref = &set->entries[i].ref;

    if (rule->kind == MAPPING_EXACT)
        reference_name(ref, out);
    else
        snprintf(out, NAME_MAX_BYTES, "%s/%s", ref->host, ref->path);
}

static bool
is_rule_used(const struct mapping_rule *rule, const struct image_set *set)
{
    for (size_t i = 0; i < set->count; i++) {
        if (mapping_rule_matches(rule, &set->entries[i].ref))
            return true;
    }
    return false;
}

/* Keep as many components as the other text has. */
static void
cut_components(char *name, const char *like)
{
    char *end = name + strcspn(name, "/");

    for (const char *p = strchr(like, '/'); p && *end == '/'; p = strchr(p + 1, '/'))
        end += 1 + strcspn(end + 1, "/");
    *end = '\0';
}

/* The beginning of a name that is most similar to the rule; "" if there are no names. */
static void
find_nearest(const struct mapping_rule *rule, const struct image_set *set,
             char out[NAME_MAX_BYTES])
{
    size_t least = SIZE_MAX;

    out[0] = '\0';
    for (size_t i = 0; i < set->count && i < COMPARED_MAX; i++) {
        char name[NAME_MAX_BYTES];
        size_t distance;

        name_of_entry(set, i, rule, name);
        cut_components(name, rule->from);
        distance = text_distance(name, rule->from);
        if (distance < least) {
            least = distance;
            memcpy(out, name, sizeof(name));
        }
    }
}

static void
describe_unused(const struct mapping_rule *rule, const struct image_set *set,
                struct err *err)
{
    char nearest[NAME_MAX_BYTES], from[TEXT_SAFE_MAX], safe[TEXT_SAFE_MAX];

    find_nearest(rule, set, nearest);
    text_safe(from, rule->from, strlen(rule->from));
    text_safe(safe, nearest, strlen(nearest));
    err_because(err, ERR_USAGE, REASON_UNUSED_MAP,
                "'%s' matches no image; the nearest name is '%s'", from, safe);
}

int
check_unused_rules(const struct mapping *mapping, const struct image_set *set,
                   const struct events *events, struct err *err)
{
    size_t unused = 0;

    for (size_t i = 0; i < mapping->rule_count; i++)
        unused += !is_rule_used(&mapping->rules[i], set);
    for (size_t i = 0; unused > 0 && i < mapping->rule_count; i++) {
        const struct mapping_rule *rule = &mapping->rules[i];

        if (is_rule_used(rule, set))
            continue;
        describe_unused(rule, set, err);
        if (mapping->rule_count > 1)
            events_warning_because(events, REASON_UNUSED_MAP, "%s", err->msg);
    }
    if (unused == 0 || unused < mapping->rule_count) {
        *err = (struct err)ERR_INIT;
        return 0;
    }
    return unused == 1 ? -1
                       : err_because(err, ERR_USAGE, REASON_UNUSED_MAP,
                                     "none of the %zu mappings matches an image", unused);
}
