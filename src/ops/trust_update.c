#include "config.h"
#include "ops/trust_update.h"

#include "base/clock.h"
#include "base/mem.h"
#include "io/file.h"
#include "io/folder.h"
#include "trust/state.h"
#include "trust/update.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { STORE_FILE_MODE = 0644 };

/* Folders of a store whose files go along as they are. */
static const struct {
    const char *folder, *suffix;
    bool may_change; /* the content under one name */
} folders[] = {
    {"keys", ".pub", false},
    {"ca", ".pem", false},
    {"ca/intermediates", ".pem", false},
    {"crl", ".pem", true},
};

/* 1 and *out, 0 when there is none, -1. */
static int
slurp_if_there(const char *path, struct buf *out, struct err *err)
{
    struct err why = ERR_INIT;

    if (folder_slurp(path, out, &why) == 0)
        return buf_add_text(out, "") == 0 ? 1 : -1;
    if (why.kind == ERR_NOT_FOUND)
        return 0;
    *err = why;
    return -1;
}

/* ---- out ---- */

static int
add_file(struct trust_update *u, const struct trust_store *store, const char *name,
         struct err *err)
{
    CLEANUP(mem_free_string) char *path = trust_store_path(store, name);
    CLEANUP(buf_release) struct buf text = BUF_INIT(UPDATE_MAX);
    int rc = slurp_if_there(path, &text, err);

    if (rc == 1 && memchr(text.data, '\0', text.len))
        return err_set(err, ERR_USAGE, "'%s' is no text", path);
    if (rc == 1)
        update_add(u, name, text.data);
    return rc < 0 ? -1 : 0;
}

static int
add_folder(struct trust_update *u, const struct trust_store *store, const char *folder,
           const char *suffix, struct err *err)
{
    CLEANUP(folder_names_release) struct folder_names names = FOLDER_NAMES_INIT;
    CLEANUP(mem_free_string) char *path = trust_store_path(store, folder);
    bool is_keys = strcmp(folder, "keys") == 0;
    struct err why = ERR_INIT;

    if (folder_list(&names, path, suffix, &why) < 0) {
        if (why.kind == ERR_NOT_FOUND)
            return 0;
        *err = why;
        return -1;
    }
    for (size_t i = 0; i < names.count; i++) {
        CLEANUP(mem_free_string) char *name = NULL;

        if (is_keys &&
            trust_keys_find_name(&store->keys, names.items[i]) == store->keys.count)
            continue; /* the policy does not name it: it does not count */
        name = xasprintf("%s/%s", folder, names.items[i]);
        if (add_file(u, store, name, err) < 0)
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
    if (add_file(&u, &store, "policy.json", err) < 0 ||
        add_file(&u, &store, "revoked", err) < 0)
        return -1;
    for (size_t i = 0; i < COUNT_OF(folders); i++) {
        if (add_folder(&u, &store, folders[i].folder, folders[i].suffix, err) < 0)
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

/* Signature files beside an update, found by the ids of keys that could have made them.
 */
struct pile {
    char *names[TRUST_FILES_MAX], *bodies[TRUST_FILES_MAX]; /* owned */
    struct trust_evidence items[TRUST_FILES_MAX];           /* the same */
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
gather(struct pile *pile, const char *path, const struct trust_keys *keys,
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
judge(const struct buf *text, const char *path, const struct trust_store *current,
      const struct trust_store *next, const struct events *events, struct err *err)
{
    CLEANUP(trust_signers_release) struct trust_signers now = TRUST_SIGNERS_INIT;
    CLEANUP(trust_signers_release) struct trust_signers then = TRUST_SIGNERS_INIT;
    CLEANUP(pile_release) struct pile old = {.count = 0};
    CLEANUP(pile_release) struct pile new = {.count = 0};
    struct pki_payload payload = pki_payload(text->data, text->len);

    if (gather(&old, path, &current->keys, err) < 0 ||
        gather(&new, path, &next->keys, err) < 0 ||
        trust_signers(&now, &payload, old.items, old.count, current, err) < 0 ||
        trust_signers(&then, &payload, new.items, new.count, next, err) < 0)
        return -1;
    return update_judge(current, &now, next, &then, events, err);
}

/* ---- in ---- */

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

/* Keys keep their content, so that the old policy means the same until the new one is
 * there. */
static int
put_file(const struct trust_store *store, const char *name, const char *text,
         struct err *err)
{
    CLEANUP(mem_free_string) char *path = trust_store_path(store, name);
    CLEANUP(mem_free_string) char *folder = xstrdup(path);
    CLEANUP(buf_release) struct buf there = BUF_INIT(UPDATE_MAX);
    int rc = slurp_if_there(path, &there, err);

    if (rc < 0)
        return -1;
    if (rc == 1 && there.len == strlen(text) && memcmp(there.data, text, there.len) == 0)
        return 0;
    if (rc == 1 && !may_change(name)) {
        err_set(err, ERR_CONFLICT, "'%s' exists and is another one", path);
        return err_hint(err, "keys keep their names: give the new one a name of its own");
    }
    *strrchr(folder, '/') = '\0';
    if (folder_make(folder, err) < 0)
        return -1;
    return file_put(path, text, strlen(text), STORE_FILE_MODE, false, err);
}

/* What was revoked stays revoked: lines are added, none is taken away. */
static int
merge_revoked(const struct trust_store *store, const char *text, struct err *err)
{
    CLEANUP(mem_free_string) char *path = trust_store_path(store, "revoked");
    CLEANUP(buf_release) struct buf all = BUF_INIT(REVOKED_MAX);
    int rc = slurp_if_there(path, &all, err);

    if (rc < 0)
        return -1;
    if (rc == 1 && strcmp(all.data, text) == 0)
        return 0;
    if ((all.len > 0 && all.data[all.len - 1] != '\n' && buf_add_text(&all, "\n") < 0) ||
        buf_add_text(&all, text) < 0)
        return err_set(err, ERR_LIMIT, "'%s' is too long", path);
    return file_put(path, all.data, all.len, STORE_FILE_MODE, false, err);
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

/* Everything the new policy needs first; then the policy; then what it no longer needs.
 */
static int
install(const struct trust_store *store, const struct trust_update *u, struct err *err)
{
    const char *revoked = update_text(u, "revoked");
    const char *policy = update_text(u, "policy.json");

    for (size_t i = 0; i < u->count; i++) {
        if (strcmp(u->files[i].name, "policy.json") != 0 &&
            strcmp(u->files[i].name, "revoked") != 0 &&
            put_file(store, u->files[i].name, u->files[i].text, err) < 0)
            return -1;
    }
    if ((revoked && merge_revoked(store, revoked, err) < 0) ||
        put_file(store, "policy.json", policy, err) < 0)
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

    if (trust_store_open(&current, dir, err) < 0 ||
        slurp_update(path, &text, &u, err) < 0)
        return -1;
    if (update_open(&u, &current.revoked, &next, err) < 0 ||
        judge(&text, path, &current, &next, events, err) < 0)
        return err_wrap(err, "%s", path);
    if (install(&current, &u, err) < 0)
        return -1;
    trust_store_warn(&next, clock_now(), events);
    *version = next.policy.version;
    return 0;
}
