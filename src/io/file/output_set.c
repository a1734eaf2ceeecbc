/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "io/file/output_set.h"

#include "base/mem.h"
#include "io/file/file.h"
#include "io/file/output.h"
#include "io/file/output_volumes.h"
#include "io/file/volume_set.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct output_volumes
volumes_named(const struct output_set *out)
{
    return (struct output_volumes){
        .path = out->path, .count = out->count, .replace = out->replace};
}

int
output_set_check(const char *path, bool in_volumes, bool replace, struct err *err)
{
    CLEANUP(mem_free_string) char *first = in_volumes ? volume_name(path, 1, 1) : NULL;

    return output_check(first ? first : path, replace, err);
}

static int
open_volume(struct output_set *out, size_t i, struct err *err)
{
    const struct output_volumes named = volumes_named(out);
    CLEANUP(mem_free_string) char *path = output_volume_path(&named, "", i + 1);
    CLEANUP(mem_free_string) char *partial = output_volume_path(&named, out->stem, i + 1);
    const char *slash = strrchr(partial, '/');

    return output_resume_as(&out->items[i], path, slash ? slash + 1 : partial,
                            out->replace, err);
}

/* Open all volumes from index `from`, counted from 0. */
static int
open_volumes(struct output_set *out, size_t from, struct err *err)
{
    for (size_t i = from; i < out->count; i++) {
        if (open_volume(out, i, err) < 0)
            return -1;
    }
    return 0;
}

static const char PARTIAL[] = ".partial", BESIDE[] = ".partial.new";

/* Remove what a run left that was killed while it had two files. */
static void
remove_beside(const struct output_set *out)
{
    const struct output_volumes named = volumes_named(out);
    CLEANUP(mem_free_string) char *one = xasprintf("%s%s", out->path, BESIDE);

    if (out->in_volumes)
        output_volumes_sweep(&named, BESIDE, true);
    else
        unlink(one);
}

static int
prepare_set(struct output_set *out, const char *path, uint64_t total, uint64_t cut,
            bool replace, const char *stem, struct err *err)
{
    uint64_t count = cut > 0 ? (total + cut - 1) / cut : 1;

    if (count > VOLUMES_MAX) {
        err_set(err, ERR_LIMIT,
                "that would be %" PRIu64 " volumes, but at most %d are supported", count,
                VOLUMES_MAX);
        return err_hint(err, "use larger volumes");
    }
    *out = (struct output_set){.count = (size_t)count,
                               .total = total,
                               .cut = cut > 0 ? cut : UINT64_MAX,
                               .in_volumes = cut > 0,
                               .replace = replace,
                               .stem = stem,
                               .path = xstrdup(path)};
    out->items = xcalloc(out->count, sizeof(*out->items));
    out->fds = xcalloc(out->count, sizeof(*out->fds));
    for (size_t i = 0; i < out->count; i++)
        out->items[i] = (struct output)OUTPUT_INIT;
    return 0;
}

/*
 * The lock on the unfinished first volume excludes other runs: only then are volumes that
 * already have their names renamed back.
 */
static int
resume_volumes(struct output_set *out, struct err *err)
{
    const struct output_volumes named = volumes_named(out);
    size_t first, beside;

    if (output_volumes_check(&named, err) < 0)
        return -1;
    first = output_volumes_halfway(&named, PARTIAL);
    beside = output_volumes_halfway(&named, BESIDE);
    if (open_volume(out, 0, err) < 0)
        return -1;
    if (first > 0)
        output_volumes_take_back(&named, PARTIAL, first);
    else if (beside > 0)
        output_volumes_take_back(&named, BESIDE, beside);
    return open_volumes(out, 1, err);
}

int
output_set_check_volumes(const char *path, uint64_t total, uint64_t cut, bool replace,
                         struct err *err)
{
    CLEANUP(output_set_release) struct output_set out = OUTPUT_SET_INIT;
    struct output_volumes named;

    if (cut == 0)
        return 0;
    if (prepare_set(&out, path, total, cut, replace, PARTIAL, err) < 0)
        return -1;
    named = volumes_named(&out);
    return output_volumes_check(&named, err);
}

int
output_set_open(struct output_set *out, const char *path, uint64_t total, uint64_t cut,
                bool replace, struct err *err)
{
    if (prepare_set(out, path, total, cut, replace, PARTIAL, err) < 0 ||
        file_require_descriptors(2 * out->count, err) < 0)
        return -1;
    if ((out->in_volumes ? resume_volumes(out, err)
                         : output_resume(out->items, path, replace, err)) < 0)
        return -1;
    remove_beside(out); /* now that the lock excludes other runs */
    return 0;
}

int
output_set_open_beside(struct output_set *out, const struct output_set *other,
                       uint64_t total, struct err *err)
{
    CLEANUP(mem_free_string) char *one = xasprintf("%s%s", other->path, BESIDE);
    const char *slash = strrchr(one, '/');

    if (prepare_set(out, other->path, total, other->in_volumes ? other->cut : 0,
                    other->replace, BESIDE, err) < 0 ||
        file_require_descriptors(2 * out->count + 3 * other->count, err) < 0)
        return -1;
    if (out->in_volumes
            ? open_volumes(out, 0, err) < 0
            : output_resume_as(out->items, other->path, slash ? slash + 1 : one,
                               out->replace, err) < 0)
        return -1;
    return output_set_restart(out, err);
}

