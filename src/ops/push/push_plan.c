/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "ops/push/push_plan.h"

#include "base/err_list.h"
#include "base/mem.h"
#include "base/text_safe.h"
#include "oci/graph_walk.h"
#include "ops/push/push_attached.h"
#include "ops/push/unused_rules.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- names ---- */

static int
by_target(const void *left, const void *right)
{
    const struct push_plan_name *a = *(struct push_plan_name *const *)left;
    const struct push_plan_name *b = *(struct push_plan_name *const *)right;
    int order = strcmp(a->to.path, b->to.path);

    return order != 0 ? order : strcmp(a->to.tag, b->to.tag);
}

static void
note_collision(struct err_list *bad, const struct image_entry *a,
               const struct image_entry *b, const struct reference *target)
{
    struct err err = ERR_INIT;
    char to[REFERENCE_TEXT_MAX];

    reference_name(target, to);
    err_because(&err, ERR_USAGE, REASON_COLLISION,
                "'%s' and '%s' are different images, but map to the same name '%s'",
                a->name, b->name, to);
    err_list_add(bad, &err);
}

static const struct image_entry *
entry_of(const struct push_plan *plan, const struct push_plan_name *name)
{
    return &plan->set->entries[name - plan->names];
}

/* Number the repositories and find colliding names; sorted by target. */
static void
number_repositories(struct push_plan *plan, struct push_plan_name **sorted,
                    struct err_list *bad)
{
    plan->repos = xcalloc(plan->name_count, sizeof(*plan->repos));
    for (size_t i = 0; i < plan->name_count; i++) {
        struct push_plan_name *name = sorted[i];
        const struct push_plan_name *before = i > 0 ? sorted[i - 1] : NULL;

        if (!before || strcmp(before->to.path, name->to.path) != 0)
            plan->repos[plan->repo_count++] = xstrdup(name->to.path);
        else if (name->to.tag[0] != '\0' && strcmp(before->to.tag, name->to.tag) == 0 &&
                 entry_of(plan, before)->object != entry_of(plan, name)->object)
            note_collision(bad, entry_of(plan, before), entry_of(plan, name), &name->to);
        name->repo = (uint32_t)(plan->repo_count - 1);
    }
}

/* Names that cannot be names at the target go to *bad. */
static void
map_names(struct push_plan *plan, const struct mapping *mapping, struct err_list *bad)
{
    for (size_t i = 0; i < plan->name_count; i++) {
        const struct image_entry *e = &plan->set->entries[i];
        struct err err = ERR_INIT;

        if (mapping_apply(mapping, &e->ref, &plan->names[i].to, &err) == 0)
            continue;
        err_wrap(&err, "%s", e->name);
        err_list_add(bad, &err);
    }
}

static void
move_attached(struct push_plan *plan, const struct mapping *mapping)
{
    struct reference **to = xcalloc(plan->name_count + 1, sizeof(struct reference *));

    for (size_t i = 0; i < plan->name_count; i++)
        to[i] = &plan->names[i].to;
    push_attached_follow(plan->set, mapping, to);
    free(to);
}

int
push_plan_map(struct push_plan *out, const struct image_set *set,
              const struct mapping *mapping, const struct events *events, struct err *err)
{
    CLEANUP(err_list_release) struct err_list bad = ERR_LIST_INIT;
    struct push_plan_name **sorted;

    if (check_unused_rules(mapping, set, events, err) < 0)
        return -1;
    out->set = set;
    out->name_count = set->count;
    out->names = xcalloc(set->count, sizeof(*out->names));
    map_names(out, mapping, &bad);
    move_attached(out, mapping);
    if (err_list_end(&bad, events, "names cannot be mapped to the target", err) < 0)
        return -1;
    sorted = xcalloc(set->count, sizeof(*sorted));
    for (size_t i = 0; i < set->count; i++)
        sorted[i] = &out->names[i];
    qsort(sorted, set->count, sizeof(*sorted), by_target);
    number_repositories(out, sorted, &bad);
    free(sorted);
    return err_list_end(&bad, events, "names collide at the target", err);
}

int
push_plan_check_targets(const struct push_plan *plan, const struct policy_stream *rule,
                        const char *stream, struct err *err)
{
    char place[REFERENCE_TEXT_MAX], safe[TEXT_SAFE_MAX];

    for (size_t i = 0; rule && i < plan->name_count; i++) {
        const struct reference *to = &plan->names[i].to;

        snprintf(place, sizeof(place), "%s/%s", to->host, to->path);
        if (policy_allows_target(rule, place))
            continue;
        text_safe(safe, place, strlen(place));
        err_because(err, ERR_TRUST, REASON_TARGET, "stream '%s' may not be pushed to %s",
                    stream, safe);
        return err_hint(err, "the policy lists the allowed targets in \"targets\"");
    }
    return 0;
}

/* ---- placements ---- */

struct placing {
    struct push_plan *plan;
    uint32_t repo;
    size_t blob_cap, document_cap;
    bool too_many;
};

