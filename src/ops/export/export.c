/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "ops/export/export.h"

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "bundle/format/writer.h"
#include "io/crypto/hash.h"
#include "io/file/output.h"
#include "io/file/output_set.h"
#include "ops/export/export_blobs.h"
#include "ops/export/export_estimate.h"
#include "ops/export/export_verify_after.h"
#include "ops/export/export_warnings.h"
#include "ops/export/export_writing.h"
#include "ops/sign/sign.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- metadata of the bundle ---- */

/* The layout and the signed index.json follow from the plan. */
static int
describe_bundle(struct export_result *r, const struct export_options *o, struct err *err)
{
    const struct image_set *set = &r->plan.set;
    struct bundle_meta *meta = &r->meta;
    uint64_t mtime;

    if (clock_epoch(&meta->created, err) < 0 || clock_member_mtime(&mtime, err) < 0)
        return -1;
    memcpy(meta->stream, o->stream, strlen(o->stream) + 1);
    snprintf(meta->tool, sizeof(meta->tool), "%s", o->tool);
    meta->serial = o->has_serial ? o->serial : meta->created;
    meta->has_expires = o->has_expires;
    meta->expires = o->expires;
    meta->omits_platforms = image_set_unwanted(set) > 0;
    meta->is_incomplete = set->missing.count > 0;
    if (layout_plan_set(&r->layout, set, meta, mtime, err) < 0)
        return -1;
    return hash_bytes(DIGEST_SHA256, r->layout.index.data, r->layout.index.len, &r->index,
                      err);
}

/* ---- earlier content ---- */

static bool
holds_blobs(const struct volumes *file)
{
    struct blob_index stock = BLOB_INDEX_INIT;
    bool holds = blob_index_open(&stock, *file, err_ignored()) == 0 && stock.count > 0;

    blob_index_release(&stock);
    return holds;
}

/* A file set aside by an earlier run is a source of blobs. */
static void
open_older(struct writing *w, const struct output *out)
{
    CLEANUP(volume_set_release) struct volume_set files = VOLUME_SET_INIT;
    uint64_t size;
    int fd = output_open_older(out, &size);

    if (fd < 0)
        return;
    files = volume_set_of_file(fd, size);
    (void)!reuse_add(&w->salvage, &files, err_ignored());
}

/* The partial file is of another bundle: use it as such a source, too. */
static int
set_aside(struct writing *w, struct output *out, uint64_t size, struct err *err)
{
    CLEANUP(volume_set_release) struct volume_set files = VOLUME_SET_INIT;
    int fd = output_set_aside(out, err);

    if (fd < 0)
        return -1;
    files = volume_set_of_file(fd, size);
    return reuse_add(&w->salvage, &files, err);
}

/* set_aside() for volumes, which are kept open without names: a killed run loses them. */
static int
hold_on_to(struct writing *w, struct output_set *out, const struct volumes *left,
           struct err *err)
{
    CLEANUP(volume_set_release) struct volume_set files = VOLUME_SET_INIT;

    if (output_set_to_read(out, left, &files, err) < 0 ||
        reuse_add(&w->salvage, &files, err) < 0)
        return -1;
    return output_set_restart(out, err);
}

/* Resume an unfinished file if that helps. */
static int
take_over(struct writing *w, struct output_set *out, struct err *err)
{
    const struct events *events = &w->options->plan.run->events;
    struct volumes left = output_set_left(out);

    w->salvage.in_place = blob_index_is_of(&left, &w->result->layout);
    if (w->salvage.in_place)
        events_debug(events, "resuming %s", out->path);
    if (!out->in_volumes)
        open_older(w, out->items);
    if (left.size == 0 || w->salvage.in_place)
        return 0;
    if (!holds_blobs(&left))
        return output_set_restart(out, err);
    events_debug(events, "reusing matching data of %s.partial", out->path);
    return out->in_volumes ? hold_on_to(w, out, &left, err)
                           : set_aside(w, out->items, left.size, err);
}

