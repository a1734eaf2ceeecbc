/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "ops/store/store_update.h"

#include "base/clock.h"
#include "base/mem.h"
#include "io/crypto/pki_certs.h"
#include "io/crypto/pki_sign.h"
#include "io/file/file.h"
#include "io/file/output.h"
#include "io/file/secure_dir.h"
#include "ops/store/store_lock.h"
#include "trust/state.h"
#include "trust/update.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { STORE_FILE_MODE = 0644 };

/* Folders of a store whose files are included unchanged. */
static const struct {
    const char *folder, *suffix;
    bool may_change; /* the content of a name may change */
} folders[] = {
    {"keys", ".pub", false},
    {"ca", ".pem", false},
    {"ca/intermediates", ".pem", false},
    {"crl", ".pem", true},
};

/* 1 and *out, 0 when there is none, -1. */
static int
slurp_optional(const char *path, struct buf *out, struct err *err)
{
    struct err why = ERR_INIT;

    if (secure_dir_slurp(path, out, &why) == 0)
        return buf_add_text(out, "") == 0 ? 1 : -1;
    if (why.kind == ERR_NOT_FOUND)
        return 0;
    *err = why;
    return -1;
}

/* ---- creating an update ---- */

static int
add_update_file(struct trust_update *u, const struct trust_store *store, const char *name,
                struct err *err)
{
    CLEANUP(mem_free_string) char *path = trust_store_path(store, name);
    CLEANUP(buf_release) struct buf text = BUF_INIT(UPDATE_MAX);
    int rc = slurp_optional(path, &text, err);

    if (rc == 1 && memchr(text.data, '\0', text.len))
        return err_set(err, ERR_USAGE, "'%s' is not a text file", path);
    if (rc == 1)
        update_add(u, name, text.data);
    return rc < 0 ? -1 : 0;
}

static int
add_update_folder(struct trust_update *u, const struct trust_store *store,
                  const char *folder, const char *suffix, struct err *err)
{
    CLEANUP(secure_dir_names_release)
    struct secure_dir_names names = SECURE_DIR_NAMES_INIT;
    CLEANUP(mem_free_string) char *path = trust_store_path(store, folder);
    bool is_keys = strcmp(folder, "keys") == 0;
    struct err why = ERR_INIT;

    if (secure_dir_list(&names, path, suffix, &why) < 0) {
        if (why.kind == ERR_NOT_FOUND)
            return 0;
        *err = why;
        return -1;
    }
    for (size_t i = 0; i < names.count; i++) {
        CLEANUP(mem_free_string) char *name = NULL;

        if (is_keys &&
            trust_keys_find_name(&store->keys, names.items[i]) == store->keys.count)
            continue; /* keys that the policy does not name do not count */
        name = xasprintf("%s/%s", folder, names.items[i]);
        if (add_update_file(u, store, name, err) < 0)
            return -1;
    }
    return 0;
}

int
trust_export(const char *dir, const char *path, uint64_t *version, struct err *err)
{
    CLEANUP(trust_store_release) struct trust_store store = TRUST_STORE_INIT;
    CLEANUP(update_release) struct trust_update u = TRUST_UPDATE_INIT;
    CLEANUP(buf_release) struct buf text = BUF_INIT(UPDATE_MAX);

    if (trust_store_open(&store, dir, err) < 0)
        return -1;
    if (!store.has_policy)
        return err_set(err, ERR_USAGE, "%s has no policy.json", store.dir);
    if (add_update_file(&u, &store, "policy.json", err) < 0 ||
        add_update_file(&u, &store, "revoked", err) < 0)
        return -1;
    for (size_t i = 0; i < COUNT_OF(folders); i++) {
        if (add_update_folder(&u, &store, folders[i].folder, folders[i].suffix, err) < 0)
            return -1;
    }
    if (update_write(&u, &text, err) < 0 ||
        file_put(path, text.data, text.len, STORE_FILE_MODE, true, err) < 0)
        return -1;
    *version = store.policy.version;
    return 0;
}

/* ---- signatures ---- */

static int
slurp_update(const char *path, struct buf *text, struct trust_update *u, struct err *err)
{
    if (file_slurp(path, text, err) < 0)
        return -1;
    if (update_parse(u, text->data ? text->data : "", text->len, err) < 0)
        return err_wrap(err, "%s", path);
    return 0;
}

