/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "ops/store/store_edit.h"

#include "base/mem.h"
#include "io/crypto/pki_pem.h"
#include "io/file/file.h"
#include "io/file/output.h"
#include "io/file/secure_dir.h"
#include "ops/store/store_lock.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { STORE_FILE_MODE = 0644 };

/* Open the store as it is; one without keys is accepted, a missing one is empty. */
static int
open_store(const char *dir, struct trust_store *out, struct err *err)
{
    struct err why = ERR_INIT;

    if (trust_store_open(out, dir, &why) == 0)
        return 0;
    if (why.kind == ERR_NOT_FOUND || (why.reason == REASON_NO_TRUST))
        return 0;
    *err = why;
    return -1;
}

/* ---- keys ---- */

static bool
is_named(const struct trust_store *store, const char *name)
{
    return !store->has_policy ||
           trust_keys_find_name(&store->keys, name) < store->keys.count;
}

/* The last component of the path, which must be a name for keys/. */
static int
name_of(const char *path, char out[POLICY_NAME_MAX + 1], struct err *err)
{
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    size_t len = strlen(name);

    if (len > POLICY_NAME_MAX || len < sizeof("a.pub") - 1 || name[0] == '.' ||
        strcmp(name + len - 4, ".pub") != 0 ||
        strspn(name,
               "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-") !=
            len) {
        err_set(err, ERR_USAGE, "invalid name for a key in the store: '%s'", path);
        return err_hint(err, "NAME.pub, of at most %d letters, digits, '.', '_' and '-'",
                        POLICY_NAME_MAX);
    }
    memcpy(out, name, len + 1);
    return 0;
}

int
trust_look_at_key(const char *dir, const char *path, struct trust_added *out,
                  struct err *err)
{
    CLEANUP(trust_store_release) struct trust_store store = TRUST_STORE_INIT;
    CLEANUP(trust_keys_release) struct trust_keys keys = TRUST_KEYS_INIT;
    struct trust_added a = {.was_there = false};

    if (name_of(path, a.name, err) < 0 || trust_keys_add(&keys, path, err) < 0 ||
        open_store(dir, &store, err) < 0)
        return -1;
    a.key_id = *pki_id(keys.items[0]);
    a.type = pki_type(keys.items[0]);
    a.is_named = is_named(&store, a.name);
    *out = a;
    return 0;
}

static int
read_key(const char *folder, const char *name, struct digest *id, struct err *err)
{
    CLEANUP(trust_keys_release) struct trust_keys keys = TRUST_KEYS_INIT;
    CLEANUP(buf_release) struct buf pem = BUF_INIT(PKI_KEY_FILE_MAX);
    CLEANUP(mem_free_string) char *path = xasprintf("%s/%s", folder, name);

    if (secure_dir_slurp(path, &pem, err) < 0 ||
        trust_keys_add_pem(&keys, path, pem.data ? pem.data : "", pem.len, err) < 0)
        return -1;
    *id = *pki_id(keys.items[0]);
    return 0;
}

/* Whether that file exists with that key.  1, 0, -1 when it is another key. */
static int
holds_key(const char *folder, const char *name, const struct digest *id, struct err *err)
{
    struct err why = ERR_INIT;
    struct digest there;

    if (read_key(folder, name, &there, &why) < 0) {
        if (why.kind == ERR_NOT_FOUND)
            return 0;
        *err = why;
        return -1;
    }
    if (digest_equal(&there, id))
        return 1;
    err_set(err, ERR_CONFLICT, "'%s/%s' exists and is another key", folder, name);
    return err_hint(err, "key names are permanent: give the new key another name");
}

/*
 * A policy that names both would be rejected; without a policy, removing one of two names
 * would leave the key trusted.  Files that are not keys are ignored here.
 */
static int
check_new_name(const char *folder, const char *name, const struct digest *id,
               struct err *err)
{
    CLEANUP(secure_dir_names_release)
    struct secure_dir_names names = SECURE_DIR_NAMES_INIT;
    struct err why = ERR_INIT;

    if (secure_dir_list(&names, folder, ".pub", &why) < 0) {
        if (why.kind == ERR_NOT_FOUND)
            return 0;
        *err = why;
        return -1;
    }
    if (names.count == SECURE_DIR_NAMES_MAX)
        return err_set(err, ERR_LIMIT, "'%s' contains %d keys already", folder,
                       SECURE_DIR_NAMES_MAX);
    for (size_t i = 0; i < names.count; i++) {
        struct digest there;

        if (read_key(folder, names.items[i], &there, err_ignored()) < 0 ||
            !digest_equal(&there, id))
            continue;
        err_set(err, ERR_CONFLICT, "'%s/%s' contains the same key as '%s'", folder,
                names.items[i], name);
        return err_hint(err, "a key has exactly one name in the store");
    }
    return 0;
}

int
trust_prepare_key(const char *dir, const char *path, const struct trust_added *looked,
                  struct trust_new_key *out, struct err *err)
{
    CLEANUP(trust_keys_release) struct trust_keys keys = TRUST_KEYS_INIT;
    CLEANUP(mem_free_string) char *folder = xasprintf("%s/keys", dir);
    int there;

    if (trust_keys_add(&keys, path, err) < 0)
        return -1;
    if (!digest_equal(pki_id(keys.items[0]), &looked->key_id))
        return err_set(err, ERR_CONFLICT, "'%s' was replaced in the meantime", path);
    there = holds_key(folder, looked->name, &looked->key_id, err);
    if (there < 0 ||
        (there == 0 && check_new_name(folder, looked->name, &looked->key_id, err) < 0) ||
        pki_public_pem(keys.items[0], &out->pem, err) < 0)
        return -1;
    out->added = *looked;
    out->added.was_there = there == 1;
    return 0;
}