static void
add_placement(void *ctx, uint32_t id, bool as_document)
{
    struct placing *p = ctx;
    struct push_plan *plan = p->plan;
    struct placement here = {.object = id, .repo = p->repo};

    if (plan->blob_count + plan->document_count >= PUSH_PLAN_PLACEMENTS_MAX) {
        p->too_many = true;
    } else if (as_document) {
        plan->documents = mem_grow(plan->documents, plan->document_count,
                                   &p->document_cap, sizeof(here));
        plan->documents[plan->document_count++] = here;
    } else {
        plan->blobs = mem_grow(plan->blobs, plan->blob_count, &p->blob_cap, sizeof(here));
        plan->blobs[plan->blob_count++] = here;
    }
}

/* Whether the height of a document is above those that must be pushed before it; raises
 * it. */
static bool
raise_height(const struct graph *g, uint32_t id, uint32_t *height)
{
    const struct graph_object *o = graph_object(g, id);
    uint32_t least = 0, subject = o->subject ? graph_find(g, o->subject) : GRAPH_NONE;

    for (uint32_t e = 0; e < o->edge_count; e++) {
        if (o->edges[e].kind == EDGE_CHILD && least <= height[o->edges[e].to])
            least = height[o->edges[e].to] + 1;
    }
    if (subject != GRAPH_NONE && least <= height[subject])
        least = height[subject] + 1;
    if (least <= height[id])
        return false;
    height[id] = least;
    return true;
}

/*
 * Children come after their parents, referrers usually after their subject: so passes in
 * both directions, until nothing changes.  Digests guarantee termination.
 */
static uint32_t *
heights(const struct graph *g)
{
    size_t count = graph_member_count(g);
    const uint32_t *order = graph_order(g);
    uint32_t *height = xcalloc(graph_count(g), sizeof(*height));
    bool has_grown;

    do {
        has_grown = false;
        for (size_t i = count; i-- > 0;)
            has_grown |= raise_height(g, order[i], height);
        for (size_t i = 0; i < count; i++)
            has_grown |= raise_height(g, order[i], height);
    } while (has_grown);
    return height;
}

static int
by_height(const void *left, const void *right)
{
    const struct placement *a = left, *b = right;

    if (a->height != b->height)
        return a->height < b->height ? -1 : 1;
    if (a->object != b->object)
        return a->object < b->object ? -1 : 1;
    return a->repo < b->repo ? -1 : a->repo > b->repo;
}

/* Sort, and drop duplicates from several names of one repository. */
static size_t
sort_placements(struct placement *items, size_t count)
{
    size_t kept = 0;

    if (count > 0)
        qsort(items, count, sizeof(*items), by_height);
    for (size_t i = 0; i < count; i++) {
        if (kept == 0 || by_height(&items[kept - 1], &items[i]) != 0)
            items[kept++] = items[i];
    }
    return kept;
}

int
push_plan_place(struct push_plan *plan, bool (*wanted)(void *ctx, size_t name), void *ctx,
                struct err *err)
{
    CLEANUP(graph_walk_release)
    struct graph_walk *walk = graph_walk_new(plan->set->graph);
    struct placing p = {.plan = plan};

    for (size_t i = 0; i < plan->name_count; i++) {
        p.repo = plan->names[i].repo;
        if (wanted(ctx, i))
            graph_walk_root(walk, plan->set->entries[i].object, add_placement, &p);
    }
    if (p.too_many)
        return err_set(err, ERR_LIMIT, "more than %d objects to push",
                       PUSH_PLAN_PLACEMENTS_MAX);
    plan->height = heights(plan->set->graph);
    for (size_t i = 0; i < plan->document_count; i++)
        plan->documents[i].height = plan->height[plan->documents[i].object];
    plan->blob_count = sort_placements(plan->blobs, plan->blob_count);
    plan->document_count = sort_placements(plan->documents, plan->document_count);
    return 0;
}

struct placement *
push_plan_find(const struct push_plan *plan, uint32_t object, uint32_t repo,
               bool as_document)
{
    const struct placement key = {
        .object = object, .repo = repo, .height = as_document ? plan->height[object] : 0};
    size_t count = as_document ? plan->document_count : plan->blob_count;

    return count > 0 ? bsearch(&key, as_document ? plan->documents : plan->blobs, count,
                               sizeof(key), by_height)
                     : NULL;
}

void
push_plan_clear(struct push_plan *plan)
{
    free(plan->blobs);
    free(plan->documents);
    free(plan->height);
    plan->blobs = plan->documents = NULL;
    plan->height = NULL;
    plan->blob_count = plan->document_count = 0;
}

void
push_plan_release(struct push_plan *plan)
{
    push_plan_clear(plan);
    for (size_t i = 0; i < plan->repo_count; i++)
        free(plan->repos[i]);
    free(plan->repos);
    free(plan->names);
    *plan = (struct push_plan)PUSH_PLAN_INIT;
}
