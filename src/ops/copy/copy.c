/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "ops/copy/copy.h"

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "bundle/reader/reader.h"
#include "oci/graph_walk.h"
#include "ops/copy/copy_source.h"
#include "ops/import/accept.h"
#include "ops/receipt/receipt_push.h"
#include "ops/verify/policy_check.h"

#include <stdlib.h>
#include <string.h>

struct copying {
    const struct copy_options *options;
    struct copy_result *result;
    struct copy_source planned;
    struct image_source source;
    const char *host; /* of the target of the current push */
};

/* A repository of that host that has a blob, from the plan or pushed before.  It can be
 * mounted from there. */
static const char *
mount_source(void *ctx, const struct digest *digest)
{
    const struct copying *c = ctx;
    const struct copy_options *o = c->options;
    const struct reference *origin = copy_source_origin(&c->planned, digest);

    if (strcmp(origin->host, c->host) == 0)
        return origin->path;
    for (size_t i = 0; o->name_count > 0 && i + 1 < c->result->push_count; i++) {
        if (strcmp(o->names[i].host, c->host) == 0)
            return o->names[i].path;
    }
    return NULL;
}

/* ---- bundles among the sources ---- */

static int
accept_bundles(const struct copying *c, const struct push_options *push,
               const struct push_plan *plan, struct err *err)
{
    const struct sources *s = c->options->sources;
    const struct target *target = push->mapping.exact ? NULL : &push->mapping.target;

    for (size_t i = 0; i < s->bundle_count; i++) {
        struct source_bundle *b = s->bundles[i];

        if (accept_begin(&b->verified, &b->options, plan, target, push->client, err) < 0)
            return -1;
    }
    return 0;
}

/* Whether the plan has everything in a bundle, but for indexes, which may be rebuilt. */
static bool
is_bundle_planned(const struct copying *c, const struct source_bundle *b)
{
    const struct graph *all = bundle_content(b->verified.bundle)->set.graph;
    const struct graph *planned = c->result->plan.set.graph;

    for (uint32_t id = 0; id < graph_count(all); id++) {
        const struct graph_object *o = graph_object(all, id);
        uint32_t found;

        if (o->state == GRAPH_OMITTED ||
            (o->state == GRAPH_DOCUMENT && o->kind == MEDIA_INDEX))
            continue;
        found = graph_find(planned, &o->digest);
        if (found == GRAPH_NONE || graph_object(planned, found)->state == GRAPH_OMITTED)
            return false;
    }
    return true;
}

static int
remember_bundles(const struct copying *c, bool is_partial, struct err *err)
{
    const struct sources *s = c->options->sources;

    for (size_t i = 0; i < s->bundle_count; i++) {
        const struct source_bundle *b = s->bundles[i];

        if (policy_check_remember(&b->verified, &b->options,
                                  is_partial || !is_bundle_planned(c, b), err) < 0)
            return -1;
    }
    return 0;
}

/* The first visible change: from now on no older bundle is accepted. */
static int
remember_part(void *ctx, struct err *err)
{
    return remember_bundles(ctx, true, err);
}

/* Whether every image of the bundles was pushed, and nothing failed. */
static bool
is_whole(const struct copying *c)
{
    const struct sources *s = c->options->sources;

    for (size_t i = 0; i < c->result->push_count; i++) {
        if (c->result->pushes[i].failed > 0)
            return false;
    }
    return failures_count(c->result->plan.failures) == 0 && !s->is_part;
}

/* Otherwise nothing changed at the targets. */
static bool
is_any_pushed(const struct copy_result *r)
{
    for (size_t i = 0; i < r->push_count; i++) {
        if (r->pushes[i].failed < r->pushes[i].plan.name_count)
            return true;
    }
    return false;
}

static int
push_to(struct copying *c, const struct reference *name, struct push_result *out,
        struct err *err)
{
    struct push_options push = c->options->push;