int
trust_place_key(const char *dir, const struct trust_new_key *key, struct err *err)
{
    CLEANUP(mem_free_string) char *folder = xasprintf("%s/keys", dir);
    CLEANUP(mem_free_string) char *to = xasprintf("%s/%s", folder, key->added.name);

    if (key->added.was_there)
        return 0;
    if (secure_dir_make(folder, err) < 0)
        return -1;
    return file_put(to, key->pem.data, key->pem.len, STORE_FILE_MODE, true, err);
}

int
trust_add(const char *dir, const char *path, const struct trust_added *looked,
          struct trust_added *out, struct err *err)
{
    CLEANUP(mem_free_string) char *folder = NULL;
    struct trust_new_key key = TRUST_NEW_KEY_INIT;
    CLEANUP(file_close) int lock = -1;
    int rc = -1;

    if (store_lock_new(dir, &folder, &lock, err) == 0 &&
        trust_prepare_key(folder, path, looked, &key, err) == 0)
        rc = trust_place_key(folder, &key, err);
    if (rc == 0)
        *out = key.added;
    buf_release(&key.pem);
    return rc;
}

int
trust_remove(const char *dir, const char *name, struct err *err)
{
    CLEANUP(trust_store_release) struct trust_store store = TRUST_STORE_INIT;
    CLEANUP(trust_place_release) struct trust_place place = TRUST_PLACE_INIT;
    CLEANUP(mem_free_string) char *path = NULL;
    CLEANUP(file_close) int lock = -1;
    char file[POLICY_NAME_MAX + 1];
    size_t len = strlen(name);
    bool is_whole = len > 4 && strcmp(name + len - 4, ".pub") == 0;

    path = xasprintf("%s%s", name, is_whole ? "" : ".pub");
    if (strchr(name, '/') || name_of(path, file, err) < 0)
        return err_set(err, ERR_USAGE, "invalid name for a key in the store: '%s'", name);
    if (store_lock_present(dir, &lock, err) < 0 || open_store(dir, &store, err) < 0)
        return -1;
    if (store.has_policy && is_named(&store, file)) {
        err_because(
            err, ERR_USAGE, REASON_IN_USE, "the policy uses the key '%s', of signer '%s'",
            file,
            trust_store_signer(
                &store,
                pki_id(store.keys.items[trust_keys_find_name(&store.keys, file)])));
        return err_hint(err, "remove it from policy.json first");
    }
    mem_free_string(&path);
    trust_place_find(&place, dir);
    path = xasprintf("%s/keys/%s", place.dir, file);
    if (unlink(path) == 0)
        return 0;
    if (errno == ENOENT)
        return err_set(err, ERR_NOT_FOUND, "'%s' does not exist", path);
    return err_errno(err, "cannot remove '%s'", path);
}

/* ---- revocation ---- */

/* Convert what the user gave into a line of the file. */
static int
read_what(const char *what, char out[TRUST_LINE_MAX], struct revoked_entry *entry,
          struct err *err)
{
    static const char *const prefixes[] = {"", "key:", "index:"};
    CLEANUP(trust_keys_release) struct trust_keys keys = TRUST_KEYS_INIT;
    char hex[2 * DIGEST_RAW_MAX + 1];

    for (size_t i = 0; i < COUNT_OF(prefixes); i++) {
        int n = snprintf(out, TRUST_LINE_MAX, "%s%s", prefixes[i], what);

        if (n < TRUST_LINE_MAX && revoked_entry_parse(entry, out, (size_t)n) == 0)
            return 0;
    }
    if (trust_keys_add(&keys, what, err) < 0)
        return err_hint(err, "expected the file of a public key, a key id, sha256:HEX of "
                             "an index.json, or a line of the file revoked");
    *entry = (struct revoked_entry){.kind = REVOKED_KEY, .id = *pki_id(keys.items[0])};
    digest_hex(&entry->id, hex);
    snprintf(out, TRUST_LINE_MAX, "key:%s", hex);
    return 0;
}

/* Reads only this file, so that it works when another one is damaged. */
int
trust_revoke(const char *dir, const char *what, char out[TRUST_LINE_MAX], struct err *err)
{
    CLEANUP(revoked_release) struct revoked revoked = REVOKED_INIT;
    CLEANUP(buf_release) struct buf text = BUF_INIT(REVOKED_MAX);
    CLEANUP(mem_free_string) char *folder = NULL, *path = NULL;
    CLEANUP(file_close) int lock = -1;
    struct err why = ERR_INIT;
    struct revoked_entry entry;
    const struct revoked more = {.items = &entry, .count = 1};
    int added;

    if (read_what(what, out, &entry, err) < 0 ||
        store_lock_new(dir, &folder, &lock, err) < 0)
        return -1;
    path = xasprintf("%s/revoked", folder);
    if (secure_dir_slurp(path, &text, &why) < 0 && why.kind != ERR_NOT_FOUND) {
        *err = why;
        return -1;
    }
    if (revoked_parse(&revoked, text.data ? text.data : "", text.len, err) < 0)
        return err_wrap(err, "%s", path);
    added = revoked_append(&text, &revoked, &more, err);
    if (added < 0)
        return err_wrap(err, "%s", path);
    if (added > 0 && file_put(path, text.data, text.len, STORE_FILE_MODE, false, err) < 0)
        return -1;
    return added;
}
