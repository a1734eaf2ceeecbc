/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "archive/oci_archive_writer.h"

#include "archive/layout_index.h"
#include "archive/oci_layout.h"
#include "base/mem.h"
#include "images/local_images.h"
#include "io/archive/tar.h"
#include "io/file/output.h"
#include "oci/graph_walk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct archive_writer {
    char *path;
    struct target_images *images;
    struct output file;
    struct buf index;
    uint64_t *offsets; /* of the headers, by graph id */
    uint64_t end;      /* offset behind the last member */
};

/* ---- where everything goes ---- */

static uint64_t
member_bytes(uint64_t size)
{
    return TAR_BLOCK + tar_padded(size);
}

static int
place_members(struct archive_writer *w, struct err *err)
{
    const struct graph *g = w->images->set->graph;
    const uint32_t *ids = graph_order(g);
    const uint64_t most = UINT64_C(1) << 61;

    w->offsets = xcalloc(graph_count(g) + 1, sizeof(*w->offsets));
    w->end = member_bytes(strlen(layout_file)) + member_bytes(w->index.len);
    for (size_t i = 0; i < graph_member_count(g); i++) {
        uint64_t size = graph_object(g, ids[i])->size;

        if (size > most || w->end > most)
            return err_set(err, ERR_LIMIT, "the archive would be too large");
        w->offsets[ids[i]] = w->end;
        w->end += member_bytes(size);
    }
    return 0;
}

static int
write_header(const struct archive_writer *w, const char *name, uint64_t size, uint64_t at,
             struct err *err)
{
    unsigned char header[TAR_BLOCK];

    return tar_header(header, name, size, 0, err) < 0
               ? -1
               : file_write_at(w->file.fd, header, sizeof(header), at, err);
}

static int
write_small(const struct archive_writer *w, const char *name, const void *bytes,
            size_t len, uint64_t at, struct err *err)
{
    return write_header(w, name, len, at, err) < 0
               ? -1
               : file_write_at(w->file.fd, bytes, len, at + TAR_BLOCK, err);
}

/* ---- begin ---- */

static int
check_output(const struct target_images *images, const char *path, struct err *err)
{
    if (images->skips)
        return err_set(err, ERR_USAGE,
                       "an archive is written as a whole: nothing in it "
                       "can be skipped");
    return output_check(path, images->may_replace, err);
}

static int
begin_archive(void *ctx, struct target_images *images, struct err *err)
{
    struct archive_writer *w = ctx;
    const struct buf nothing = BUF_INIT(0);
    uint64_t size;

    w->images = images;
    if (check_output(images, w->path, err) < 0 ||
        layout_index_make(images, &nothing, &w->index, err) < 0 ||
        place_members(w, err) < 0)
        return -1;
    if (images->is_dry_run)
        return 0;
    size = w->end + 2 * TAR_BLOCK;
    if (output_open(&w->file, w->path, images->may_replace, err) < 0 ||
        output_check_room(&w->file, 1, size, size, err) < 0 ||
        output_reserve(&w->file, size, err) < 0 ||
        write_small(w, "oci-layout", layout_file, strlen(layout_file), 0, err) < 0)
        return -1;
    return write_small(w, "index.json", w->index.data, w->index.len,
                       member_bytes(strlen(layout_file)), err);
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

/* The body of a member. */
struct archive_body {
    const struct archive_writer *writer;
    uint64_t at;
};

static int
write_body(void *ctx, uint64_t offset, const void *bytes, size_t len, struct err *err)
{
    const struct archive_body *b = ctx;

    return file_write_at(b->writer->file.fd, bytes, len, b->at + offset, err);
}

static int
put_member(void *ctx, const struct image_object *what, const struct byte_source *bytes,
           struct err *err)
{
    const struct archive_writer *w = ctx;
    uint64_t at = w->offsets[graph_find(w->images->set->graph, what->digest)];
    struct archive_body body = {.writer = w, .at = at + TAR_BLOCK};
    const struct byte_sink sink = {.write_at = write_body, .ctx = &body};
    char name[sizeof("blobs/sha256/") + 2 * DIGEST_RAW_MAX];
    char hex[2 * DIGEST_RAW_MAX + 1];

    digest_hex(what->digest, hex);
    snprintf(name, sizeof(name), "blobs/sha256/%s", hex);
    return write_header(w, name, what->size, at, err) < 0
               ? -1
               : local_fetch_blob(bytes, what, NULL, &sink, err);
}

/* ---- the end ---- */

/* What is not written is zero: padding, and the two blocks at the end. */
static int
finish_archive(void *ctx, struct err *err)
{
    struct archive_writer *w = ctx;

    return output_publish(&w->file, err);
}

static void
close_archive(void *ctx)
{
    struct archive_writer *w = ctx;

    output_release(&w->file);
    buf_release(&w->index);
    free(w->offsets);
    free(w->path);
    free(w);
}

void
oci_archive_target(struct image_target *out, const char *path)
{
    struct archive_writer *w = xcalloc(1, sizeof(*w));

    *w = (struct archive_writer){.path = xstrdup(path),
                                 .file = OUTPUT_INIT,
                                 .index = BUF_INIT(OCI_LAYOUT_INDEX_MAX)};
    *out = (struct image_target){.ctx = w,
                                 .begin = begin_archive,
                                 .has = lacks_all,
                                 .put = put_member,
                                 .finish = finish_archive,
                                 .close = close_archive};
}
