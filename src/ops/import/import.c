/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "ops/import/import.h"

#include "base/text.h"

#include "bundle/reader/bundle_source.h"
#include "oci/graph_walk.h"
#include "ops/import/accept.h"
#include "ops/push/push.h"
#include "ops/receipt/receipt_push.h"
#include "ops/verify/policy_check.h"
#include "ops/verify/verify.h"

/* The first visible change: from now on no older bundle is accepted. */
struct import_memory {
    const struct verified *verified;
    const struct verify_options *options;
};

static int
remember_in_part(void *ctx, struct err *err)
{
    const struct import_memory *m = ctx;

    return policy_check_remember(m->verified, m->options, true, err);
}

/* Checks before anything is sent: the policy's targets, and the rollback state of the
 * target. */
static int
may_begin(struct import_result *out, const struct import_options *o, struct err *err)
{
    struct verified *v = &out->verified;
    char path[REFERENCE_PATH_MAX + 1];

    if ((o->as && push_to_exact(&out->pushing, out->set, o->as, err) < 0) ||
        push_plan_map(&out->push.plan, out->set, &out->pushing.mapping,
                      &o->push.run->events, err) < 0)
        return -1;
    if (o->receipt_key &&
        receipt_path(path, &o->push.mapping.target, v->meta.stream, err) < 0)
        return -1;
    return accept_begin(v, &o->verify, &out->push.plan, &o->push.mapping.target,
                        o->push.client, err);
}

/* The images do not depend on the receipt: a failure to make it is only recorded. */
static int
make_receipt(struct import_result *out, const struct import_options *o, struct err *err)
{
    struct err why = ERR_INIT;
    const struct receipt_facts facts = {.tool = o->tool,
                                        .target = &o->push.mapping.target,
                                        .verified = &out->verified,
                                        .options = &o->verify,
                                        .push = &out->push,
                                        .only = o->only,
                                        .only_count = o->only_count};

    if (receipt_make(&out->receipt, &facts, o->receipt_key, &why) == 0 &&
        receipt_push(&out->receipt, &facts, client_session(o->push.client, 0), &why) == 0)
        return 0;
    if (why.kind == ERR_SIGNAL) {
        *err = why;
        return -1;
    }
    receipt_release(&out->receipt);
    out->lacks_receipt = true;
    out->receipt_error = push_failure_from(&why);
    return 0;
}

/* After pushing images, all or some: update the state and push the receipt. */
static int
conclude(struct import_result *out, const struct import_options *o, struct err *err)
{
    if (o->push.dry_run || out->push.failed == out->push.plan.name_count)
        return 0;
    if (policy_check_remember(&out->verified, &o->verify,
                              out->push.failed > 0 || out->part.left > 0, err) < 0)
        return -1;
    return o->receipt_key ? make_receipt(out, o, err) : 0;
}

static int
partial(const struct import_result *out, const struct import_options *o, struct err *err)
{
    size_t all = out->push.plan.name_count;

    if (out->push.failed == 0)
        return err_because(err, ERR_PARTIAL, REASON_RECEIPT,
                           "all images were pushed and recorded, but not the receipt: %s",
                           out->receipt_error.message);
    if (out->push.failed == all && all == 1)
        return err_set(err, ERR_PARTIAL, "the image could not be pushed");
    if (out->push.failed == all)
        return err_set(err, ERR_PARTIAL, "none of the %zu images could be pushed", all);
    err_set(err, ERR_PARTIAL, "%zu of %zu images could not be pushed%s", out->push.failed,
            all, out->lacks_receipt ? ", nor could the receipt" : "");
    return o->push.dry_run ? -1
                           : err_hint(err, "all others were pushed; run the same command "
                                           "again to push the rest");
}

static size_t
count_sparse(const struct image_set *set)
{
    CLEANUP(graph_walk_release) struct graph_walk *walk = graph_walk_new(set->graph);
    size_t count = 0;

    for (size_t i = 0; i < set->count; i++)
        count += image_set_is_sparse(set, walk, i);
    return count;
}

