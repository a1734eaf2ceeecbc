/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "archive/oci_dir_writer.h"

#include "archive/layout_index.h"
#include "archive/oci_layout.h"
#include "base/mem.h"
#include "images/local_images.h"
#include "io/file/folder.h"
#include "io/file/output.h"
#include "oci/graph_walk.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

struct dir_writer {
    char *path;
    int fd; /* of the folder, with a lock; -1: it does not exist */
    struct target_images *images;
    struct buf old; /* index.json that was there */
};

static char *
path_of_blob(const struct dir_writer *w, const struct digest *digest)
{
    char hex[2 * DIGEST_RAW_MAX + 1];

    digest_hex(digest, hex);
    return xasprintf("%s/blobs/sha256/%s", w->path, hex);
}

/* ---- begin ---- */

static int
make_folder(const char *path, struct err *err)
{
    struct stat st;

    if (mkdir(path, 0777) == 0)
        return 0;
    if (errno != EEXIST)
        return err_errno(err, "cannot create '%s'", path);
    if (lstat(path, &st) < 0)
        return err_errno(err, "cannot examine '%s'", path);
    return S_ISDIR(st.st_mode) ? 0
                               : err_set(err, ERR_USAGE, "'%s' is not a folder", path);
}

static int
make_folders(const struct dir_writer *w, struct err *err)
{
    CLEANUP(mem_free_string) char *blobs = xasprintf("%s/blobs", w->path);
    CLEANUP(mem_free_string) char *sha256 = xasprintf("%s/sha256", blobs);

    return make_folder(blobs, err) < 0 || make_folder(sha256, err) < 0 ? -1 : 0;
}

