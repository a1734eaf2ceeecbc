/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "cli/claims.h"

#include "base/mem.h"
#include "base/text.h"
#include "io/file/volume_set.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* ---- names ---- */

static bool
is_volume(const char *name, const char *stem)
{
    size_t len;

    return volume_number(name, &len) > 0 && len == strlen(stem) &&
           memcmp(name, stem, len) == 0;
}

static bool
is_signature(const char *name, const char *of)
{
    static const char suffix[] = ".sigstore.json";
    size_t len = strlen(name), skip = strlen(of);

    return text_starts(name, of) && name[skip] == '.' && len >= skip + strlen(suffix) &&
           strcmp(name + len - strlen(suffix), suffix) == 0;
}

static bool
covers(const struct claim *c, const char *name)
{
    switch (c->kind) {
    case CLAIM_NAME:
        return strcmp(name, c->name) == 0;
    case CLAIM_VOLUMES:
        return is_volume(name, c->name);
    case CLAIM_SIGNATURES:
        return is_signature(name, c->name);
    case CLAIM_FOLDER:
        break;
    }
    return true;
}

static bool
is_same_file(const struct file_id *a, const struct file_id *b)
{
    return a->device == b->device && a->inode == b->inode;
}

static bool
collide_by_name(const struct claim *a, const struct claim *b)
{
    if (!a->has_folder || !b->has_folder)
        return a->kind == b->kind && strcmp(a->path, b->path) == 0;
    if (!is_same_file(&a->folder, &b->folder))
        return false;
    if (a->kind == CLAIM_FOLDER || b->kind == CLAIM_FOLDER)
        return true;
    if (a->kind == CLAIM_NAME)
        return covers(b, a->name);
    if (b->kind == CLAIM_NAME)
        return covers(a, b->name);
    return a->kind == b->kind && strcmp(a->name, b->name) == 0;
}

/* ---- files ---- */

static void
add_id(struct claims *c, const struct stat *st)
{
    if (!S_ISREG(st->st_mode))
        return;
    c->ids = mem_grow(c->ids, c->id_count, &c->id_cap, sizeof(*c->ids));
    c->ids[c->id_count++] = (struct file_id){st->st_dev, st->st_ino};
}

/* The folder that contains a claim's file, or the folder that is claimed. */
static char *
secure_dir_of(const struct claim *claim)
{
    if (claim->kind == CLAIM_FOLDER)
        return xstrdup(claim->path);
    return claim->name > claim->path
               ? xstrndup(claim->path, (size_t)(claim->name - claim->path))
               : xstrdup(".");
}

/* Links are followed: the target is compared. */
static void
look_at(struct claims *c, struct claim *claim)
{
    CLEANUP(mem_free_string) char *folder = secure_dir_of(claim);
    DIR *dir = claim->kind == CLAIM_NAME ? NULL : opendir(folder);
    const struct dirent *entry;
    struct stat st;

    if (stat(folder, &st) == 0) {
        claim->has_folder = true;
        claim->folder = (struct file_id){st.st_dev, st.st_ino};
    }
    if (claim->kind == CLAIM_NAME && stat(claim->path, &st) == 0)
        add_id(c, &st);
    while (dir && (entry = readdir(dir))) {
        if (covers(claim, entry->d_name) &&
            fstatat(dirfd(dir), entry->d_name, &st, 0) == 0)
            add_id(c, &st);
    }
    if (dir)
        closedir(dir);
}

void
claims_add(struct claims *c, enum claim_kind kind, const char *path, const char *suffix)
{
    struct claim claim = {.kind = kind, .path = xasprintf("%s%s", path, suffix)};
    const char *slash = strrchr(claim.path, '/');

    claim.name = slash ? slash + 1 : claim.path;
    c->items = mem_grow(c->items, c->count, &c->cap, sizeof(*c->items));
    c->items[c->count++] = claim;
}

void
claims_add_open(struct claims *c, int fd)
{
    struct stat st;

    if (fstat(fd, &st) == 0)
        add_id(c, &st);
}

void
claims_look(struct claims *c)
{
    for (size_t i = 0; i < c->count; i++)
        look_at(c, &c->items[i]);
}

bool
claims_are_none(const struct claims *c)
{
    return c->count == 0 && c->id_count == 0;
}

/* ---- comparison ---- */

bool
claims_collide(const struct claims *a, const struct claims *b)
{
    for (size_t i = 0; i < a->count * b->count; i++) {
        if (collide_by_name(&a->items[i / b->count], &b->items[i % b->count]))
            return true;
    }
    for (size_t i = 0; i < a->id_count * b->id_count; i++) {
        if (is_same_file(&a->ids[i / b->id_count], &b->ids[i % b->id_count]))
            return true;
    }
    return false;
}

void
claims_release(struct claims *c)
{
    for (size_t i = 0; i < c->count; i++)
        free(c->items[i].path);
    free(c->items);
    free(c->ids);
    *c = (struct claims)CLAIMS_INIT;
}
