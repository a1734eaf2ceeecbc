/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "io/file/output_volumes.h"

#include "base/buf.h"
#include "base/libc_gaps.h"
#include "base/mem.h"
#include "io/file/output.h"
#include "io/file/volume_set.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LIST_MAX = 240 }; /* bytes of names in a message */

char *
output_volume_path(const struct output_volumes *v, const char *stem, size_t number)
{
    CLEANUP(mem_free_string) char *name = xasprintf("%s%s", v->path, stem);

    return volume_name(name, number, v->count);
}

static void
find_beyond(const struct output_volumes *v, const char *stem, struct volume_files *files)
{
    CLEANUP(mem_free_string) char *name = xasprintf("%s%s", v->path, stem);

    volume_files_find(files, name, strlen(name));
}

/* A number has several names, .001 and .0001: only one of them belongs to a set. */
static bool
is_own(const struct output_volumes *v, const char *stem, const struct volume_file *file)
{
    CLEANUP(mem_free_string) char *path = output_volume_path(v, stem, file->number);

    return file->number <= v->count && strcmp(path, file->path) == 0;
}

/* ---- a run that was killed between two renames ---- */

static bool
has_size(const char *path, uint64_t least, uint64_t most)
{
    struct stat st;

    return lstat(path, &st) == 0 && S_ISREG(st.st_mode) &&
           (uint64_t)st.st_size >= least && (uint64_t)st.st_size <= most;
}

/* Whether they are numbered consecutively from first on and have that size; the very last
 * may be shorter. */
static bool
are_in_a_row(const struct volume_file *files, size_t count, size_t first, uint64_t size,
             bool is_end)
{
    for (size_t i = 0; i < count; i++) {
        bool is_last = is_end && i + 1 == count;

        if (files[i].number != first + i ||
            !has_size(files[i].path, is_last ? 1 : size, size))
            return false;
    }
    return count > 0;
}

size_t
output_volumes_halfway(const struct output_volumes *v, const char *stem)
{
    CLEANUP(volume_files_release) struct volume_files named = VOLUME_FILES_INIT;
    CLEANUP(volume_files_release) struct volume_files begun = VOLUME_FILES_INIT;
    struct stat st;
    size_t older = 0, first;

    find_beyond(v, "", &named);
    find_beyond(v, stem, &begun);
    first = begun.count + 1;
    while (older < named.count && named.items[older].number < first)
        older++;
    if (begun.count == 0 || lstat(begun.items[0].path, &st) < 0 ||
        !are_in_a_row(begun.items, begun.count, 1, (uint64_t)st.st_size, false) ||
        !are_in_a_row(named.items + older, named.count - older, first,
                      (uint64_t)st.st_size, true))
        return 0;
    return first;
}

void
output_volumes_take_back(const struct output_volumes *v, const char *stem, size_t first)
{
    CLEANUP(volume_files_release) struct volume_files named = VOLUME_FILES_INIT;

    find_beyond(v, "", &named);
    for (size_t i = 0; i < named.count; i++) {
        const char *path = named.items[i].path;
        CLEANUP(mem_free_string)
        char *partial = xasprintf("%s%s%s", v->path, stem, strrchr(path, '.'));

        if (named.items[i].number >= first)
            renameat2(AT_FDCWD, path, AT_FDCWD, partial, RENAME_NOREPLACE);
    }
}

/* ---- conflicting files ---- */

/* List the names of files of other sets, as far as they fit into a message. */
static size_t
list_others(const struct output_volumes *v, const struct volume_files *named,
            struct buf *list)
{
    size_t others = 0, listed = 0;

    for (size_t i = 0; i < named->count; i++) {
        if (is_own(v, "", &named->items[i]))
            continue;
        if (listed == others++ &&
            buf_addf(list, "%s'%s'", listed > 0 ? ", " : "", named->items[i].path) == 0)
            listed++;
    }
    if (listed == 0 && others > 0)
        (void)!buf_add_text(list, "volumes of a longer set");
    else if (listed < others)
        (void)!buf_addf(list, " and %zu more", others - listed);
    return others;
}

static int
check_others(const struct output_volumes *v, const struct volume_files *named,
             struct err *err)
{
    CLEANUP(buf_release) struct buf list = BUF_INIT(LIST_MAX);
    size_t others = list_others(v, named, &list);

    if (others == 0)
        return 0;
    return err_because(
        err, ERR_CONFLICT, REASON_EXISTS,
        "%s exist%s and would be read as part of this bundle, which has %zu volume%s",
        list.data, others == 1 ? "s" : "", v->count, v->count == 1 ? "" : "s");
}

int
output_volumes_check_others(const struct output_volumes *v, struct err *err)
{
    CLEANUP(volume_files_release) struct volume_files named = VOLUME_FILES_INIT;

    find_beyond(v, "", &named);
    return check_others(v, &named, err);
}

int
output_volumes_check(const struct output_volumes *v, struct err *err)
{
    CLEANUP(volume_files_release) struct volume_files named = VOLUME_FILES_INIT;
    size_t unfinished = output_volumes_halfway(v, ".partial");

    if (unfinished == 0)
        unfinished = output_volumes_halfway(v, ".partial.new");
    find_beyond(v, "", &named);
    for (size_t i = 0; i < named.count; i++) {
        const struct volume_file *file = &named.items[i];

        if (unfinished > 0 && file->number >= unfinished)
            break;
        if ((v->replace || is_own(v, "", file)) &&
            output_check(file->path, v->replace, err) < 0)
            return -1;
    }
    return v->replace || unfinished > 0 ? 0 : check_others(v, &named, err);
}

int
output_volumes_remove_others(const struct output_volumes *v,
                             struct secure_dir_names *removed, struct err *err)
{
    CLEANUP(volume_files_release) struct volume_files named = VOLUME_FILES_INIT;

    find_beyond(v, "", &named);
    for (size_t i = 0; i < named.count; i++) {
        const char *path = named.items[i].path;

        if (is_own(v, "", &named.items[i]))
            continue;
        if (unlink(path) < 0)
            return err_errno(err, "cannot remove '%s'", path);
        secure_dir_names_add(removed, path);
    }
    return 0;
}

void
output_volumes_sweep(const struct output_volumes *v, const char *stem, bool all)
{
    CLEANUP(volume_files_release) struct volume_files begun = VOLUME_FILES_INIT;

    find_beyond(v, stem, &begun);
    for (size_t i = 0; i < begun.count; i++) {
        if (all || !is_own(v, stem, &begun.items[i]))
            unlink(begun.items[i].path);
    }
}