static int
lock_folder(struct dir_writer *w, struct err *err)
{
    w->fd = open(w->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (w->fd < 0)
        return err_errno(err, "cannot open '%s'", w->path);
    if (flock(w->fd, LOCK_EX | LOCK_NB) == 0)
        return 0;
    return errno == EWOULDBLOCK
               ? err_set(err, ERR_CONFLICT, "another run is writing to '%s'", w->path)
               : err_errno(err, "cannot lock '%s'", w->path);
}

/* A file of the layout; empty without one. */
static int
read_file_there(const struct dir_writer *w, const char *name, struct buf *out,
                struct err *err)
{
    CLEANUP(file_close) int folder = -1;
    CLEANUP(file_close) int fd = -1;
    struct err why = ERR_INIT;
    uint64_t size;

    folder = folder_open(w->path, &why);
    if (folder >= 0)
        fd = folder_open_file(folder, name, &size, &why);
    if (fd >= 0)
        return file_slurp_fd(fd, name, out, err);
    if (why.kind == ERR_NOT_FOUND)
        return 0;
    *err = why;
    return -1;
}

/* A layout of another version is not changed. */
static int
read_layout(struct dir_writer *w, struct err *err)
{
    CLEANUP(buf_release) struct buf version = BUF_INIT(LAYOUT_FILE_MAX);

    if (read_file_there(w, "oci-layout", &version, err) < 0 ||
        (version.len > 0 && layout_file_check(&version, err) < 0))
        return -1;
    return read_file_there(w, "index.json", &w->old, err);
}

/* A folder of other files does not become a layout. */
static int
check_kind(const struct dir_writer *w, struct err *err)
{
    DIR *dir = opendir(w->path);
    bool is_layout = w->old.len > 0, is_empty = true;
    const struct dirent *e;

    if (!dir)
        return err_errno(err, "cannot read '%s'", w->path);
    while (!is_layout && (e = readdir(dir))) {
        is_layout =
            strcmp(e->d_name, "blobs") == 0 || strcmp(e->d_name, "oci-layout") == 0;
        is_empty &= strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0;
    }
    closedir(dir);
    return is_layout || is_empty
               ? 0
               : err_set(err, ERR_USAGE, "'%s' is not empty, and not an OCI layout",
                         w->path);
}

/* Killed runs leave them; this run has the lock, so no other one is writing. */
static void
remove_partials(const struct dir_writer *w)
{
    CLEANUP(mem_free_string) char *path = xasprintf("%s/blobs/sha256", w->path);
    DIR *dir = opendir(path);
    const struct dirent *e;

    while (dir && (e = readdir(dir))) {
        if (strspn(e->d_name, "0123456789abcdef") == 64 &&
            strcmp(e->d_name + 64, ".partial") == 0)
            unlinkat(dirfd(dir), e->d_name, 0);
    }
    if (dir)
        closedir(dir);
}

/* For what is not there by its size. */
static int
check_space(const struct dir_writer *w, struct err *err)
{
    const struct graph *g = w->images->set->graph;
    const uint32_t *ids = graph_order(g);
    const struct output folder = {.fd = w->fd, .path = w->path, .partial = w->path};
    uint64_t sum = 0, largest = 0;

    for (size_t i = 0; i < graph_member_count(g); i++) {
        const struct graph_object *o = graph_object(g, ids[i]);
        CLEANUP(mem_free_string) char *path = path_of_blob(w, &o->digest);
        struct stat st;

        if (lstat(path, &st) == 0 && (uint64_t)st.st_size == o->size)
            continue;
        sum += o->size;
        largest = o->size > largest ? o->size : largest;
    }
    return output_check_room(&folder, 1, sum, largest, err);
}

static int
begin_dir(void *ctx, struct target_images *images, struct err *err)
{
    struct dir_writer *w = ctx;

    w->images = images;
    if (images->is_dry_run)
        return read_layout(w, err) < 0 ? -1 : layout_index_compare(images, &w->old, err);
    if (make_folder(w->path, err) < 0 || lock_folder(w, err) < 0 ||
        read_layout(w, err) < 0 || check_kind(w, err) < 0 ||
        layout_index_compare(images, &w->old, err) < 0 || make_folders(w, err) < 0)
        return -1;
    remove_partials(w);
    return check_space(w, err);
}

/* ---- objects ---- */

static ssize_t
read_written(void *ctx, void *out, size_t len, uint64_t offset, struct err *err)
{
    return file_read_at(*(const int *)ctx, out, len, offset, err);
}

static int
ignore_bytes(void *ctx, uint64_t offset, const void *bytes, size_t len, struct err *err)
{
    (void)ctx;
    (void)offset;
    (void)bytes;
    (void)len;
    (void)err;
    return 0;
}

/* A file of the right size is read, as what it holds counts. */
static int
has_dir_blob(void *ctx, const struct image_object *what, struct err *err)
{
    const struct dir_writer *w = ctx;
    const struct byte_sink nowhere = {.write_at = ignore_bytes};
    CLEANUP(mem_free_string) char *path = path_of_blob(w, what->digest);
    CLEANUP(file_close)
    int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    struct byte_source there = {.read_at = read_written, .ctx = &fd};
    struct stat st;
    struct err why = ERR_INIT;

    if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
        return 0;
    there.size = (uint64_t)st.st_size;
    if (local_fetch_blob(&there, what, NULL, &nowhere, &why) == 0)
        return 1;
    if (why.kind == ERR_INTEGRITY)
        return 0; /* it is written again */
    *err = why;
    return -1;
}

static int
write_to_output(void *ctx, uint64_t offset, const void *bytes, size_t len,
                struct err *err)
{
    const struct output *out = ctx;

    return file_write_at(out->fd, bytes, len, offset, err);
}

static int
put_dir_blob(void *ctx, const struct image_object *what, const struct byte_source *bytes,
             struct err *err)
{
    const struct dir_writer *w = ctx;
    CLEANUP(mem_free_string) char *path = path_of_blob(w, what->digest);
    CLEANUP(output_release) struct output out = OUTPUT_INIT;
    const struct byte_sink sink = {.write_at = write_to_output, .ctx = &out};

    if (output_open(&out, path, true, err) < 0 ||
        local_fetch_blob(bytes, what, NULL, &sink, err) < 0)
        return -1;
    return output_publish(&out, err);
}

/* ---- the end ---- */

/* Other programs do not take the lock: what they changed since begin() stays. */
static int
follow_changes(struct dir_writer *w, struct err *err)
{
    struct buf now = BUF_INIT(OCI_LAYOUT_INDEX_MAX);

    if (read_file_there(w, "index.json", &now, err) < 0) {
        buf_release(&now);
        return -1;
    }
    buf_release(&w->old);
    w->old = now;
    return layout_index_compare(w->images, &w->old, err);
}

static int
finish_dir(void *ctx, struct err *err)
{
    struct dir_writer *w = ctx;
    CLEANUP(buf_release) struct buf index = BUF_INIT(OCI_LAYOUT_INDEX_MAX);
    CLEANUP(mem_free_string) char *layout = xasprintf("%s/oci-layout", w->path);
    CLEANUP(mem_free_string) char *path = xasprintf("%s/index.json", w->path);

    if (follow_changes(w, err) < 0 ||
        layout_index_make(w->images, &w->old, &index, err) < 0)
        return -1;
    if (index.len == w->old.len && memcmp(index.data, w->old.data, index.len) == 0)
        return 0;
    if (file_put(layout, layout_file, strlen(layout_file), 0666, false, err) < 0)
        return -1;
    return file_put(path, index.data, index.len, 0666, false, err);
}

static void
close_dir(void *ctx)
{
    struct dir_writer *w = ctx;

    file_close(&w->fd);
    buf_release(&w->old);
    free(w->path);
    free(w);
}

void
oci_dir_target(struct image_target *out, const char *path)
{
    struct dir_writer *w = xcalloc(1, sizeof(*w));

    *w = (struct dir_writer){
        .path = xstrdup(path), .fd = -1, .old = BUF_INIT(OCI_LAYOUT_INDEX_MAX)};
    *out = (struct image_target){.ctx = w,
                                 .begin = begin_dir,
                                 .has = has_dir_blob,
                                 .put = put_dir_blob,
                                 .finish = finish_dir,
                                 .close = close_dir};
}
