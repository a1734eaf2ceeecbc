/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "io/file/volume_set.h"

#include "base/buf.h"
#include "base/mem.h"
#include "base/text.h"
#include "io/file/file.h"
#include "io/file/split_set.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { LIST_MAX = 200 }; /* bytes of numbers in a message */

/* Report the missing volumes between those found: "volume 2", "volumes 2, 5 to 7". */
static int
missing_volume_error(const struct volume_files *s, struct err *err)
{
    struct buf list = BUF_INIT(LIST_MAX);
    size_t expected = 1, missing = 0;

    for (size_t i = 0; i < s->count; expected = s->items[i++].number + 1) {
        size_t last = s->items[i].number - 1;

        if (s->items[i].number == expected)
            continue;
        missing += last + 1 - expected;
        if (buf_addf(&list, last > expected ? "%s%zu to %zu" : "%s%zu",
                     list.len > 0 ? ", " : "", expected, last) < 0) {
            (void)!buf_add_text(&list, " ...");
            break;
        }
    }
    err_because(err, ERR_INTEGRITY, REASON_MISSING, "volume%s %s %s missing",
                missing == 1 ? "" : "s", list.data, missing == 1 ? "is" : "are");
    buf_release(&list);
    return err_hint(err, "put all volumes into one folder, or name them all");
}

/* Sort, and check that each number from 1 on occurs once. */
static int
check_numbers(struct volume_files *s, struct err *err)
{
    volume_files_sort(s);
    for (size_t i = 1; i < s->count; i++) {
        if (s->items[i].number == s->items[i - 1].number)
            return err_set(err, ERR_USAGE, "duplicate volume %zu: '%s' and '%s'",
                           s->items[i].number, s->items[i - 1].path, s->items[i].path);
    }
    if (s->items[s->count - 1].number != s->count)
        return missing_volume_error(s, err);
    return 0;
}

/* ---- opening ---- */

struct volume_set
volume_set_of_file(int fd, uint64_t size)
{
    struct volume_set set = {.volumes = volumes_of_file(fd, size), .count = 1};

    set.fds = xcalloc(1, sizeof(*set.fds));
    set.fds[0] = fd;
    return set;
}

typedef int open_fn(const char *path, uint64_t *size, struct err *err);

static int
open_one(struct volume_set *out, const char *path, open_fn *open_file, struct err *err)
{
    uint64_t size;
    int fd = open_file(path, &size, err);

    if (fd < 0)
        return -1;
    *out = volume_set_of_file(fd, size);
    return 0;
}

static int
size_error(const struct volume_file *f, enum err_reason reason, uint64_t size,
           uint64_t cut, struct err *err)
{
    err_because(err, ERR_INTEGRITY, reason,
                "volume %zu, '%s', has %" PRIu64 " bytes, the others have %" PRIu64,
                f->number, f->path, size, cut);
    return err_hint(err, "copy volume %zu again", f->number);
}

/* The size of most volumes is the size that all except the last must have. */
static uint64_t
usual_size(const uint64_t *sizes, size_t count)
{
    uint64_t best = sizes[0];
    size_t votes = 0;

    for (size_t i = 0; i + 1 < count; i++) { /* majority vote */
        if (votes == 0)
            best = sizes[i];
        votes += sizes[i] == best ? 1 : -(size_t)1;
    }
    return count == 2 && sizes[1] > best ? sizes[1] : best;
}

static int
check_sizes(const struct volume_files *s, const uint64_t *sizes, uint64_t cut,
            struct err *err)
{
    for (size_t i = 0; i < s->count; i++) {
        bool is_last = i + 1 == s->count;

        if (sizes[i] < cut && !is_last)
            return size_error(&s->items[i], REASON_TRUNCATED, sizes[i], cut, err);
        if (sizes[i] > cut)
            return size_error(&s->items[i], REASON_SIZE, sizes[i], cut, err);
    }
    return 0;
}

/* The sum of a few sparse files can exceed the range of an offset. */
static int
sum_sizes(const uint64_t *sizes, size_t count, uint64_t *sum, struct err *err)
{
    *sum = 0;
    for (size_t i = 0; i < count; i++) {
        if (sizes[i] > INT64_MAX - *sum)
            return err_set(err, ERR_LIMIT,
                           "the volumes exceed the maximum size of a file");
        *sum += sizes[i];
    }
    return 0;
}