    if (name && push_to_exact(&push, &c->result->plan.set, name, err) < 0)
        return -1;
    c->host = push.mapping.target.host;
    push.mount_source = mount_source;
    push.mount_ctx = c;
    push.accepted = remember_part;
    push.accepted_ctx = c;
    if (push_plan_map(&out->plan, &c->result->plan.set, &push.mapping, &push.run->events,
                      err) < 0 ||
        accept_bundles(c, &push, &out->plan, err) < 0)
        return -1;
    return push_images(out, &c->result->plan.set, &c->source, &push, err);
}

static int
push_everywhere(struct copying *c, struct err *err)
{
    const struct copy_options *o = c->options;
    struct copy_result *r = c->result;
    size_t count = o->name_count > 0 ? o->name_count : 1;

    r->pushes = xcalloc(count, sizeof(*r->pushes));
    for (size_t i = 0; i < count; i++) {
        const struct reference *name = o->name_count > 0 ? &o->names[i] : NULL;

        r->pushes[r->push_count] = (struct push_result)PUSH_RESULT_INIT;
        if (push_to(c, name, &r->pushes[r->push_count++], err) < 0)
            return -1;
    }
    return o->push.dry_run || !is_any_pushed(r) ? 0
                                                : remember_bundles(c, !is_whole(c), err);
}

/* 1: there is none, with the cause in *why. */
static int
make_copy_receipt(struct copy_result *r, const struct copy_options *o, struct err *why,
                  struct err *err)
{
    const struct copy_receipt_facts facts = {.tool = o->tool,
                                             .target = &o->push.mapping.target,
                                             .time = r->time,
                                             .sources = o->places,
                                             .source_count = o->place_count,
                                             .bundles = o->sources,
                                             .push = &r->pushes[0]};

    if (receipt_make_copy(&r->receipt, &facts, o->receipt_key, why) == 0 &&
        receipt_push_copy(&r->receipt, &facts, client_session(o->push.client, 0), why) ==
            0)
        return 0;
    receipt_release(&r->receipt);
    r->receipt = (struct receipt)RECEIPT_INIT;
    if (why->kind != ERR_SIGNAL)
        return 1;
    *err = *why;
    return -1;
}

/* Set the error for failures of either side, and of the receipt, whose cause is in *why.
 */
static int
judge_partial(const struct copy_result *r, const struct err *why, struct err *err)
{
    size_t failed = 0, missing = failures_count(r->plan.failures);
    char fetching[TEXT_COUNT_MAX], pushing[TEXT_COUNT_MAX];
    bool lacks_receipt = why->kind != ERR_NONE;

    for (size_t i = 0; i < r->push_count; i++)
        failed += r->pushes[i].failed;
    text_count(fetching, missing, "object", "objects");
    text_count(pushing, failed, "image", "images");
    if (failed == 0 && missing == 0)
        return lacks_receipt
                   ? err_because(err, ERR_PARTIAL, REASON_RECEIPT,
                                 "all images were pushed, but not the receipt: %s",
                                 why->msg)
                   : 0;
    return err_set(err, ERR_PARTIAL, "%s%s%s%s%s%s", missing > 0 ? fetching : "",
                   missing > 0 ? " could not be fetched" : "",
                   missing > 0 && failed > 0 ? ", " : "", failed > 0 ? pushing : "",
                   failed > 0 ? " could not be pushed" : "",
                   lacks_receipt ? "; the receipt could not be pushed" : "");
}

int
copy_run(struct copy_result *out, const struct copy_options *options, struct err *err)
{
    struct copying c = {.options = options, .result = out};
    struct err why = ERR_INIT;

    if (plan_make(&out->plan, &options->plan, err) < 0)
        return -1;
    c.planned =
        (struct copy_source){&out->plan, options->plan.source, options->foreign_layers};
    c.source = copy_source(&c.planned);
    if (push_everywhere(&c, err) < 0)
        return -1;
    out->time = clock_now();
    if (options->receipt_key && is_any_pushed(out) &&
        make_copy_receipt(out, options, &why, err) < 0)
        return -1;
    return judge_partial(out, &why, err);
}

void
copy_result_release(struct copy_result *r)
{
    for (size_t i = 0; i < r->push_count; i++)
        push_result_release(&r->pushes[i]);
    free(r->pushes);
    receipt_release(&r->receipt);
    plan_release(&r->plan);
    *r = (struct copy_result)COPY_RESULT_INIT;
}