int
trust_sign(const char *path, const struct pki_key *key, char **out, struct err *err)
{
    CLEANUP(update_release) struct trust_update u = TRUST_UPDATE_INIT;
    CLEANUP(buf_release) struct buf text = BUF_INIT(UPDATE_MAX);
    CLEANUP(buf_release) struct buf signature = BUF_INIT(STATE_FILE_MAX);
    CLEANUP(mem_free_string) char *to = NULL;
    char name[SIGNATURE_NAME_MAX];

    if (slurp_update(path, &text, &u, err) < 0 ||
        signature_make(key, text.data, text.len, &signature, name, err) < 0)
        return -1;
    to = xasprintf("%s.%s", path, name);
    if (file_put(to, signature.data, signature.len, STORE_FILE_MODE, true, err) < 0)
        return -1;
    *out = to;
    to = NULL;
    return 0;
}

/* Signature files next to an update, found by the ids of keys that may have made them. */
struct pile {
    char *names[TRUST_FILES_MAX], *bodies[TRUST_FILES_MAX]; /* owned */
    struct trust_evidence items[TRUST_FILES_MAX];           /* in the same order */
    size_t count;
};

static void
pile_release(struct pile *p)
{
    for (size_t i = 0; i < p->count; i++) {
        free(p->names[i]);
        free(p->bodies[i]);
    }
}

static int
gather_keys(struct pile *pile, const char *path, const struct trust_keys *keys,
            struct err *err)
{
    for (size_t i = 0; i < keys->count && pile->count < TRUST_FILES_MAX; i++) {
        CLEANUP(buf_release) struct buf bytes = BUF_INIT(STATE_FILE_MAX);
        CLEANUP(mem_free_string) char *file = NULL, *name = NULL;
        char hex[2 * DIGEST_RAW_MAX + 1];
        struct err why = ERR_INIT;

        digest_hex(pki_id(keys->items[i]), hex);
        name = xasprintf("%.16s.sigstore.json", hex);
        file = xasprintf("%s.%s", path, name);
        if (file_slurp(file, &bytes, &why) < 0) {
            if (why.kind == ERR_NOT_FOUND)
                continue;
            *err = why;
            return -1;
        }
        pile->names[pile->count] = name;
        pile->items[pile->count].name = name;
        pile->items[pile->count].is_detached = true;
        pile->items[pile->count].len = bytes.len;
        pile->bodies[pile->count] = buf_steal(&bytes);
        pile->items[pile->count].bytes = pile->bodies[pile->count];
        pile->count++;
        name = NULL;
    }
    return 0;
}

static int
judge_update(const struct buf *text, const char *path, const struct trust_store *current,
             const struct trust_store *next, const struct events *events, struct err *err)
{
    CLEANUP(signature_check_release) struct signature_check now = SIGNATURE_CHECK_INIT;
    CLEANUP(signature_check_release) struct signature_check then = SIGNATURE_CHECK_INIT;
    CLEANUP(pile_release) struct pile old = {.count = 0};
    CLEANUP(pile_release) struct pile new = {.count = 0};
    struct pki_payload payload = pki_payload(text->data, text->len);

    if (gather_keys(&old, path, &current->keys, err) < 0 ||
        gather_keys(&new, path, &next->keys, err) < 0 ||
        signature_check(&now, &payload, old.items, old.count, current, err) < 0 ||
        signature_check(&then, &payload, new.items, new.count, next, err) < 0)
        return -1;
    return update_judge(current, &now, next, &then, events, err);
}

/* ---- applying an update ---- */

static bool
may_change(const char *name)
{
    for (size_t i = 0; i < COUNT_OF(folders); i++) {
        size_t len = strlen(folders[i].folder);

        if (strncmp(name, folders[i].folder, len) == 0 && name[len] == '/' &&
            !strchr(name + len + 1, '/'))
            return folders[i].may_change;
    }
    return true;
}

/*
 * Key files never change, so that the old policy keeps its meaning until the new one is
 * in place.  1: the file is up to date, 0: it is to be written, -1.
 */
static int
compare_file(const struct trust_store *store, const struct store_file *file,
             struct err *err)
{
    CLEANUP(mem_free_string) char *path = trust_store_path(store, file->name);
    CLEANUP(buf_release) struct buf there = BUF_INIT(PKI_CERTS_FILE_MAX);
    int rc = slurp_optional(path, &there, err);

    if (rc <= 0)
        return rc;
    if (there.len == strlen(file->text) && memcmp(there.data, file->text, there.len) == 0)
        return 1;
    if (may_change(file->name))
        return 0;
    err_set(err, ERR_CONFLICT, "'%s' exists with different content", path);
    return err_hint(err, "key names are permanent: give the new key another name");
}