static int
open_all(struct volume_set *out, const struct volume_files *s, open_fn *open_file,
         struct err *err)
{
    uint64_t *sizes = xcalloc(s->count, sizeof(*sizes)), cut, sum = 0;
    int rc = file_require_descriptors(s->count, err);

    out->fds = xcalloc(s->count, sizeof(*out->fds));
    out->paths = xcalloc(s->count, sizeof(char *));
    while (rc == 0 && out->count < s->count) {
        int fd = open_file(s->items[out->count].path, &sizes[out->count], err);

        rc = fd < 0 ? -1 : 0;
        if (rc < 0)
            break;
        out->paths[out->count] = xstrdup(s->items[out->count].path);
        out->fds[out->count++] = fd;
    }
    cut = usual_size(sizes, s->count);
    if (rc == 0)
        rc = check_sizes(s, sizes, cut, err);
    if (rc == 0)
        rc = sum_sizes(sizes, s->count, &sum, err);
    out->twins = volume_twins_new(s->count);
    out->volumes = (struct volumes){
        .fds = out->fds, .count = s->count, .cut = cut, .size = sum, .twins = out->twins};
    free(sizes);
    return rc;
}

static int
open_files(struct volume_set *out, struct volume_files *s, open_fn *open_file,
           struct err *err)
{
    return check_numbers(s, err) < 0 ? -1 : open_all(out, s, open_file, err);
}

/* Names of split(1) begin at 0 or aa: messages count from 1. */
static int
open_split_files(struct volume_set *out, struct volume_files *s, open_fn *open_file,
                 struct err *err)
{
    if (open_files(out, s, open_file, err) == 0)
        return 0;
    return err_wrap(err, "volumes counted from 1, which is '%s'", s->items[0].path);
}

/* One path: a file, any volume of a set, or the name of a set. */
static int
open_path(struct volume_set *out, const char *path, open_fn *open_file, struct err *err)
{
    CLEANUP(volume_files_release) struct volume_files s = VOLUME_FILES_INIT;
    size_t stem = strlen(path), number = volume_number(path, &stem);

    if (split_set_find(&s, path))
        return open_split_files(out, &s, open_file, err);
    if (number == 0 && open_one(out, path, open_file, err) == 0)
        return 0;
    if (number == 0 && err->kind != ERR_NOT_FOUND)
        return -1;
    volume_files_find(&s, path, stem);
    if (s.count == 0) /* not the name of a set either: keep the error */
        return number == 0 ? -1 : open_one(out, path, open_file, err);
    if (s.count == 1 && s.items[0].number > 1 &&
        split_set_is_beginning(s.items[0].path)) /* it only looks like a volume */
        return open_one(out, s.items[0].path, open_file, err);
    return open_files(out, &s, open_file, err);
}

static int
open_set(struct volume_set *out, const char *const *paths, size_t count,
         open_fn *open_file, struct err *err)
{
    CLEANUP(volume_files_release) struct volume_files s = VOLUME_FILES_INIT;
    size_t stem;

    if (count == 1)
        return open_path(out, paths[0], open_file, err);
    for (size_t i = 0; i < count; i++) {
        size_t number = volume_number(paths[i], &stem);

        if (number > 0) {
            volume_files_add(&s, number, paths[i]);
            continue;
        }
        volume_files_release(&s);
        if (split_set_number(&s, paths, count))
            return open_split_files(out, &s, open_file, err);
        return err_set(err, ERR_USAGE, "'%s' does not end with a volume number",
                       paths[i]);
    }
    return open_files(out, &s, open_file, err);
}

int
volume_set_open(struct volume_set *out, const char *const *paths, size_t count,
                struct err *err)
{
    return open_set(out, paths, count, file_open_regular, err);
}

int
volume_set_open_to_change(struct volume_set *out, const char *const *paths, size_t count,
                          struct err *err)
{
    return open_set(out, paths, count, file_open_to_change, err);
}

void
volume_set_release(struct volume_set *set)
{
    for (size_t i = 0; i < set->count; i++) {
        file_close(&set->fds[i]);
        if (set->paths)
            free(set->paths[i]);
    }
    free(set->fds);
    free(set->paths);
    volume_twins_free(set->twins);
    *set = (struct volume_set)VOLUME_SET_INIT;
}
