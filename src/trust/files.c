/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "trust/files.h"

#include "base/mem.h"
#include "base/text.h"

#include <string.h>

static const char *
find_file(const struct store_files *files, const char *name)
{
    for (size_t i = 0; i < files->count; i++) {
        if (strcmp(files->over[i].name, name) == 0)
            return files->over[i].text;
    }
    return NULL;
}

char *
store_files_path(const struct store_files *files, const char *name)
{
    return files->dir && !find_file(files, name) ? xasprintf("%s/%s", files->dir, name)
                                                 : xstrdup(name);
}

int
store_files_read(const struct store_files *files, const char *name, struct buf *out,
                 struct err *err)
{
    CLEANUP(mem_free_string) char *path = store_files_path(files, name);
    const char *text = find_file(files, name);

    if (text)
        return buf_add_text(out, text) < 0
                   ? err_set(err, ERR_LIMIT, "'%s' exceeds its maximum size", path)
                   : 0;
    if (files->dir)
        return secure_dir_slurp(path, out, err);
    return err_set(err, ERR_NOT_FOUND, "'%s' does not exist", name);
}

/* The name relative to that folder, or NULL. */
static const char *
name_in(const char *name, const char *folder, const char *suffix)
{
    size_t len = strlen(folder), n = strlen(suffix);
    const char *rest = text_starts(name, folder) ? name + len : "";

    if (rest[0] != '/' || strchr(rest + 1, '/') || strlen(rest + 1) <= n ||
        strcmp(rest + strlen(rest) - n, suffix) != 0)
        return NULL;
    return rest + 1;
}

static bool
has_name(const struct secure_dir_names *names, const char *name)
{
    size_t i = 0;

    while (i < names->count && strcmp(names->items[i], name) != 0)
        i++;
    return i < names->count;
}

int
store_files_list(const struct store_files *files, const char *folder, const char *suffix,
                 struct secure_dir_names *out, struct err *err)
{
    CLEANUP(mem_free_string) char *path = store_files_path(files, folder);
    struct err why = ERR_INIT;
    /* Key files are selected by suffix; in a folder that is read whole no file is
     * skipped, or a hidden revocation list would not revoke. */
    bool is_whole = suffix[0] == '\0';

    if (files->dir &&
        (is_whole ? secure_dir_list_hidden : secure_dir_list)(out, path, suffix, &why) <
            0 &&
        why.kind != ERR_NOT_FOUND) {
        *err = why;
        return -1;
    }
    for (size_t i = 0; i < files->count; i++) {
        const char *name = name_in(files->over[i].name, folder, suffix);

        if (!name || has_name(out, name))
            continue;
        if (out->count == SECURE_DIR_NAMES_MAX)
            return err_set(err, ERR_LIMIT, "'%s' would contain more than %d files", path,
                           SECURE_DIR_NAMES_MAX);
        secure_dir_names_add(out, name);
    }
    return 0;
}
