#include "config.h"
#include "ops/verify.h"

#include "base/mem.h"
#include "base/pool.h"
#include "io/file.h"
#include "ops/acceptance.h"
#include "ops/evidence.h"

#include <stdlib.h>

struct check_job {
    struct pool_job job;
    const struct verify_options *options;
    const struct bundle_content *content;
    size_t member;
};

static int
check_member(struct pool_job *base, unsigned worker, struct err *err)
{
    const struct check_job *job = (const struct check_job *)base;

    (void)worker;
    return bundle_check_member(job->content, job->member, job->options->cancel,
                               job->options->events, err);
}

/* Largest first would save little: members stand in file order, which disks like. */
static int
check_members(const struct bundle_content *content, const struct verify_options *o,
              struct err *err)
{
    CLEANUP(pool_release) struct pool *pool = pool_new(o->jobs, o->cancel, err);
    struct check_job *jobs;
    int rc;

    if (!pool)
        return -1;
    events_phase(o->events, "verifying", content->total, EVENT_BYTES);
    jobs = xcalloc(content->member_count, sizeof(*jobs));
    for (size_t i = 0; i < content->member_count; i++) {
        jobs[i] = (struct check_job){
            .job.run = check_member, .options = o, .content = content, .member = i};
        pool_add(pool, &jobs[i].job);
    }
    rc = pool_wait(pool, err);
    pool_release(&pool); /* before the jobs go */
    free(jobs);
    return rc;
}

static int
judge(struct verified *v, const struct verify_options *o, struct err *err)
{
    struct evidence *e = &v->evidence;
    size_t len;
    const void *raw = bundle_raw_index(v->head, &len);

    if (evidence_gather(e, v->head, o->signatures, o->signature_count, err) < 0 ||
        trust_signers(&v->signers, raw, len, e->items, e->count, o->store, err) < 0)
        return -1;
    if (o->skip_signature)
        return trust_admit_unchecked(&v->signers, o->store, &v->admission, err);
    return trust_admit(&v->signers, o->store, &v->admission, err);
}

int
verify_run(struct verified *v, const struct verify_options *o, struct err *err)
{
    const char *name = o->paths[0];

    if (trust_check_wishes(o->store, &o->wishes, err) < 0 ||
        volume_set_open(&v->files, o->paths, o->path_count, err) < 0)
        return -1;
    v->head = bundle_head(v->files.volumes, err);
    if (!v->head || judge(v, o, err) < 0 || acceptance_judge(v, o, err) < 0)
        return err_wrap(err, "%s", name);
    v->bundle = bundle_open(v->head, &v->admission, err);
    if (!v->bundle || check_members(bundle_content(v->bundle), o, err) < 0)
        return err->kind == ERR_SIGNAL ? -1 : err_wrap(err, "%s", name);
    return 0;
}

void
verified_release(struct verified *v)
{
    bundle_release(&v->bundle);
    trust_signers_release(&v->signers);
    evidence_release(&v->evidence);
    bundle_untrusted_release(&v->head);
    volume_set_release(&v->files);
    file_close(&v->lock);
}
