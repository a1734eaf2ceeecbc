/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "cli/files.h"

#include "base/mem.h"
#include "io/crypto/pki.h"
#include "io/crypto/pki_pkcs11.h"
#include "io/file/split_set.h"
#include "trust/place.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- files of a role ---- */

/* Any volume represents its set. */
static void
claim_bundle(struct claims *c, const char *path)
{
    size_t stem;
    CLEANUP(mem_free_string) char *set = NULL;
    CLEANUP(volume_files_release) struct volume_files pieces = VOLUME_FILES_INIT;

    claims_add(c, CLAIM_NAME, path, "");
    set = volume_number(path, &stem) > 0 ? xstrndup(path, stem) : xstrdup(path);
    claims_add(c, CLAIM_VOLUMES, set, "");
    if (split_set_find(&pieces, path)) {
        for (size_t i = 0; i < pieces.count; i++)
            claims_add(c, CLAIM_NAME, pieces.items[i].path, "");
    }
}

/* Outputs are written as NAME.partial first; another file of that name is removed. */
static void
claim_output(struct claims *c, const char *path)
{
    claims_add(c, CLAIM_NAME, path, "");
    claims_add(c, CLAIM_NAME, path, ".partial");
}

static void
claim_new_bundle(struct claims *c, const char *path, bool in_volumes)
{
    claim_output(c, path);
    claims_add(c, CLAIM_NAME, path, ".partial.old");
    claims_add(c, CLAIM_NAME, path, ".partial.new");
    if (!in_volumes)
        return;
    claims_add(c, CLAIM_VOLUMES, path, "");
    claims_add(c, CLAIM_VOLUMES, path, ".partial");
    claims_add(c, CLAIM_VOLUMES, path, ".partial.new");
}

static void
claim_store(struct claims *c, const char *path)
{
    static const char *const folders[] = {"/keys", "/ca", "/crl"};

    claims_add(c, CLAIM_NAME, path, "/policy.json");
    claims_add(c, CLAIM_NAME, path, "/revoked");
    for (size_t i = 0; i < COUNT_OF(folders); i++)
        claims_add(c, CLAIM_FOLDER, path, folders[i]);
}

static void
claim(struct claims *c, enum file_role role, const char *path)
{
    switch (role) {
    case FILE_READ:
        claims_add(c, CLAIM_NAME, path, "");
        break;
    case FILE_READ_BUNDLE:
    case FILE_REUSED:
    case FILE_CHANGED_BUNDLE:
        claim_bundle(c, path);
        break;
    case FILE_READ_UPDATE:
    case FILE_WRITTEN_UPDATE:
        claims_add(c, CLAIM_NAME, path, "");
        claims_add(c, CLAIM_SIGNATURES, path, "");
        break;
    case FILE_TRUST_STORE:
        claim_store(c, path);
        break;
    case FILE_TRUST_STATE:
        claims_add(c, CLAIM_FOLDER, path, "");
        break;
    case FILE_WRITTEN:
        claim_output(c, path);
        break;
    case FILE_WRITTEN_BUNDLE:
    case FILE_WRITTEN_VOLUMES:
        claim_new_bundle(c, path, role == FILE_WRITTEN_VOLUMES);
        break;
    case FILE_STANDARD_INPUT:
    case FILE_STANDARD_OUTPUT:
        break;
    }
}

/* ---- collecting ---- */

static struct file_use *
append(struct files *f, enum file_role role, const char *label, const char *path)
{
    f->items = mem_grow(f->items, f->count, &f->cap, sizeof(*f->items));
    f->items[f->count] = (struct file_use){.role = role,
                                           .label = xstrdup(label),
                                           .path = xstrdup(path),
                                           .claims = CLAIMS_INIT};
    return &f->items[f->count++];
}

void
files_add(struct files *f, enum file_role role, const char *label, const char *path)
{
    bool is_none = !path || path[0] == '\0' ||
                   (role == FILE_READ && (strcmp(path, "-") == 0 || pki_is_token(path)));

    if (!is_none)
        claim(&append(f, role, label, path)->claims, role, path);
}

