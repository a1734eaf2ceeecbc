/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "archive/archive_file.h"

#include "base/mem.h"
#include "images/local_images.h"
#include "io/archive/tar.h"

void
archive_file_init(struct archive_file *f, const char *path)
{
    *f = (struct archive_file){.path = xstrdup(path), .output = OUTPUT_INIT};
}

void
archive_file_release(struct archive_file *f)
{
    output_release(&f->output);
    mem_free_string(&f->path);
}

int
archive_file_check(const struct archive_file *f, const struct target_images *images,
                   struct err *err)
{
    if (images->skips)
        return err_set(err, ERR_USAGE,
                       "an archive is written as a whole: nothing in it can be skipped");
    return output_check(f->path, images->may_replace, err);
}

int
archive_file_place(struct archive_file *f, uint64_t size, uint64_t *at, struct err *err)
{
    const uint64_t most = UINT64_C(1) << 61;

    if (size > most || f->end > most)
        return err_set(err, ERR_LIMIT, "the archive would be too large");
    *at = f->end;
    f->end += TAR_BLOCK + tar_padded(size);
    return 0;
}

int
archive_file_create(struct archive_file *f, bool may_replace, struct err *err)
{
    uint64_t size = f->end + 2 * TAR_BLOCK;

    return output_open(&f->output, f->path, may_replace, err) < 0 ||
                   output_check_room(&f->output, 1, size, size, err) < 0 ||
                   output_reserve(&f->output, size, err) < 0
               ? -1
               : 0;
}

static int
write_member_header(const struct archive_file *f, const char *name, uint64_t size,
                    uint64_t at, struct err *err)
{
    unsigned char header[TAR_BLOCK];

    return tar_header(header, name, size, 0, err) < 0
               ? -1
               : file_write_at(f->output.fd, header, sizeof(header), at, err);
}

int
archive_file_write(const struct archive_file *f, const char *name, const void *bytes,
                   size_t len, uint64_t at, struct err *err)
{
    return write_member_header(f, name, len, at, err) < 0
               ? -1
               : file_write_at(f->output.fd, bytes, len, at + TAR_BLOCK, err);
}

/* The body of a member. */
struct archive_body {
    const struct archive_file *file;
    uint64_t at;
};

static int
write_body(void *ctx, uint64_t offset, const void *bytes, size_t len, struct err *err)
{
    const struct archive_body *b = ctx;

    return file_write_at(b->file->output.fd, bytes, len, b->at + offset, err);
}

int
archive_file_put(const struct archive_file *f, const char *name,
                 const struct image_object *what, const struct byte_source *bytes,
                 uint64_t at, struct err *err)
{
    struct archive_body body = {.file = f, .at = at + TAR_BLOCK};
    const struct byte_sink sink = {.write_at = write_body, .ctx = &body};

    return write_member_header(f, name, what->size, at, err) < 0
               ? -1
               : local_fetch_blob(bytes, what, NULL, &sink, err);
}

int
archive_file_publish(struct archive_file *f, struct err *err)
{
    return output_publish(&f->output, err);
}
