#include "config.h"
#include "ops/export.h"

#include "base/clock.h"
#include "base/mem.h"
#include "bundle/writer.h"
#include "io/hash.h"
#include "io/output_set.h"
#include "ops/export_internal.h"
#include "ops/sign.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- what the bundle says of itself ---- */

static int
describe(struct export_result *r, const struct export_options *o, struct err *err)
{
    const struct plan *plan = &r->plan;
    struct bundle_meta *meta = &r->meta;
    struct layout_input in;
    uint64_t mtime;

    if (clock_epoch(&meta->created, err) < 0 || clock_member_mtime(&mtime, err) < 0)
        return -1;
    memcpy(meta->stream, o->stream, strlen(o->stream) + 1);
    snprintf(meta->tool, sizeof(meta->tool), "%s", o->tool);
    meta->serial = o->has_serial ? o->serial : meta->created;
    meta->has_expires = o->has_expires;
    meta->expires = o->expires;
    meta->omits_platforms = plan->omitted_count > 0;
    in = (struct layout_input){
        .meta = meta,
        .mtime = mtime,
        .entries = plan->entries,
        .entry_count = plan->entry_count,
        .blobs = plan->blobs,
        .blob_count = plan->blob_count,
        .omitted = plan->omitted,
        .omitted_count = plan->omitted_count,
    };
    if (layout_plan(&r->layout, &in, err) < 0)
        return -1;
    return hash_bytes(DIGEST_SHA256, r->layout.index.data, r->layout.index.len, &r->index,
                      err);
}

/* ---- what is there already ---- */

static int
open_reuse(struct salvage *s, const struct export_options *o, struct err *err)
{
    for (size_t i = 0; i < o->reuse_count; i++) {
        CLEANUP(volume_set_release) struct volume_set files = VOLUME_SET_INIT;

        if (volume_set_open(&files, &o->reuse[i], 1, err) < 0 ||
            salvage_add(s, &files, err) < 0)
            return err_wrap(err, "--reuse '%s'", o->reuse[i]);
    }
    return 0;
}

static bool
holds_blobs(const struct volumes *file)
{
    struct stock stock = STOCK_INIT;
    struct err useless = ERR_INIT;
    bool holds = stock_open(&stock, *file, &useless) == 0 && stock.count > 0;

    stock_release(&stock);
    return holds;
}

/* What an earlier run set aside is a source of blobs. */
static void
open_older(struct writing *w, const struct output *out)
{
    CLEANUP(volume_set_release) struct volume_set files = VOLUME_SET_INIT;
    struct err useless = ERR_INIT;
    uint64_t size;
    int fd = output_open_older(out, &size);

    if (fd < 0)
        return;
    files = volume_set_of_file(fd, size);
    (void)!salvage_add(&w->salvage, &files, &useless);
}

/* What was taken over is of another bundle: it becomes such a source, too. */
static int
set_aside(struct writing *w, struct output *out, uint64_t size, struct err *err)
{
    CLEANUP(volume_set_release) struct volume_set files = VOLUME_SET_INIT;
    int fd = output_set_aside(out, err);

    if (fd < 0)
        return -1;
    files = volume_set_of_file(fd, size);
    return salvage_add(&w->salvage, &files, err);
}

/* Go on with an unfinished file where that helps. */
static int
take_over(struct writing *w, struct output_set *out, struct err *err)
{
    const struct events *events = w->options->plan.events;
    struct volumes left = output_set_left(out);

    w->salvage.in_place = stock_is_of(&left, &w->result->layout);
    if (w->salvage.in_place)
        events_debug(events, "going on with what is there of %s", out->path);
    if (!out->in_volumes)
        open_older(w, out->items);
    if (left.size == 0 || w->salvage.in_place)
        return 0;
    if (out->in_volumes || !holds_blobs(&left))
        return output_set_begin_anew(out, err);
    events_debug(events, "taking what fits out of %s.partial", out->path);
    return set_aside(w, out->items, left.size, err);
}

/* ---- the whole ---- */

static int
fill(struct writing *w, struct output_set *out, const struct signature_file *signature,
     struct err *err)
{
    const struct export_result *r = w->result;
    size_t count = signature->bytes && !w->options->sig_out ? 1 : 0;
    int rc;

    w->file = output_set_volumes(out);
    w->in_order = output_set_wants_order(out);
    rc = w->in_order ? bundle_write_start(&r->layout, &w->file, signature, count, err)
                     : bundle_write_head(&r->layout, &w->file, signature, count, err);
    if (rc < 0)
        return err_wrap(err, "'%s'", out->path);
    rc = export_blobs(w, err);
    /* A disk that fails or is full is not to keep what it cannot finish. */
    if (rc < 0 && err->kind != ERR_LOCAL && w->fetched + w->reused > 0) {
        output_set_keep(out);
        err_hint(err, "what came so far is kept: the same command goes on from there");
    }
    return rc;
}

static int
write_bundle(struct writing *w, struct err *err)
{
    CLEANUP(output_set_release) struct output_set out = OUTPUT_SET_INIT;
    CLEANUP(signature_file_release) struct signature_file signature = {.bytes = NULL};
    const struct export_options *o = w->options;

    if ((o->key && sign_bytes(o->key, o->certs, w->result->layout.index.data,
                              w->result->layout.index.len, &signature, err) < 0) ||
        open_reuse(&w->salvage, o, err) < 0 ||
        output_set_open(&out, o->output, w->result->layout.total, o->volume_size,
                        o->force, err) < 0 ||
        take_over(w, &out, err) < 0 || output_set_reserve(&out, err) < 0 ||
        fill(w, &out, &signature, err) < 0)
        return -1;
    w->volumes = out.count;
    events_phase(o->plan.events, "flushing to disk", 0, EVENT_BYTES);
    if (output_set_flush(&out, err) < 0 ||
        (o->verify_after && export_read_back(w, &signature, err) < 0))
        return -1;
    /* First the signature: without its bundle it does no harm. */
    if (o->sig_out &&
        file_put(o->sig_out, signature.bytes, signature.len, 0666, !o->force, err) < 0)
        return -1;
    return output_set_publish(&out, err);
}

int
export_run(struct export_result *out, const struct export_options *o, struct err *err)
{
    struct writing w = {.options = o, .result = out, .salvage = SALVAGE_INIT};
    int rc;

    /* Say now what would stop it at the end. */
    if ((o->output &&
         output_set_check(o->output, o->volume_size > 0, o->force, err) < 0) ||
        (o->sig_out && output_check(o->sig_out, o->force, err) < 0)) {
        if (err->kind == ERR_CONFLICT)
            err_hint(err, "choose another name, or replace it with --force");
        return -1;
    }
    if (plan_make(&out->plan, &o->plan, err) < 0 || describe(out, o, err) < 0)
        return -1;
    rc = o->dry_run ? 0 : write_bundle(&w, err);
    out->fetched = w.fetched;
    out->reused = w.reused;
    out->volumes = w.volumes;
    salvage_release(&w.salvage);
    return rc;
}

void
export_result_release(struct export_result *r)
{
    plan_release(&r->plan);
    layout_release(&r->layout);
}