void
files_add_store(struct files *f, const char *dir)
{
    CLEANUP(trust_place_release) struct trust_place place = TRUST_PLACE_INIT;

    trust_place_find(&place, dir);
    files_add(f, FILE_TRUST_STORE, "--trust", place.dir);
    files_add(f, FILE_TRUST_STATE, "--trust", place.state);
}

void
files_add_operands(struct files *f, enum file_role role, const char *label,
                   char **operands, size_t first, size_t end)
{
    for (size_t i = first; i < end; i++)
        files_add(f, role, label, operands[i]);
}

void
files_add_options(struct files *f, const struct opt *table, const void *options)
{
    for (const struct opt *o = table; o->kind != OPT_END; o++) {
        const void *at = (const char *)options + o->at;
        enum file_role role = o->file == OPT_WRITES ? FILE_WRITTEN : FILE_READ;
        CLEANUP(mem_free_string) char *label = xasprintf("--%s", o->name);
        const struct opt_list *list = at;

        if (o->file != OPT_READS && o->file != OPT_WRITES)
            continue;
        if (o->kind == OPT_TEXT)
            files_add(f, role, label, *(const char *const *)at);
        for (size_t i = 0; o->kind == OPT_LIST && i < list->count; i++)
            files_add(f, role, label, list->items[i]);
    }
}

/* ---- comparing ---- */

static bool
is_output(const struct file_use *u)
{
    return u->role >= FILE_WRITTEN;
}

static bool
is_new_bundle(const struct file_use *u)
{
    return u->role == FILE_WRITTEN_BUNDLE || u->role == FILE_WRITTEN_VOLUMES;
}

/* Standard streams may share a file, as both do with a terminal. */
static bool
is_standard(const struct file_use *u)
{
    return u->role == FILE_STANDARD_INPUT || u->role == FILE_STANDARD_OUTPUT;
}

static bool
must_differ(const struct file_use *a, const struct file_use *b)
{
    bool is_replaced = (a->role == FILE_REUSED && is_new_bundle(b)) ||
                       (b->role == FILE_REUSED && is_new_bundle(a));

    return (is_output(a) || is_output(b)) && strcmp(a->label, b->label) != 0 &&
           !(is_standard(a) && is_standard(b)) && !is_replaced;
}

/* "--report 'a.json'", or "standard output" */
static char *
describe(const struct file_use *u)
{
    return u->path[0] != '\0' ? xasprintf("%s '%s'", u->label, u->path)
                              : xstrdup(u->label);
}

static int
compare(const struct file_use *a, const struct file_use *b, struct err *err)
{
    CLEANUP(mem_free_string) char *one = NULL, *other = NULL;

    if (!must_differ(a, b) || !claims_collide(&a->claims, &b->claims))
        return 0;
    one = describe(a);
    other = describe(b);
    return err_set(err, ERR_USAGE, "%s and %s use the same file", one, other);
}

static void
add_standard(struct files *f, int fd, enum file_role role, const char *label)
{
    claims_add_open(&append(f, role, label, "")->claims, fd);
}

static bool
has_output(const struct files *f)
{
    for (size_t i = 0; i < f->count; i++) {
        if (is_output(&f->items[i]) && !claims_are_none(&f->items[i].claims))
            return true;
    }
    return false;
}

int
files_check(struct files *f, struct err *err)
{
    add_standard(f, STDIN_FILENO, FILE_STANDARD_INPUT, "standard input");
    add_standard(f, STDOUT_FILENO, FILE_STANDARD_OUTPUT, "standard output");
    add_standard(f, STDERR_FILENO, FILE_STANDARD_OUTPUT, "standard error");
    if (!has_output(f))
        return 0;
    for (size_t i = 0; i < f->count; i++) {
        claims_look(&f->items[i].claims);
        for (size_t k = 0; k < i; k++) {
            if (compare(&f->items[i], &f->items[k], err) < 0)
                return -1;
        }
    }
    return 0;
}

void
files_release(struct files *f)
{
    for (size_t i = 0; i < f->count; i++) {
        free(f->items[i].label);
        free(f->items[i].path);
        claims_release(&f->items[i].claims);
    }
    free(f->items);
    *f = (struct files)FILES_INIT;
}