/* The digest of a name by digest has changed. */
static void
warn_of_new_names(const struct image_set *set, const struct events *events)
{
    for (size_t i = 0; i < set->count; i++) {
        const struct image_entry *e = &set->entries[i];
        char now[DIGEST_TEXT_MAX];

        digest_text(&e->digest, now);
        if (e->is_rebuilt && e->ref.tag[0] == '\0')
            events_warning_because(events, REASON_REBUILT,
                                   "%s: index rebuilt, pushed as %s", e->name, now);
    }
}

/* Only what the patterns match, and not the program. */
static int
choose_part(struct import_result *out, const struct import_options *o, struct err *err)
{
    const struct image_part_choice choice = {
        .patterns = o->only, .count = o->only_count, .with_programs = o->with_program};
    struct image_part *part = &out->part;

    image_part_make(part, out->set, &choice);
    out->set = &part->set;
    if (part->set.count == 0)
        return err_set(err, ERR_NOT_FOUND, "none of the names in the bundle matches");
    if (part->unmatched)
        events_warning(&o->push.run->events, "'%s' matches no name in the bundle",
                       part->unmatched);
    return 0;
}

/* The bundle as it is, or a part of it, or with new indexes. */
static int
choose_source(struct import_result *out, const struct import_options *o, struct err *err)
{
    struct image_source bundle = bundle_source(out->verified.bundle);

    out->set = &bundle_content(out->verified.bundle)->set;
    out->source = bundle;
    if ((o->only_count > 0 || !o->with_program) && choose_part(out, o, err) < 0)
        return -1;
    if (!o->rebuild_indexes || image_set_omitted(out->set) == 0)
        return 0;
    if (rebuilt_source_make(&out->rebuilt, out->set, &bundle, err) < 0)
        return -1;
    out->set = &out->rebuilt.set;
    out->source = rebuilt_source(&out->rebuilt);
    out->push.counts.referrers_left_out = out->rebuilt.referrers;
    warn_of_new_names(out->set, &o->push.run->events);
    if (out->rebuilt.referrers > 0)
        events_warning_because(&o->push.run->events, REASON_DROPPED_REFERRERS,
                               "signatures and other referrers of rebuilt indexes are "
                               "not pushed, because they refer to the old digests: %zu",
                               out->rebuilt.referrers);
    return 0;
}

static int
push_bundle(struct import_result *out, const struct import_options *o, struct err *err)
{
    struct import_memory memory = {.verified = &out->verified, .options = &o->verify};
    struct push_options *push = &out->pushing;
    char have[TEXT_COUNT_MAX];

    push->accepted = remember_in_part;
    push->accepted_ctx = &memory;
    if (o->push.dry_run && image_set_omitted(out->set) > 0)
        events_warning_because(
            &o->push.run->events, REASON_SPARSE_INDEX,
            "a dry run cannot determine whether the registry accepts an index that lists "
            "omitted or missing children: %s one",
            text_count(have, count_sparse(out->set), "image has", "images have"));
    return push_images(&out->push, out->set, &out->source, push, err);
}

int
import_run(struct import_result *out, const struct import_options *o, struct err *err)
{
    int rc;

    if (verify_run(&out->verified, &o->verify, err) < 0)
        return -1;
    out->pushing = o->push; /* its client is known by now */
    if (choose_source(out, o, err) < 0 || may_begin(out, o, err) < 0 ||
        push_bundle(out, o, err) < 0)
        return -1;
    rc = conclude(out, o, err);
    return rc == 0 && (out->push.failed > 0 || out->lacks_receipt) ? partial(out, o, err)
                                                                   : rc;
}

void
import_result_release(struct import_result *r)
{
    push_result_release(&r->push);
    rebuilt_source_release(&r->rebuilt);
    image_part_release(&r->part);
    verified_release(&r->verified);
    receipt_release(&r->receipt);
    push_failure_release(&r->receipt_error);
}