static struct volumes
volumes_of(const struct output_set *out, uint64_t size)
{
    for (size_t i = 0; i < out->count; i++)
        out->fds[i] = out->items[i].fd;
    return (struct volumes){
        .fds = out->fds, .count = out->count, .cut = out->cut, .size = size};
}

struct volumes
output_set_volumes(const struct output_set *out)
{
    return volumes_of(out, out->total);
}

int
output_set_to_read(const struct output_set *out, const struct volumes *which,
                   struct volume_set *to_read, struct err *err)
{
    CLEANUP(volume_set_release) struct volume_set set = VOLUME_SET_INIT;

    set.fds = xcalloc(out->count, sizeof(*set.fds));
    for (size_t i = 0; i < out->count; i++) {
        int fd = fcntl(out->items[i].fd, F_DUPFD_CLOEXEC, 0);

        if (fd < 0)
            return err_errno(err, "cannot resume '%s%s'", out->path, out->stem);
        set.fds[set.count++] = fd;
    }
    set.volumes = *which;
    set.volumes.fds = set.fds;
    *to_read = set;
    set = (struct volume_set)VOLUME_SET_INIT;
    return 0;
}

/* The volumes up to the first that is not full; those after it must be empty. */
struct volumes
output_set_left(const struct output_set *out)
{
    uint64_t size = 0;
    size_t i = 0;

    while (i + 1 < out->count && out->items[i].left == out->cut)
        size += out->items[i++].left;
    size += out->items[i].left;
    while (++i < out->count) {
        if (out->items[i].left > 0)
            return volumes_of(out, 0);
    }
    return volumes_of(out, size);
}

bool
output_set_needs_order(const struct output_set *out)
{
    return output_needs_order(out->items);
}

int
output_set_restart(struct output_set *out, struct err *err)
{
    for (size_t i = 0; i < out->count; i++) {
        if (output_restart(&out->items[i], err) < 0)
            return -1;
    }
    return 0;
}

int
output_set_reserve(struct output_set *out, struct err *err)
{
    uint64_t left = out->total;

    if (output_check_room(out->items, out->count, out->total,
                          out->total < out->cut ? out->total : out->cut, err) < 0)
        return -1;
    for (size_t i = 0; i < out->count; i++) {
        uint64_t size = left < out->cut ? left : out->cut;

        if (output_reserve(&out->items[i], size, err) < 0)
            return -1;
        left -= size;
    }
    return 0;
}

static void
set_keep(struct output_set *out, bool keep)
{
    for (size_t i = 0; i < out->count; i++)
        out->items[i].keep = keep;
}

void
output_set_keep(struct output_set *out)
{
    set_keep(out, true);
}

void
output_set_discard(struct output_set *out)
{
    set_keep(out, false);
}

/* ---- publishing ---- */

static int
name_volumes(struct output_set *out, struct secure_dir_names *removed, struct err *err)
{
    const struct output_volumes named = volumes_named(out);
    CLEANUP(mem_free_string) char *first = output_volume_path(&named, "", 1);

    if (!out->replace && output_volumes_check_others(&named, err) < 0)
        return -1;
    /* Remove the first volume of an older set, so that volumes of both never look like
     * one set. */
    if (out->replace && unlink(first) < 0 && errno != ENOENT)
        return err_errno(err, "cannot replace '%s'", first);
    if (output_volumes_remove_others(&named, removed, err) < 0)
        return -1;
    output_volumes_sweep(&named, out->stem, false);
    for (size_t i = out->count; i-- > 0;) {
        if (output_name(&out->items[i], err) < 0)
            return -1;
    }
    return 0;
}

int
output_set_flush(struct output_set *out, struct err *err)
{
    for (size_t i = 0; i < out->count; i++) {
        if (output_flush(&out->items[i], err) < 0)
            return -1;
    }
    return 0;
}

int
output_set_publish(struct output_set *out, struct secure_dir_names *removed,
                   struct err *err)
{
    if ((out->in_volumes ? name_volumes(out, removed, err)
                         : output_name(out->items, err)) < 0)
        return -1;
    for (size_t i = 0; i < out->count; i++) {
        if (output_end(&out->items[i], err) < 0)
            return -1;
    }
    output_set_release(out);
    return 0;
}

void
output_set_find_left(const char *path, bool in_volumes, struct secure_dir_names *left)
{
    CLEANUP(volume_files_release) struct volume_files volumes = VOLUME_FILES_INIT;

    if (in_volumes) {
        if (file_is_regular(path))
            secure_dir_names_add(left, path);
        return;
    }
    volume_files_find(&volumes, path, strlen(path));
    for (size_t i = 0; i < volumes.count; i++)
        secure_dir_names_add(left, volumes.items[i].path);
}

void
output_set_release(struct output_set *out)
{
    for (size_t i = 0; i < out->count; i++)
        output_release(&out->items[i]);
    free(out->items);
    free(out->fds);
    free(out->path);
    *out = (struct output_set)OUTPUT_SET_INIT;
}