static int
put_file(const struct trust_store *store, const struct store_file *file, struct err *err)
{
    CLEANUP(mem_free_string) char *path = trust_store_path(store, file->name);
    CLEANUP(mem_free_string) char *folder = xstrdup(path);
    int rc = compare_file(store, file, err);

    if (rc != 0)
        return rc < 0 ? -1 : 0;
    *strrchr(folder, '/') = '\0';
    if (secure_dir_make(folder, err) < 0)
        return -1;
    return file_put(path, file->text, strlen(file->text), STORE_FILE_MODE, false, err);
}

/* Revocations are permanent: lines are added, none is removed.  *added: their number. */
static int
merge_revoked(const struct trust_store *store, const struct trust_update *u,
              struct buf *out, int *added, struct err *err)
{
    CLEANUP(mem_free_string) char *path = trust_store_path(store, "revoked");
    CLEANUP(revoked_release) struct revoked more = REVOKED_INIT;
    const char *text = update_text(u, "revoked");
    int rc = slurp_optional(path, out, err);

    *added = 0;
    if (rc < 0)
        return -1;
    if (!text)
        return 0;
    if (revoked_parse(&more, text, strlen(text), err) == 0)
        *added = revoked_append(out, &store->revoked, &more, err);
    else
        *added = -1;
    return *added < 0 ? err_wrap(err, "%s", path) : 0;
}

static int
drop_keys(const struct trust_store *store, const struct trust_update *u, struct err *err)
{
    for (size_t i = 0; i < store->keys.count; i++) {
        CLEANUP(mem_free_string) char *name = xasprintf("keys/%s", store->keys.names[i]);
        CLEANUP(mem_free_string) char *path = trust_store_path(store, name);

        if (!update_text(u, name) && unlink(path) < 0)
            return err_errno(err, "cannot remove '%s'", path);
    }
    return 0;
}

static bool
is_policy(const struct store_file *file)
{
    return strcmp(file->name, "policy.json") == 0;
}

static bool
is_merged(const struct store_file *file)
{
    return strcmp(file->name, "revoked") == 0;
}

/* Write the policy, or all other files that are written unchanged. */
static int
put_files(const struct trust_store *store, const struct trust_update *u, bool policy,
          struct err *err)
{
    for (size_t i = 0; i < u->count; i++) {
        const struct store_file *file = &u->files[i];

        if (!is_merged(file) && is_policy(file) == policy &&
            put_file(store, file, err) < 0)
            return -1;
    }
    return 0;
}

/*
 * All checks come before the first write.  Then the files that the new policy needs are
 * written, the revocations, the policy, and last, files that are no longer needed are
 * removed.
 */
static int
install(const struct trust_store *store, const struct trust_update *u, struct err *err)
{
    CLEANUP(mem_free_string) char *revoked_path = trust_store_path(store, "revoked");
    CLEANUP(buf_release) struct buf revoked = BUF_INIT(REVOKED_MAX);
    int added;

    for (size_t i = 0; i < u->count; i++) {
        if (!is_merged(&u->files[i]) && compare_file(store, &u->files[i], err) < 0)
            return -1;
    }
    if (merge_revoked(store, u, &revoked, &added, err) < 0)
        return -1;
    if (put_files(store, u, false, err) < 0)
        return -1;
    if (added > 0 && file_put(revoked_path, revoked.data, revoked.len, STORE_FILE_MODE,
                              false, err) < 0)
        return -1;
    if (put_files(store, u, true, err) < 0)
        return -1;
    return drop_keys(store, u, err);
}

int
trust_apply(const char *dir, const char *path, const struct events *events,
            uint64_t *version, struct err *err)
{
    CLEANUP(trust_store_release) struct trust_store current = TRUST_STORE_INIT;
    CLEANUP(trust_store_release) struct trust_store next = TRUST_STORE_INIT;
    CLEANUP(update_release) struct trust_update u = TRUST_UPDATE_INIT;
    CLEANUP(buf_release) struct buf text = BUF_INIT(UPDATE_MAX);
    CLEANUP(file_close) int lock = -1;

    if (store_lock_present(dir, &lock, err) < 0 ||
        trust_store_open(&current, dir, err) < 0 ||
        slurp_update(path, &text, &u, err) < 0)
        return -1;
    if (update_open(&u, current.dir, &current.revoked, &next, err) < 0 ||
        judge_update(&text, path, &current, &next, events, err) < 0)
        return err_wrap(err, "%s", path);
    if (install(&current, &u, err) < 0)
        return -1;
    trust_store_warn(&next, clock_now(), events);
    *version = next.policy.version;
    return 0;
}
