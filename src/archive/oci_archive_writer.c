/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "archive/oci_archive_writer.h"

#include "archive/archive_file.h"
#include "archive/layout_index.h"
#include "archive/oci_layout.h"
#include "base/mem.h"
#include "oci/graph_walk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct archive_writer {
    struct archive_file file;
    struct target_images *images;
    struct buf index;
    uint64_t *offsets; /* of the members, by graph id */
};

/* ---- begin ---- */

static int
place_members(struct archive_writer *w, uint64_t *layout_at, uint64_t *index_at,
              struct err *err)
{
    const struct graph *g = w->images->set->graph;
    const uint32_t *ids = graph_order(g);

    w->offsets = xcalloc(graph_count(g) + 1, sizeof(*w->offsets));
    if (archive_file_place(&w->file, strlen(layout_file), layout_at, err) < 0 ||
        archive_file_place(&w->file, w->index.len, index_at, err) < 0)
        return -1;
    for (size_t i = 0; i < graph_member_count(g); i++) {
        if (archive_file_place(&w->file, graph_object(g, ids[i])->size,
                               &w->offsets[ids[i]], err) < 0)
            return -1;
    }
    return 0;
}

static int
begin_archive(void *ctx, struct target_images *images, struct err *err)
{
    struct archive_writer *w = ctx;
    const struct buf nothing = BUF_INIT(0);
    uint64_t layout_at, index_at;

    w->images = images;
    if (archive_file_check(&w->file, images, err) < 0 ||
        layout_index_make(images, &nothing, &w->index, err) < 0 ||
        place_members(w, &layout_at, &index_at, err) < 0)
        return -1;
    if (images->is_dry_run)
        return 0;
    if (archive_file_create(&w->file, images->may_replace, err) < 0 ||
        archive_file_write(&w->file, "oci-layout", layout_file, strlen(layout_file),
                           layout_at, err) < 0)
        return -1;
    return archive_file_write(&w->file, "index.json", w->index.data, w->index.len,
                              index_at, err);
}

/* ---- objects ---- */

static int
lacks_all(void *ctx, const struct image_object *what, struct err *err)
{
    (void)ctx;
    (void)what;
    (void)err;
    return 0;
}

static int
put_member(void *ctx, const struct image_object *what, const struct byte_source *bytes,
           struct err *err)
{
    const struct archive_writer *w = ctx;
    uint64_t at = w->offsets[graph_find(w->images->set->graph, what->digest)];
    char name[sizeof("blobs/sha256/") + 2 * DIGEST_RAW_MAX];
    char hex[2 * DIGEST_RAW_MAX + 1];

    digest_hex(what->digest, hex);
    snprintf(name, sizeof(name), "blobs/sha256/%s", hex);
    return archive_file_put(&w->file, name, what, bytes, at, err);
}

/* ---- the end ---- */

static int
finish_archive(void *ctx, struct err *err)
{
    struct archive_writer *w = ctx;

    return archive_file_publish(&w->file, err);
}

static void
close_archive(void *ctx)
{
    struct archive_writer *w = ctx;

    archive_file_release(&w->file);
    buf_release(&w->index);
    free(w->offsets);
    free(w);
}

void
oci_archive_target(struct image_target *out, const char *path)
{
    struct archive_writer *w = xcalloc(1, sizeof(*w));

    *w = (struct archive_writer){.index = BUF_INIT(OCI_LAYOUT_INDEX_MAX)};
    archive_file_init(&w->file, path);
    *out = (struct image_target){.ctx = w,
                                 .begin = begin_archive,
                                 .has = lacks_all,
                                 .put = put_member,
                                 .finish = finish_archive,
                                 .close = close_archive};
}
