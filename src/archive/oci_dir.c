/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "archive/oci_dir.h"

#include "archive/oci_layout.h"
#include "base/mem.h"
#include "io/file/file.h"
#include "io/file/folder.h"

#include <stdint.h>
#include <stdlib.h>

/* A descriptor is passed through a pointer: nothing else belongs to a file or folder. */
static int
descriptor_of(const void *ctx)
{
    return *(const int *)ctx;
}

static void *
keep_descriptor(int fd)
{
    int *kept = xmalloc(sizeof(*kept));

    *kept = fd;
    return kept;
}

static ssize_t
read_folder_file(void *ctx, void *out, size_t len, uint64_t offset, struct err *err)
{
    return file_read_at(descriptor_of(ctx), out, len, offset, err);
}

static int
open_folder_file(void *ctx, const char *name, struct byte_source *out, struct err *err)
{
    uint64_t size;
    int fd = folder_open_file(descriptor_of(ctx), name, &size, err);

    if (fd < 0)
        return -1;
    *out = (struct byte_source){
        .read_at = read_folder_file, .ctx = keep_descriptor(fd), .size = size};
    return 0;
}

static void
free_descriptor(void *ctx)
{
    int fd = descriptor_of(ctx);

    file_close(&fd);
    free(ctx);
}

static void
close_folder_file(struct byte_source *file)
{
    free_descriptor(file->ctx);
    file->ctx = NULL;
}

int
oci_dir_open(struct local_images *out, const char *path, struct err *err)
{
    struct layout_files files = {
        .open = open_folder_file, .close = close_folder_file, .free = free_descriptor};
    int fd = folder_open(path, err);

    if (fd < 0)
        return -1;
    files.ctx = keep_descriptor(fd);
    return oci_layout_open(out, &files, err);
}
