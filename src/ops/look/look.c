/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "ops/look/look.h"

#include "base/text.h"
#include "images/local_images.h"
#include "oci/graph_walk.h"
#include "ops/copy/copy_source.h"
#include "ops/plan/failures.h"

void
look_release(struct name_content *l)
{
    image_details_free(l->images, l->plan.set.count);
    plan_release(&l->plan);
    *l = (struct name_content)LOOK_INIT;
}

/* Configs of a plan, from its cache or the source. */
static int
fetch_config(void *ctx, uint32_t object, struct buf *out, struct err *err)
{
    struct copy_source *planned = ctx;
    const struct image_source source = copy_source(planned);
    const struct graph_object *config = graph_object(planned->plan->set.graph, object);
    const struct image_object what = {.digest = &config->digest,
                                      .size = config->size,
                                      .media_type = config->media_type};
    CLEANUP(image_document_release) struct image_document got = IMAGE_DOCUMENT_INIT;
    struct byte_source blob;
    int rc;

    source.open_blob(source.ctx, 0, &what, &blob);
    rc = local_fetch_document(&blob, &what, &got, err);
    source.close_blob(&blob);
    return rc == 0 ? buf_add(out, got.bytes.data ? got.bytes.data : "", got.bytes.len)
                   : -1;
}

/* Objects that the source does not have are part of the answer; other failures are not.
 */
static int
judge_failures(const struct name_content *l, struct err *err)
{
    char text[TEXT_COUNT_MAX];
    size_t count, failed = 0;
    const struct failure *items = failures_items(l->plan.failures, &count);

    for (size_t i = 0; i < count; i++)
        failed += items[i].kind != ERR_NOT_FOUND;
    if (l->plan.set.count == 0)
        return err_set(err, ERR_NOT_FOUND, "no image of the index is available");
    if (failed > 0)
        return err_set(err, ERR_PARTIAL, "%s could not be fetched",
                       text_count(text, failed, "object", "objects"));
    return 0;
}

int
look_at_name(struct name_content *out, const struct reference *name,
             const struct image_source *source, struct run *run, struct err *err)
{
    CLEANUP(image_document_release) struct image_document top = IMAGE_DOCUMENT_INIT;
    CLEANUP(reference_list_release) struct reference_list names = REFERENCE_LIST_INIT;
    const struct choice all = {.count = 0};
    const struct plan_options options = {.names = &names,
                                         .choice = &all,
                                         .referrers = true,
                                         .keep_going = true,
                                         .source = source,
                                         .run = run};
    struct copy_source planned = {.plan = &out->plan, .inner = source};
    const struct config_reader configs = {.read = fetch_config, .ctx = &planned};

    /* Without the name itself there is no answer, and its error is the only one. */
    if (source->resolve(source->ctx, 0, name, &top, err) < 0 ||
        reference_list_add_parsed(&names, name, NULL, err) < 0 ||
        plan_make(&out->plan, &options, err) < 0)
        return -1;
    out->images = image_details_new(&out->plan.set, &configs);
    return judge_failures(out, err);
}
