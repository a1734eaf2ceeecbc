/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "ops/import/import.h"

#include "bundle/reader/bundle_source.h"
#include "ops/push/push.h"
#include "ops/receipt/receipt_fetch.h"
#include "ops/receipt/receipt_push.h"
#include "ops/verify/policy_check.h"
#include "ops/verify/verify.h"

/* What others see of this bundle now may not be followed by an older one. */
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

/* Before anything is sent: where it may go, and whether the target remembers more. */
static int
may_begin(struct import_result *out, const struct import_options *o, struct err *err)
{
    struct verified *v = &out->verified;
    char path[REFERENCE_PATH_MAX + 1];
    struct trust_last last;
    int rc;

    if (push_plan_map(&out->push.plan, &bundle_content(v->bundle)->set, &o->push.mapping,
                      err) < 0 ||
        push_plan_check_targets(&out->push.plan, v->verdict.rule, v->meta.stream, err) <
            0)
        return -1;
    if (o->receipt_key &&
        receipt_path(path, &o->push.mapping.target, v->meta.stream, err) < 0)
        return -1;
    if (v->has_last || !policy_check_has_memory(v, &o->verify))
        return 0;
    rc = receipt_recall(v, &o->verify, &o->push.mapping.target, o->push.client, &last,
                        err);
    return rc == 1 ? policy_check_judge_last(v, &o->verify, &last, err) : rc;
}

/* The images do not depend on the receipt: a failure to make one is only noted. */
static int
make_receipt(struct import_result *out, const struct import_options *o, struct err *err)
{
    struct err why = ERR_INIT;
    const struct receipt_facts facts = {.tool = o->tool,
                                        .target = &o->push.mapping.target,
                                        .verified = &out->verified,
                                        .options = &o->verify,
                                        .push = &out->push};

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

/* The images are there, or some of them; now say so, to ourselves and to others. */
static int
conclude(struct import_result *out, const struct import_options *o, struct err *err)
{
    if (o->push.dry_run || out->push.failed == out->push.plan.name_count)
        return 0;
    if (policy_check_remember(&out->verified, &o->verify, out->push.failed > 0, err) < 0)
        return -1;
    return o->receipt_key ? make_receipt(out, o, err) : 0;
}

static int
partial(const struct import_result *out, const struct import_options *o, struct err *err)
{
    size_t all = out->push.plan.name_count;

    if (out->push.failed == 0)
        return err_because(err, ERR_PARTIAL, REASON_RECEIPT,
                           "all images are there and remembered, but not the receipt: %s",
                           out->receipt_error.message);
    if (out->push.failed == all)
        return err_set(err, ERR_PARTIAL, "none of the %zu images could be pushed", all);
    err_set(err, ERR_PARTIAL, "%zu of %zu images could not be pushed%s", out->push.failed,
            all, out->lacks_receipt ? ", nor could the receipt" : "");
    return o->push.dry_run ? -1
                           : err_hint(err, "all others were pushed; run the same command "
                                           "again to send what is missing");
}

static int
push_bundle(struct import_result *out, const struct import_options *o, struct err *err)
{
    const struct image_set *set = &bundle_content(out->verified.bundle)->set;
    struct image_source source = bundle_source(out->verified.bundle);
    struct import_memory memory = {.verified = &out->verified, .options = &o->verify};
    struct push_options push = o->push;

    push.accepted = remember_in_part;
    push.accepted_ctx = &memory;
    if (image_set_omitted(set) > 0)
        events_warning(&o->push.run->events,
                       "platforms were left out of this bundle%s, and some registries "
                       "refuse an index whose children are not all there; trying",
                       out->verified.missing.count > 0 ? ", or are missing" : "");
    return push_images(&out->push, set, &source, &push, err);
}

int
import_run(struct import_result *out, const struct import_options *o, struct err *err)
{
    int rc;

    if (verify_run(&out->verified, &o->verify, err) < 0 || may_begin(out, o, err) < 0 ||
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
    verified_release(&r->verified);
    receipt_release(&r->receipt);
    push_failure_release(&r->receipt_error);
}
