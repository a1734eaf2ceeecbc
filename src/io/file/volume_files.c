/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "io/file/volume_files.h"

#include "base/mem.h"
#include "base/text.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

enum { DIGITS_MIN = 3, DIGITS_MAX = 4 };

void
volume_files_release(struct volume_files *s)
{
    for (size_t i = 0; i < s->count; i++)
        free(s->items[i].path);
    free(s->items);
    *s = (struct volume_files)VOLUME_FILES_INIT;
}

void
volume_files_add(struct volume_files *s, size_t number, const char *path)
{
    s->items = mem_grow(s->items, s->count, &s->cap, sizeof(*s->items));
    s->items[s->count++] = (struct volume_file){.number = number, .path = xstrdup(path)};
}

char *
volume_name(const char *name, size_t number, size_t count)
{
    return xasprintf("%s.%0*zu", name, count > 999 ? DIGITS_MAX : DIGITS_MIN, number);
}

size_t
volume_number(const char *path, size_t *stem)
{
    const char *dot = strrchr(path, '.'), *digits = dot ? dot + 1 : "";
    size_t len = strlen(digits), number = 0;

    if (len < DIGITS_MIN || len > DIGITS_MAX || strchr(digits, '/'))
        return 0;
    for (size_t i = 0; i < len; i++) {
        if (!text_is_digit(digits[i]))
            return 0;
        number = 10 * number + (size_t)(digits[i] - '0');
    }
    *stem = (size_t)(dot - path);
    return number;
}

static int
by_number(const void *a, const void *b)
{
    const struct volume_file *x = a, *y = b;

    return (x->number > y->number) - (x->number < y->number);
}

void
volume_files_sort(struct volume_files *s)
{
    if (s->count > 0)
        qsort(s->items, s->count, sizeof(*s->items), by_number);
}

void
volume_files_find(struct volume_files *s, const char *path, size_t len)
{
    CLEANUP(mem_free_string) char *name = xstrndup(path, len), *folder = NULL;
    const char *slash = strrchr(name, '/'), *base = slash ? slash + 1 : name;
    struct dirent *entry;
    DIR *dir;

    folder = slash ? xstrndup(name, (size_t)(slash + 1 - name)) : xstrdup("./");
    dir = opendir(folder);
    while (dir && (entry = readdir(dir))) {
        CLEANUP(mem_free_string) char *found = NULL;
        size_t stem, number = volume_number(entry->d_name, &stem);

        if (number == 0 || stem != strlen(base) ||
            strncmp(entry->d_name, base, stem) != 0)
            continue;
        found = xasprintf("%s%s", slash ? folder : "", entry->d_name);
        volume_files_add(s, number, found);
    }
    if (dir)
        closedir(dir);
    volume_files_sort(s);
}
