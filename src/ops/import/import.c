/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "ops/push/push_context.h"

#include "base/mem.h"
#include "bundle/reader/bundle_source.h"
#include "io/json/json.h"
#include "io/json/json_write.h"
#include "ops/push/push_blobs.h"
#include "ops/push/push_failures.h"
#include "ops/push/push_manifests.h"
#include "ops/push/push_referrers.h"
#include "ops/push/push_tags.h"
#include "ops/receipt/receipt.h"
#include "ops/receipt/receipt_fetch.h"
#include "ops/receipt/receipt_push.h"
#include "ops/verify/policy_check.h"
#include "registry/presence.h"

#include <stdlib.h>
#include <string.h>

struct session *
push_context_session(const struct push_context *im, unsigned worker)
{
    return client_session(im->options->client, worker);
}

struct repository
push_context_repository(const struct push_context *im, uint32_t repo)
{
    return (struct repository){.host = im->options->mapping.target.host,
                               .path = im->result->landing.repos[repo]};
}

int
push_context_wrap(struct err *err, const struct repository *repo)
{
    return err_wrap(err, "%s/%s", repo->host, repo->path);
}

void
push_context_found(struct push_context *im, uint32_t repo)
{
    pthread_mutex_lock(&im->lock);
    im->repos[repo].is_used = true;
    pthread_mutex_unlock(&im->lock);
}

void
push_context_count(struct push_context *im, size_t *counter, size_t n)
{
    pthread_mutex_lock(&im->lock);
    *counter += n;
    pthread_mutex_unlock(&im->lock);
}

int
push_context_accepted(struct push_context *im, struct err *err)
{
    int rc = 0;

    pthread_mutex_lock(&im->memory);
    if (!im->is_remembered)
        rc =
            policy_check_remember(&im->result->verified, &im->options->verify, true, err);
    im->is_remembered |= rc == 0;
    pthread_mutex_unlock(&im->memory);
    if (rc < 0)
        err->kind = ERR_LOCAL; /* the target is not at fault, so it ends the import */
    return rc;
}

int
push_context_read(struct push_context *im, uint32_t object, struct buf *out,
                  struct err *err)
{
    int rc = image_source_read(&im->source, object, out, err);

    if (rc < 0)
        im->is_unread = true;
    return rc;
}

int
push_context_compare(struct push_context *im, uint32_t object, const struct pulled *back,
                     struct err *err)
{
    CLEANUP(buf_release) struct buf bytes = BUF_INIT(DOCUMENT_BYTES_MAX);

    if (push_context_read(im, object, &bytes, err) < 0)
        return -1;
    if (bytes.len != back->bytes.len ||
        memcmp(bytes.data, back->bytes.data, bytes.len) != 0)
        return err_because(err, ERR_INTEGRITY, REASON_DIGEST,
                           "registry returned different content than was pushed");
    events_done(&im->options->verify.run->events, 1);
    return 0;
}

static bool
is_image_wanted(void *ctx, size_t name)
{
    const struct import_result *r = ctx;

    return r->states[name] != IMAGE_SKIPPED && r->states[name] != IMAGE_FAILED;
}

static int
push_all(struct push_context *im, struct err *err)
{
    const struct events *events = &im->options->verify.run->events;
    struct push_plan *l = &im->result->landing;

    events_phase(events, "looking at tags", l->name_count, EVENT_ITEMS);
    if (push_probe_tags(im, err) < 0 ||
        push_plan_place(l, is_image_wanted, im->result, err) < 0)
        return -1;
    im->has_begun = true;
    if (push_probe_manifests(im, err) < 0 || push_all_blobs(im, err) < 0)
        return -1;
    if (im->options->read_back_blobs && !im->options->dry_run &&
        import_read_back_blobs(im, err) < 0)
        return -1;
    events_phase(events, "manifests", l->document_count, EVENT_ITEMS);
    if (push_manifests(im, err) < 0 || push_referrer_lists(im, err) < 0)
        return -1;
    if (!im->options->dry_run) {
        events_phase(events, "reading back", l->document_count, EVENT_ITEMS);
        if (push_read_back_manifests(im, err) < 0)
            return -1;
        events_phase(events, "tags", l->name_count, EVENT_ITEMS);
    }
    push_fail_images(im);
    if (push_tags(im, err) < 0)
        return -1;
    return im->options->dry_run ? 0 : push_read_back_tags(im, err);
}

