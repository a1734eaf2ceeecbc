/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "ops/export/export_internal.h"

/* Now the only source of blobs is what was just written. */
static int
take_from(struct writing *w, const struct output_set *all, struct err *err)
{
    CLEANUP(volume_set_release) struct volume_set files = VOLUME_SET_INIT;
    struct volumes written = output_set_volumes(all);

    reuse_release(&w->salvage);
    if (output_set_to_read(all, &written, &files, err) < 0)
        return -1;
    return reuse_add(&w->salvage, &files, err);
}

static int
write_beside(struct writing *w, const struct output_set *all, struct err *err)
{
    CLEANUP(output_set_release) struct output_set out = OUTPUT_SET_INIT;
    CLEANUP(signature_file_release) struct signature_file signature = {.bytes = NULL};
    size_t failures = failures_count(w->result->plan.failures);

    w->phase = "copying what came";
    if (output_set_open_beside(&out, all, w->result->layout.total, err) < 0 ||
        output_set_reserve(&out, err) < 0 || export_fill(w, &out, &signature, err) < 0)
        return -1;
    if (failures_count(w->result->plan.failures) > failures)
        return err_set(err, ERR_LOCAL, "what was written to '%s.partial' is not there",
                       all->path);
    return export_publish(w, &out, &signature, err);
}

int
export_less(struct writing *w, struct output_set *all, struct err *err)
{
    struct export_result *r = w->result;
    const struct export_options *o = w->options;

    output_set_keep(all);
    if (take_from(w, all, err) < 0 || plan_again(&r->plan, &o->plan, err) < 0 ||
        export_describe(r, o, err) < 0)
        return -1;
    if (!o->allow_incomplete || r->plan.name_count == 0)
        return 0;
    if (write_beside(w, all, err) < 0)
        return err->kind == ERR_SIGNAL
                   ? -1
                   : err_hint(err,
                              "'%s.partial' is kept: the incomplete bundle needs "
                              "its room beside that",
                              all->path);
    output_set_discard(all);
    return 0;
}