/* ---- writing the bundle ---- */

/* Sign, write the head and all bodies that can be fetched; failures are recorded. */
static int
fill_bundle(struct writing *w, struct output_set *out, struct signature_file *signature,
            struct err *err)
{
    const struct export_options *o = w->options;
    const struct layout *layout = &w->result->layout;
    size_t count = o->key && !o->sig_out ? 1 : 0;
    int rc;

    if (o->key && sign_bytes(o->key, o->certs, layout->index.data, layout->index.len,
                             signature, err) < 0)
        return -1;
    w->file = output_set_volumes(out);
    w->in_order = output_set_needs_order(out);
    rc = w->in_order ? bundle_write_start(layout, &w->file, signature, count, err)
                     : bundle_write_head(layout, &w->file, signature, count, err);
    if (rc < 0)
        return err_wrap(err, "'%s'", out->path);
    return export_blobs(w, err);
}

/* A stale bundle under the same name is easily taken for the new one. */
static void
warn_left(const struct writing *w)
{
    const struct secure_dir_names *left = &w->result->left;

    if (left->count == 0)
        return;
    if (left->count == 1)
        events_warning(&w->options->plan.run->events,
                       "'%s' is still there, of another bundle of this name",
                       left->items[0]);
    else
        events_warning(&w->options->plan.run->events,
                       "'%s' to '%s' (%zu files) are still there, of another bundle of "
                       "this name",
                       left->items[0], left->items[left->count - 1], left->count);
}

/* Flush, check, and rename to the final name. */
static int
publish_bundle(struct writing *w, struct output_set *out,
               const struct signature_file *signature, struct err *err)
{
    const struct export_options *o = w->options;

    w->result->volumes = out->count;
    events_phase(&o->plan.run->events, "flushing to disk", 0, EVENT_BYTES);
    if (output_set_flush(out, err) < 0 ||
        (o->verify_after && export_read_back(w, signature, err) < 0))
        return -1;
    /* The signature first: without its bundle it is harmless. */
    if (o->sig_out &&
        file_put(o->sig_out, signature->bytes, signature->len, 0666, !o->force, err) < 0)
        return -1;
    if (output_set_publish(out, &w->result->removed, err) < 0)
        return -1;
    w->result->is_published = true;
    output_set_find_left(o->output, o->volume_size > 0, &w->result->left);
    warn_left(w);
    return 0;
}

/* From now on blobs are taken only from what was just written. */
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

    w->phase = "copying fetched data";
    if (output_set_open_beside(&out, all, w->result->layout.total, err) < 0 ||
        output_set_reserve(&out, err) < 0 || fill_bundle(w, &out, &signature, err) < 0)
        return -1;
    if (failures_count(w->result->plan.failures) > failures)
        return err_set(err, ERR_LOCAL, "data written to '%s.partial' is missing",
                       all->path);
    return publish_bundle(w, &out, &signature, err);
}

/*
 * Some objects failed: plan again with the others.  If that may be published, they are
 * copied to a new file, since most of them move; the partial file is removed only after
 * that one is renamed.
 */
static int
write_incomplete(struct writing *w, struct output_set *all, struct err *err)
{
    struct export_result *r = w->result;
    const struct export_options *o = w->options;

    output_set_keep(all);
    if (take_from(w, all, err) < 0 || plan_again(&r->plan, &o->plan, err) < 0 ||
        describe_bundle(r, o, err) < 0)
        return -1;
    if (!o->allow_incomplete || r->plan.name_count == 0)
        return 0;
    if (write_beside(w, all, err) < 0)
        return err->kind == ERR_SIGNAL
                   ? -1
                   : err_hint(err,
                              "'%s.partial' is kept: there is not enough space for the "
                              "incomplete bundle next to it",
                              all->path);
    output_set_discard(all);
    return 0;
}

