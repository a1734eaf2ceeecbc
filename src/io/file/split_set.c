/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "io/file/split_set.h"

#include "base/mem.h"
#include "base/text.h"
#include "io/file/file.h"

#include <string.h>

/* ---- suffixes ---- */

enum { SUFFIX_MAX = 4 };

/* A kind of suffix: so many characters, counting up from the first one. */
struct split_kind {
    char first; /* 'a' or '0' */
    size_t len;
    size_t origin; /* the number of the first piece: 1 for -d from 1 */
};

static const struct split_kind kinds[] = {
    {'a', 3, 0}, {'a', 2, 0}, {'0', 2, 0}, {'0', 3, 0}, {'0', 4, 0}, {'0', 2, 1},
};

static size_t
base_of(const struct split_kind *k)
{
    return k->first == 'a' ? 26 : 10;
}

static void
make_suffix(const struct split_kind *k, size_t number, char out[SUFFIX_MAX + 1])
{
    out[k->len] = '\0';
    for (size_t i = k->len; i-- > 0; number /= base_of(k))
        out[i] = (char)(k->first + (char)(number % base_of(k)));
}

/* Whether digits would run on before the suffix: .001 is no 01. */
static bool
is_cut_number(const struct split_kind *k, const char *path, size_t len)
{
    return k->first == '0' && len > 0 && text_is_digit(path[len - 1]);
}

/* The number that a path ends with; false when it has no suffix of that kind. */
static bool
read_suffix(const struct split_kind *k, const char *path, size_t *number)
{
    size_t len = strlen(path), n = 0;

    if (len < k->len || is_cut_number(k, path, len - k->len))
        return false;
    for (size_t i = len - k->len; i < len; i++) {
        if (path[i] < k->first || (size_t)(path[i] - k->first) >= base_of(k))
            return false;
        n = n * base_of(k) + (size_t)(path[i] - k->first);
    }
    *number = n;
    return true;
}

/* ---- pieces ---- */

bool
split_set_is_beginning(const char *path)
{
    static const char name[] = "oci-layout";
    CLEANUP(file_close) int fd = -1;
    char start[sizeof(name)];
    uint64_t size;

    fd = file_open_regular(path, &size, err_ignored());
    return fd >= 0 &&
           file_read_at(fd, start, sizeof(start), 0, err_ignored()) ==
               (ssize_t)sizeof(start) &&
           memcmp(start, name, sizeof(start)) == 0;
}

/* How many pieces can have such names. */
static size_t
most_pieces(const struct split_kind *k)
{
    size_t most = 1;

    for (size_t i = 0; i < k->len; i++)
        most *= base_of(k);
    most -= k->origin;
    return most < VOLUMES_MAX ? most : VOLUMES_MAX;
}

static char *
piece_path(const struct split_kind *k, const char *prefix, size_t number)
{
    char suffix[SUFFIX_MAX + 1];

    make_suffix(k, k->origin + number - 1, suffix);
    return xasprintf("%s%s", prefix, suffix);
}

/* All pieces from the first up to the first that is missing. */
static bool
find_pieces(struct volume_files *out, const struct split_kind *k, const char *prefix)
{
    CLEANUP(mem_free_string) char *first = piece_path(k, prefix, 1);
    CLEANUP(mem_free_string) char *second = piece_path(k, prefix, 2);

    if (is_cut_number(k, prefix, strlen(prefix)) || !file_is_regular(first) ||
        !file_is_regular(second) || !split_set_is_beginning(first) ||
        split_set_is_beginning(second))
        return false;
    for (size_t n = 1; n <= most_pieces(k); n++) {
        CLEANUP(mem_free_string) char *path = piece_path(k, prefix, n);

        if (!file_is_regular(path))
            break;
        volume_files_add(out, n, path);
    }
    return true;
}

bool
split_set_find(struct volume_files *out, const char *path)
{
    bool is_file = file_is_regular(path);
    size_t number;

    for (size_t i = 0; i < COUNT_OF(kinds); i++) {
        const struct split_kind *k = &kinds[i];
        CLEANUP(mem_free_string)
        char *prefix = is_file && read_suffix(k, path, &number)
                           ? xstrndup(path, strlen(path) - k->len)
                           : NULL;
        CLEANUP(mem_free_string) char *dotted = is_file ? NULL : xasprintf("%s.", path);

        if (is_file ? prefix && find_pieces(out, k, prefix)
                    : find_pieces(out, k, path) || find_pieces(out, k, dotted))
            return true;
    }
    return false;
}

bool
split_set_number(struct volume_files *out, const char *const *paths, size_t count)
{
    for (size_t i = 0; i < COUNT_OF(kinds); i++) {
        const struct split_kind *k = &kinds[i];
        bool has_first = false, fits = true;
        size_t number;

        for (size_t n = 0; n < count && fits; n++) {
            fits = read_suffix(k, paths[n], &number) && number >= k->origin;
            has_first |= fits && number == k->origin;
        }
        if (!fits || !has_first)
            continue;
        for (size_t n = 0; n < count; n++) {
            (void)read_suffix(k, paths[n], &number);
            volume_files_add(out, number - k->origin + 1, paths[n]);
        }
        return true;
    }
    return false;
}
