/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "io/file/file_tree.h"

#include "base/mem.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static void
close_folder(DIR **dir)
{
    if (*dir)
        closedir(*dir);
}

static int list_below(struct file_tree *out, const char *folder, unsigned level,
                      struct err *err);

static int
list_entry(struct file_tree *out, const char *folder, const char *name, unsigned level,
           struct err *err)
{
    size_t len = strlen(folder);
    CLEANUP(mem_free_string)
    char *path =
        xasprintf("%s%s%s", folder, len > 0 && folder[len - 1] == '/' ? "" : "/", name);
    struct stat st;

    if (lstat(path, &st) < 0)
        return errno == ENOENT ? 0 : err_errno(err, "%s", path);
    if (S_ISDIR(st.st_mode))
        return list_below(out, path, level + 1, err);
    if (S_ISLNK(st.st_mode) && stat(path, &st) < 0)
        return 0; /* leads nowhere */
    if (!S_ISREG(st.st_mode))
        return 0;
    if (out->count == FILE_TREE_MAX)
        return err_set(err, ERR_LIMIT, "more than %d files", FILE_TREE_MAX);
    out->paths = mem_grow(out->paths, out->count, &out->cap, sizeof(*out->paths));
    out->paths[out->count++] = path;
    path = NULL;
    return 0;
}

static int
list_below(struct file_tree *out, const char *folder, unsigned level, struct err *err)
{
    CLEANUP(close_folder) DIR *dir = opendir(folder);
    const struct dirent *e;

    if (!dir)
        return err_errno(err, "%s", folder);
    if (level > FILE_TREE_LEVELS_MAX)
        return err_set(err, ERR_LIMIT, "%s: more than %d levels of folders", folder,
                       FILE_TREE_LEVELS_MAX);
    for (;;) {
        errno = 0;
        e = readdir(dir);
        if (!e)
            return errno != 0 ? err_errno(err, "%s", folder) : 0;
        if (e->d_name[0] != '.' && list_entry(out, folder, e->d_name, level, err) < 0)
            return -1;
    }
}

static int
compare_tree_paths(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

int
file_tree_list(struct file_tree *out, const char *folder, struct err *err)
{
    if (list_below(out, folder, 1, err) < 0)
        return -1;
    if (out->count > 0)
        qsort(out->paths, out->count, sizeof(*out->paths), compare_tree_paths);
    return 0;
}

void
file_tree_release(struct file_tree *tree)
{
    for (size_t i = 0; i < tree->count; i++)
        free(tree->paths[i]);
    free(tree->paths);
}
