/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "ops/verify/verify.h"

#include "bundle/reader/head.h"
#include "bundle/reader/other_file.h"
#include "io/crypto/pki_sign.h"
#include "ops/verify/policy_check.h"
#include "ops/verify/sandboxed_check.h"
#include "ops/verify/signature_files.h"

static struct check_options
check_verify_options(const struct verify_options *o)
{
    return (struct check_options){.run = o->run, .layers = o->layers};
}

/* What the caller prepares meanwhile; its errors are not about the bundle. */
struct preparation {
    const struct verify_options *options;
    bool failed;
};

static int
prepare_caller(void *ctx, struct err *err)
{
    struct preparation *p = ctx;
    const struct verify_options *o = p->options;

    p->failed = o->prepare && o->prepare(o->prepare_ctx, err) < 0;
    return p->failed ? -1 : 0;
}

/*
 * The sandboxed check comes first: the bundle is parsed here only after that succeeded.
 */
static int
open_and_check(struct verified *v, struct preparation *preparation, struct err *err)
{
    const struct verify_options *o = preparation->options;
    const struct check_options check = check_verify_options(o);
    const struct sandboxed_check_job job = {.head = v->head,
                                            .admission = &v->admission,
                                            .file = &v->files.volumes,
                                            .check = &check,
                                            .prepare = prepare_caller,
                                            .prepare_ctx = preparation};
    bool opened;
    int rc;

    if (o->documents_only) {
        v->bundle = bundle_open(v->head, &v->admission, err);
        return v->bundle ? 0 : -1;
    }
    rc = sandboxed_check(&job, &v->damage, &opened, err);
    if (preparation->failed)
        return -1;
    if (rc < 0 && !opened)
        return -1;
    v->bundle = bundle_open(v->head, &v->admission, rc < 0 ? err_ignored() : err);
    return v->bundle ? rc : -1;
}

/*
 * The head is unreadable or was changed, which ends the check; the rest is still scanned,
 * for a complete list of damage.  *err is kept, unless something is worse.
 */
static void
look_for_damage(struct verified *v, const struct verify_options *o, struct err *err)
{
    const struct check_options check = check_verify_options(o);
    const struct sandboxed_check_job job = {
        .file = &v->files.volumes, .check = &check, .why = err};
    bool is_changed = err->kind == ERR_TRUST && err->reason == REASON_BAD_SIGNATURE;
    struct err found = ERR_INIT;
    bool opened;

    if (other_file_is_why(err) || (!is_changed && !check_is_damage(err)) ||
        sandboxed_check(&job, &v->damage, &opened, &found) == 0)
        return;
    if (found.kind == ERR_SIGNAL || (!is_changed && check_is_damage(&found)))
        *err = found;
}

static int
judge_bundle(struct verified *v, const struct verify_options *o, struct err *err)
{
    struct signature_files *e = &v->evidence;
    size_t len;
    const void *raw = bundle_raw_index(v->head, &len);
    struct pki_payload payload = pki_payload(raw, len);

    if (signature_files_gather(e, v->head, o->signatures, o->signature_count, err) < 0 ||
        signature_check(&v->signers, &payload, e->items, e->count, o->store, err) < 0)
        return -1;
    if (o->skip_signature)
        return trust_admit_unchecked(&v->signers, o->store, &v->admission, err);
    return trust_admit(&v->signers, o->store, &v->admission, err);
}

int
verify_run(struct verified *v, const struct verify_options *o, struct err *err)
{
    const char *name = o->paths[0];
    struct preparation preparation = {.options = o};

    if (trust_check_wishes(o->store, &o->wishes, err) < 0 ||
        volume_set_open(&v->files, o->paths, o->path_count, err) < 0)
        return -1;
    v->head = bundle_head(v->files.volumes, err);
    if (!v->head || judge_bundle(v, o, err) < 0) {
        look_for_damage(v, o, err);
        return err->kind == ERR_SIGNAL ? -1 : err_wrap(err, "%s", name);
    }
    if (policy_check_judge(v, o, err) < 0)
        return err_wrap(err, "%s", name);
    if (open_and_check(v, &preparation, err) < 0)
        return err->kind == ERR_SIGNAL || preparation.failed ? -1
                                                             : err_wrap(err, "%s", name);
    return 0;
}
