/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "io/file/secure_dir.h"

#include "base/mem.h"
#include "io/file/file.h"
#include "io/file/secure_open.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int
secure_dir_slurp(const char *path, struct buf *out, struct err *err)
{
    CLEANUP(file_close) int fd = -1;
    struct stat st;

    fd = secure_dir_open(path, 2, O_RDONLY, err);
    if (fd < 0)
        return -1;
    if (fstat(fd, &st) < 0)
        return err_errno(err, "cannot examine '%s'", path);
    if (!S_ISREG(st.st_mode))
        return err_set(err, ERR_USAGE, "'%s' is not a regular file", path);
    return file_slurp_fd(fd, path, out, err);
}

/* ---- listing ---- */

static bool
ends_with(const char *name, const char *suffix)
{
    size_t len = strlen(name), n = strlen(suffix);

    return len > n && strcmp(name + len - n, suffix) == 0;
}

static int
compare_names(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

void
secure_dir_names_add(struct secure_dir_names *names, const char *name)
{
    names->items = mem_grow(names->items, names->count, &names->cap, sizeof(char *));
    names->items[names->count++] = xstrdup(name);
}

static int
collect_names(struct secure_dir_names *out, DIR *dir, const char *path,
              const char *suffix, bool with_hidden, struct err *err)
{
    const struct dirent *entry;

    for (errno = 0; (entry = readdir(dir)); errno = 0) {
        if ((entry->d_name[0] == '.' && !with_hidden) ||
            !ends_with(entry->d_name, suffix))
            continue;
        if (out->count == SECURE_DIR_NAMES_MAX)
            return err_set(err, ERR_LIMIT, "'%s' contains more than %d files", path,
                           SECURE_DIR_NAMES_MAX);
        secure_dir_names_add(out, entry->d_name);
    }
    if (errno != 0)
        return err_errno(err, "cannot read the folder '%s'", path);
    if (out->count > 0)
        qsort(out->items, out->count, sizeof(char *), compare_names);
    return 0;
}

int
secure_dir_check(const char *path, struct err *err)
{
    CLEANUP(file_close) int fd = secure_dir_open(path, 1, O_RDONLY | O_DIRECTORY, err);

    return fd < 0 ? -1 : 0;
}

/* Closes dir. */
static int
list_folder(struct secure_dir_names *out, DIR *dir, const char *path, const char *suffix,
            bool with_hidden, struct err *err)
{
    int rc = collect_names(out, dir, path, suffix, with_hidden, err);

    closedir(dir);
    if (rc < 0)
        secure_dir_names_release(out);
    return rc;
}

static int
list_safe(struct secure_dir_names *out, const char *path, const char *suffix,
          bool with_hidden, struct err *err)
{
    int fd = secure_dir_open(path, 1, O_RDONLY | O_DIRECTORY, err);
    DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;

    if (fd < 0)
        return -1;
    if (dir)
        return list_folder(out, dir, path, suffix, with_hidden, err);
    err_errno(err, "cannot open the folder '%s'", path);
    file_close(&fd);
    return -1;
}

int
secure_dir_list(struct secure_dir_names *out, const char *path, const char *suffix,
                struct err *err)
{
    return list_safe(out, path, suffix, false, err);
}

int
secure_dir_list_hidden(struct secure_dir_names *out, const char *path, const char *suffix,
                       struct err *err)
{
    return list_safe(out, path, suffix, true, err);
}

int
secure_dir_list_any(struct secure_dir_names *out, const char *path, const char *suffix,
                    struct err *err)
{
    DIR *dir = opendir(path);
    bool is_absent = !dir && errno == ENOENT;

    if (dir)
        return list_folder(out, dir, path, suffix, false, err);
    err_errno(err, "cannot open the folder '%s'", path);
    if (is_absent)
        err->kind = ERR_NOT_FOUND;
    return -1;
}

void
secure_dir_names_release(struct secure_dir_names *names)
{
    for (size_t i = 0; i < names->count; i++)
        free(names->items[i]);
    free(names->items);
    *names = (struct secure_dir_names)SECURE_DIR_NAMES_INIT;
}

/* ---- creating ---- */

int
secure_dir_make(const char *path, struct err *err)
{
    CLEANUP(mem_free_string) char *copy = xstrdup(path);

    for (char *p = copy + 1; *p != '\0'; p++) {
        if (*p != '/')
            continue;
        *p = '\0';
        if (mkdir(copy, 0755) < 0 && errno != EEXIST)
            return err_errno(err, "cannot create the folder '%s'", copy);
        *p = '/';
    }
    if (mkdir(copy, 0755) < 0 && errno != EEXIST)
        return err_errno(err, "cannot create the folder '%s'", copy);
    return 0;
}