static int
write_bundle(struct writing *w, struct err *err)
{
    CLEANUP(output_set_release) struct output_set out = OUTPUT_SET_INIT;
    CLEANUP(signature_file_release) struct signature_file signature = {.bytes = NULL};
    const struct export_options *o = w->options;
    size_t planned = failures_count(w->result->plan.failures);

    if (export_open_reuse(&w->salvage, o, err) < 0 ||
        output_set_open(&out, o->output, w->result->layout.total, o->volume_size,
                        o->force, err) < 0 ||
        take_over(w, &out, err) < 0 || output_set_reserve(&out, err) < 0)
        return -1;
    if (fill_bundle(w, &out, &signature, err) < 0) {
        /* Do not keep what a failing or full disk could not finish. */
        if (err->kind != ERR_LOCAL && w->fetched + w->reused > 0) {
            output_set_keep(&out);
            err_hint(err, "fetched data is kept: run the same command again to resume");
        }
        return -1;
    }
    w->result->fetched = w->fetched;
    w->result->reused = w->reused;
    if (failures_count(w->result->plan.failures) > planned)
        return write_incomplete(w, &out, err);
    if (planned == 0 || o->allow_incomplete)
        return publish_bundle(w, &out, &signature, err);
    output_set_keep(&out);
    return 0;
}

/* ---- the whole export ---- */

/* With failures the export does not succeed, whatever else was written. */
static int
summarize_export(const struct export_result *r, const struct export_options *o,
                 struct err *err)
{
    size_t count = failures_count(r->plan.failures);
    char failed[TEXT_COUNT_MAX], missing[TEXT_COUNT_MAX];

    if (count == 0)
        return 0;
    err_set(err, ERR_PARTIAL, "%s could not be fetched, %s incomplete",
            text_count(failed, count, "object", "objects"),
            text_count(missing, r->plan.set.missing.count, "image is", "images are"));
    if (r->plan.name_count == 0)
        return err_hint(err, "no images left to export");
    err->reason = r->is_published ? REASON_INCOMPLETE_BUNDLE : REASON_INCOMPLETE;
    if (!r->is_published && !o->dry_run)
        err_hint(err, "fetched data is kept: run the same command again to resume");
    return -1;
}

static int
check_outputs(const struct export_options *o, struct err *err)
{
    if (o->output && output_set_check(o->output, o->volume_size > 0, o->force, err) < 0)
        return -1;
    return o->sig_out ? output_check(o->sig_out, o->force, err) : 0;
}

/* The number of volumes is known from the plan. */
static int
check_volumes(const struct export_options *o, const struct layout *layout,
              struct err *err)
{
    return o->output ? output_set_check_volumes(o->output, layout->total, o->volume_size,
                                                o->force, err)
                     : 0;
}

static int
foresee_bundle(struct export_result *out, const struct export_options *o, struct err *err)
{
    return check_volumes(o, &out->layout, err) < 0 ? -1 : export_estimate(out, o, err);
}

int
export_run(struct export_result *out, const struct export_options *o, struct err *err)
{
    struct writing w = {
        .options = o, .result = out, .phase = "fetching", .salvage = REUSE_INIT};
    int rc;

    /* Report now what would fail at the end. */
    if (check_outputs(o, err) < 0 || export_warn_of_claims(o, err) < 0 ||
        plan_make(&out->plan, &o->plan, err) < 0 || describe_bundle(out, o, err) < 0)
        return -1;
    export_warn_of_platforms(o, &out->plan);
    export_warn_of_indexes(o, &out->plan);
    if (o->volume_size > 0)
        out->volumes =
            (size_t)((out->layout.total + o->volume_size - 1) / o->volume_size);
    rc = out->plan.name_count == 0 ? 0
         : o->dry_run              ? foresee_bundle(out, o, err)
                                   : write_bundle(&w, err);
    reuse_release(&w.salvage);
    return rc < 0 ? -1 : summarize_export(out, o, err);
}

void
export_result_release(struct export_result *r)
{
    plan_release(&r->plan);
    layout_release(&r->layout);
    secure_dir_names_release(&r->removed);
    secure_dir_names_release(&r->left);
}
