/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "ops/push/push_result.h"

#include "base/mem.h"
#include "io/json/json_write.h"

#include <stdlib.h>

struct push_failure
push_failure_from(const struct err *err)
{
    return (struct push_failure){.kind = err->kind,
                                 .reason = err->reason,
                                 .message = xstrdup(err->msg),
                                 .hint = xstrdup(err->hint),
                                 .subject = xstrdup(err->subject)};
}

void
push_failure_release(struct push_failure *f)
{
    free(f->message);
    free(f->hint);
    free(f->subject);
    *f = (struct push_failure){.kind = ERR_NONE};
}

const struct push_failure *
push_failure_of(const struct push_result *r, size_t name)
{
    return r->causes && r->causes[name] > 0 ? &r->failures[r->causes[name] - 1] : NULL;
}

void
push_counts_add(struct push_counts *sum, const struct push_counts *more)
{
    sum->blobs_present += more->blobs_present;
    sum->blobs_mounted += more->blobs_mounted;
    sum->blobs_uploaded += more->blobs_uploaded;
    sum->blobs_read_back += more->blobs_read_back;
    sum->documents_present += more->documents_present;
    sum->documents_pushed += more->documents_pushed;
    sum->tags_present += more->tags_present;
    sum->tags_pushed += more->tags_pushed;
    sum->lists_present += more->lists_present;
    sum->lists_updated += more->lists_updated;
    sum->lists_refused += more->lists_refused;
    sum->referrers_left_out += more->referrers_left_out;
    sum->bytes_uploaded += more->bytes_uploaded;
}

struct jsout *
push_counts_json(const struct push_counts *n)
{
    struct jsout *obj = jsout_object();

    jsout_put_u64(obj, "blobsUploaded", n->blobs_uploaded);
    jsout_put_u64(obj, "blobsMounted", n->blobs_mounted);
    jsout_put_u64(obj, "blobsPresent", n->blobs_present);
    jsout_put_u64(obj, "bytesUploaded", n->bytes_uploaded);
    jsout_put_u64(obj, "manifestsPushed", n->documents_pushed);
    jsout_put_u64(obj, "manifestsPresent", n->documents_present);
    jsout_put_u64(obj, "tagsPushed", n->tags_pushed);
    jsout_put_u64(obj, "tagsPresent", n->tags_present);
    jsout_put_u64(obj, "referrersLeftOut", n->referrers_left_out);
    return obj;
}

void
push_result_release(struct push_result *r)
{
    push_plan_release(&r->plan);
    free(r->states);
    free(r->causes);
    for (size_t i = 0; i < r->failure_count; i++)
        push_failure_release(&r->failures[i]);
    free(r->failures);
    *r = (struct push_result)PUSH_RESULT_INIT;
}
