/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "archive/oci_archive.h"

#include "archive/oci_layout.h"
#include "base/mem.h"
#include "io/archive/tar_index.h"

#include <stdlib.h>

/* A member that is being read. */
struct layout_member {
    const struct tar_index *tar;
    const struct tar_member *member;
};

static ssize_t
read_layout_member(void *ctx, void *out, size_t len, uint64_t offset, struct err *err)
{
    const struct layout_member *m = ctx;

    return tar_index_read(m->tar, m->member, out, len, offset, err);
}

static int
open_layout_member(void *ctx, const char *name, struct byte_source *out, struct err *err)
{
    const struct tar_index *tar = ctx;
    const struct tar_member *found = tar_index_require(tar, name, err);
    struct layout_member *m;

    if (!found) {
        if (err->reason == REASON_MISSING) /* whether that matters depends on the name */
            return err_set(err, ERR_NOT_FOUND, "%s does not exist", name);
        return -1;
    }
    m = xcalloc(1, sizeof(*m));
    *m = (struct layout_member){.tar = tar, .member = found};
    *out = (struct byte_source){
        .read_at = read_layout_member, .ctx = m, .size = found->size};
    return 0;
}

static void
close_layout_member(struct byte_source *file)
{
    free(file->ctx);
    file->ctx = NULL;
}

static void
free_tar(void *ctx)
{
    tar_index_close(ctx);
}

int
oci_archive_open(struct local_images *out, const char *path, const char *work_dir,
                 struct run *run, struct err *err)
{
    struct layout_files files = {
        .open = open_layout_member, .close = close_layout_member, .free = free_tar};
    struct tar_index *tar;

    if (tar_index_open(&tar, path, work_dir, run, err) < 0)
        return -1;
    files.ctx = tar;
    return oci_layout_open(out, &files, err);
}
