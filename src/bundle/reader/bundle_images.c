/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "bundle/reader/bundle_images.h"

#include "base/mem.h"
#include "images/tool_image.h"
#include "oci/graph_walk.h"
#include "oci/tag_filter.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct bundle_images {
    struct image_source members; /* bundle_source() */
    const struct image_set *set;
    uint32_t *subjects; /* by entry: the object it is attached to, or GRAPH_NONE */
};

static bool
has_member(void *ctx, const struct digest *digest)
{
    const struct bundle_images *b = ctx;
    uint32_t id = graph_find(b->set->graph, digest);

    return id != GRAPH_NONE && graph_object(b->set->graph, id)->state != GRAPH_OMITTED;
}

static enum image_absence
absence_of_member(void *ctx, const struct digest *child)
{
    const struct bundle_images *b = ctx;
    uint32_t id = graph_find(b->set->graph, child);

    if (id == GRAPH_NONE || graph_object(b->set->graph, id)->state != GRAPH_OMITTED)
        return ABSENCE_UNKNOWN;
    return b->set->is_missing[id] ? ABSENCE_MISSING : ABSENCE_LEFT_OUT;
}

static int
require_member(void *ctx, const struct digest *digest, struct err *err)
{
    char text[DIGEST_TEXT_MAX];

    if (has_member(ctx, digest))
        return 0;
    digest_text(digest, text);
    return err_set(err, ERR_NOT_FOUND, "the bundle lacks %s", text);
}

static int
fetch_bundle_document(void *ctx, unsigned worker, const struct image_object *what,
                      struct image_document *out, struct err *err)
{
    const struct bundle_images *b = ctx;

    return require_member(ctx, what->digest, err) < 0
               ? -1
               : b->members.fetch_document(b->members.ctx, worker, what, out, err);
}

static int
fetch_bundle_blob(void *ctx, unsigned worker, const struct image_object *what,
                  struct blob_prefix *prefix, const struct byte_sink *sink,
                  struct err *err)
{
    const struct bundle_images *b = ctx;
    struct byte_source blob;
    int rc;

    if (require_member(ctx, what->digest, err) < 0)
        return -1;
    b->members.open_blob(b->members.ctx, worker, what, &blob);
    rc = local_fetch_blob(&blob, what, prefix, sink, err);
    b->members.close_blob(&blob);
    return rc;
}

static void
open_bundle_blob(void *ctx, unsigned worker, const struct image_object *what,
                 struct byte_source *out)
{
    const struct bundle_images *b = ctx;

    b->members.open_blob(b->members.ctx, worker, what, out);
}

static void
close_bundle_blob(struct byte_source *blob)
{
    bundle_source(NULL).close_blob(blob);
}

static int
list_bundle_referrers(void *ctx, unsigned worker, const struct reference *in,
                      const struct digest *subject, struct referrers *out,
                      struct err *err)
{
    const struct bundle_images *b = ctx;
    uint32_t id = graph_find(b->set->graph, subject);

    (void)worker;
    (void)in;
    for (size_t i = 0; id != GRAPH_NONE && i < b->set->count; i++) {
        const struct image_entry *e = &b->set->entries[i];
        struct referrer one = {.media_type = e->media_type,
                               .has_digest = true,
                               .digest = e->digest,
                               .size = e->size};

        if (b->subjects[i] != id)
            continue;
        if (tag_is_of_cosign(e->ref.tag))
            memcpy(one.tag, e->ref.tag, strlen(e->ref.tag) + 1);
        if (referrers_add_one(out, &one, err) < 0)
            return -1;
    }
    return 0;
}

static void
close_bundle_images(void *ctx)
{
    struct bundle_images *b = ctx;

    free(b->subjects);
    free(b);
}

static void
describe_entry(struct local_image *image, const struct image_entry *e)
{
    *image = (struct local_image){
        .has_name = true, .name = e->ref, .digest = e->digest, .size = e->size};
    snprintf(image->label, sizeof(image->label), "%s", e->name);
    snprintf(image->media_type, sizeof(image->media_type), "%s", e->media_type);
}

void
bundle_images(struct local_images *out, struct bundle *b)
{
    struct bundle_images *images = xcalloc(1, sizeof(*images));
    const struct image_set *set = &bundle_content(b)->set;

    *images = (struct bundle_images){.members = bundle_source(b), .set = set};
    images->subjects = xcalloc(set->count + 1, sizeof(*images->subjects));
    out->items = xcalloc(set->count + 1, sizeof(*out->items));
    out->count = set->count;
    for (size_t i = 0; i < set->count; i++) {
        images->subjects[i] = image_set_subject(set, &set->entries[i]);
        describe_entry(&out->items[i], &set->entries[i]);
        /* The program is one for that bundle, and not taken over unless it is named. */
        out->items[i].is_attached =
            images->subjects[i] != GRAPH_NONE || tool_image_is(&set->entries[i]);
    }
    out->source = (struct image_source){.ctx = images,
                                        .list_referrers = list_bundle_referrers,
                                        .fetch_document = fetch_bundle_document,
                                        .fetch_blob = fetch_bundle_blob,
                                        .open_blob = open_bundle_blob,
                                        .close_blob = close_bundle_blob,
                                        .absence = absence_of_member};
    out->has = has_member;
    out->close = close_bundle_images;
}
