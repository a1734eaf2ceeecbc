/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "ops/diff/diff_bytes.h"

#include "base/mem.h"
#include "images/image_part.h"
#include "oci/graph_walk.h"
#include "ops/copy/copy_source.h"
#include "ops/push/push.h"
#include "registry/registry_source.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Whether A has something for that name that B has not. */
static bool
is_to_travel(const struct diff_row *row)
{
    return row->names[0] != NULL;
}

struct mapping
diff_mapping(const struct diff_options *o, const struct diff_side *to)
{
    return (struct mapping){.target = to->place,
                            .strip_host = o->strip_host,
                            .rules = o->rules,
                            .rule_count = o->rule_count};
}

/* ---- what A has ---- */

/* Plan the names in the registry A that differ.  0: there are too many for one plan. */
static int
plan_registry(struct diff_result *r, const struct diff_options *o, struct err *err)
{
    struct diff_side *a = &r->sides[0];
    CLEANUP(reference_list_release) struct reference_list names = REFERENCE_LIST_INIT;
    const struct choice all = {.count = 0};
    const struct plan_options options = {.names = &names,
                                         .choice = &all,
                                         .referrers = true,
                                         .keep_going = true,
                                         .source = &a->source,
                                         .run = o->run};

    if (r->count > REFERENCE_LIST_MAX)
        return 0;
    for (size_t i = 0; i < r->count; i++) {
        if (is_to_travel(&r->rows[i]) &&
            reference_list_add_parsed(&names, r->rows[i].ref, NULL, err) < 0)
            return -1;
    }
    a->source = registry_source(o->client);
    return plan_make(&a->plan, &options, err) < 0 ? -1 : 1;
}

/* The entries of A's set that differ, with what is attached to them. */
static void
choose_part(struct image_part *out, const struct diff_result *r)
{
    const struct image_set *set = &r->sides[0].plan.set;
    const char **names = xcalloc(r->count + 1, sizeof(*names));
    size_t count = 0;

    for (size_t i = 0; i < r->count; i++) {
        if (is_to_travel(&r->rows[i]))
            names[count++] = r->rows[i].names[0];
    }
    image_part_make(out, set,
                    &(struct image_part_choice){
                        .patterns = names, .count = count, .with_programs = true});
    free(names);
}

/* ---- to a bundle or an archive ---- */

struct byte_counting {
    const struct graph *from, *to;
    bool *is_counted; /* by id in from */
    uint64_t bytes;
};

static void
count_missing(void *ctx, uint32_t id, bool as_document)
{
    struct byte_counting *c = ctx;
    const struct graph_object *o = graph_object(c->from, id);

    (void)as_document;
    if (!c->is_counted[id] && graph_find(c->to, &o->digest) == GRAPH_NONE)
        c->bytes += o->size; /* the sum of a finished graph does not overflow */
    c->is_counted[id] = true;
}

static void
count_to_archive(struct diff_result *r, const struct image_set *part)
{
    struct byte_counting c = {.from = part->graph, .to = r->sides[1].plan.set.graph};
    CLEANUP(graph_walk_release) struct graph_walk *walk = graph_walk_new(c.from);

    c.is_counted = xcalloc(graph_count(c.from) + 1, sizeof(*c.is_counted));
    for (size_t i = 0; i < part->count; i++)
        graph_walk_root(walk, part->entries[i].object, count_missing, &c);
    free(c.is_counted);
    r->bytes = c.bytes;
}

/* ---- to a registry ---- */

/* From a place to a place, names keep what follows it. */
static void
map_between_places(struct mapping *out, struct mapping_rule *rule,
                   const struct target *from, const struct target *to)
{
    *rule = (struct mapping_rule){.to = ""};
    snprintf(rule->from, sizeof(rule->from), "%s%s%s", from->host,
             from->prefix[0] != '\0' ? "/" : "", from->prefix);
    *out = (struct mapping){.target = *to, .rules = rule, .rule_count = 1};
}

static int
count_to_registry(struct diff_result *r, const struct image_set *part,
                  const struct diff_options *o, struct err *err)
{
    const struct diff_side *a = &r->sides[0], *b = &r->sides[1];
    struct copy_source planned = {.plan = &a->plan, .inner = &a->source};
    const struct image_source source = copy_source(&planned);
    CLEANUP(push_result_release) struct push_result push = PUSH_RESULT_INIT;
    struct push_options options = {.mapping = diff_mapping(o, b),
                                   .on_existing = EXISTING_OVERWRITE,
                                   .dry_run = true,
                                   .client = o->client,
                                   .run = o->run};
    struct reference exact = b->name;
    struct mapping_rule rule;

    if (a->kind == DIFF_PLACE && b->kind == DIFF_PLACE)
        map_between_places(&options.mapping, &rule, &a->place, &b->place);
    if (exact.has_digest)
        exact.has_digest = false;
    if (b->kind == DIFF_NAME && push_to_exact(&options, part, &exact, err) < 0)
        return -1;
    if (push_plan_map(&push.plan, part, &options.mapping, &o->run->events, err) < 0 ||
        push_images(&push, part, &source, &options, err) < 0)
        return -1;
    r->bytes = push.counts.bytes_uploaded;
    return 0;
}

int
diff_count_bytes(struct diff_result *r, const struct diff_options *o, struct err *err)
{
    const struct diff_side *a = &r->sides[0], *b = &r->sides[1];
    CLEANUP(image_part_release) struct image_part part = IMAGE_PART_INIT;
    int rc = 1;

    r->bytes = 0;
    r->has_bytes = a->kind != DIFF_RECEIPT && b->kind != DIFF_RECEIPT;
    if (!r->has_bytes || r->count == r->only[1])
        return 0;
    if (!diff_side_is_local(a))
        rc = plan_registry(r, o, err);
    if (rc <= 0) {
        r->has_bytes = false;
        return rc;
    }
    choose_part(&part, r);
    if (!diff_side_is_local(b))
        return count_to_registry(r, &part.set, o, err);
    count_to_archive(r, &part.set);
    return 0;
}