/* Before anything is sent: where it may go, and whether the target remembers more. */
static int
may_begin(struct import_result *out, const struct import_options *o, struct err *err)
{
    struct verified *v = &out->verified;
    char path[REFERENCE_PATH_MAX + 1];
    struct trust_last last;
    int rc;

    if (push_plan_map(&out->landing, &bundle_content(v->bundle)->set, &o->mapping, err) <
            0 ||
        push_plan_check_targets(v, &out->landing, err) < 0)
        return -1;
    if (o->receipt_key && receipt_path(path, &o->mapping.target, v->meta.stream, err) < 0)
        return -1;
    if (v->has_last || !policy_check_has_memory(v, &o->verify))
        return 0;
    rc = receipt_recall(v, &o->verify, &o->mapping.target, o->client, &last, err);
    return rc == 1 ? policy_check_judge_last(v, &o->verify, &last, err) : rc;
}

/* The images do not depend on the receipt: a failure to make one is only noted. */
static int
make_receipt(struct import_result *out, const struct import_options *o, struct err *err)
{
    struct err why = ERR_INIT;

    if (receipt_make(&out->receipt, o, out, o->receipt_key, &why) == 0 &&
        receipt_push(&out->receipt, o, out, &why) == 0)
        return 0;
    if (why.kind == ERR_SIGNAL) {
        *err = why;
        return -1;
    }
    buf_clear(&out->receipt.json);
    buf_clear(&out->receipt.signature);
    out->lacks_receipt = true;
    out->receipt_error = import_setback(&why);
    return 0;
}

/* The images are there, or some of them; now say so, to ourselves and to others. */
static int
conclude(struct import_result *out, const struct import_options *o, struct err *err)
{
    if (o->dry_run || out->failed == out->landing.name_count)
        return 0;
    if (policy_check_remember(&out->verified, &o->verify, out->failed > 0, err) < 0)
        return -1;
    return o->receipt_key ? make_receipt(out, o, err) : 0;
}

static int
partial(const struct import_result *out, const struct import_options *o, struct err *err)
{
    size_t all = out->landing.name_count;

    if (out->failed == 0)
        return err_because(err, ERR_PARTIAL, REASON_RECEIPT,
                           "all images are there and remembered, but not the receipt: %s",
                           out->receipt_error.message);
    if (out->failed == all)
        return err_set(err, ERR_PARTIAL, "none of the %zu images could be pushed", all);
    err_set(err, ERR_PARTIAL, "%zu of %zu images could not be pushed%s", out->failed, all,
            out->lacks_receipt ? ", nor could the receipt" : "");
    return o->dry_run ? -1
                      : err_hint(err, "all others were pushed; run the same command "
                                      "again to send what is missing");
}

int
import_run(struct import_result *out, const struct import_options *o, struct err *err)
{
    struct push_context im = {.options = o, .result = out};
    int rc;

    if (verify_run(&out->verified, &o->verify, err) < 0 || may_begin(out, o, err) < 0)
        return -1;
    im.source = bundle_source(out->verified.bundle);
    im.set = im.source.set;
    if (image_set_omitted(im.set) > 0)
        events_warning(&o->verify.run->events,
                       "platforms were left out of this bundle%s, and some registries "
                       "refuse an index whose children are not all there; trying",
                       out->verified.missing.count > 0 ? ", or are missing" : "");
    out->states = xcalloc(out->landing.name_count, sizeof(*out->states));
    out->causes = xcalloc(out->landing.name_count, sizeof(*out->causes));
    im.pool = pool_new(o->verify.run->jobs, &o->verify.run->cancel, err);
    if (!im.pool)
        return -1;
    pthread_mutex_init(&im.lock, NULL);
    pthread_mutex_init(&im.memory, NULL);
    im.repos = xcalloc(out->landing.repo_count, sizeof(*im.repos));
    rc = push_all(&im, err);
    out->is_by_head = presence_is_by_head(o->client);
    pool_free(im.pool);
    free(im.repos);
    pthread_mutex_destroy(&im.memory);
    pthread_mutex_destroy(&im.lock);
    if (rc == 0)
        rc = conclude(out, o, err);
    return rc == 0 && (out->failed > 0 || out->lacks_receipt) ? partial(out, o, err) : rc;
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
    return obj;
}

void
import_result_release(struct import_result *r)
{
    push_plan_release(&r->landing);
    verified_release(&r->verified);
    buf_release(&r->receipt.json);
    buf_release(&r->receipt.signature);
    free(r->states);
    free(r->causes);
    import_setback_release(&r->receipt_error);
    for (size_t i = 0; i < r->setback_count; i++)
        import_setback_release(&r->setbacks[i]);
    free(r->setbacks);
    r->states = NULL;
    r->causes = NULL;
    r->setbacks = NULL;
    r->setback_count = 0;
}
