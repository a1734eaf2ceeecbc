/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "ops/store/policy_edit.h"

#include "base/mem.h"
#include "io/file/file.h"
#include "io/file/output.h"
#include "io/file/secure_dir.h"
#include "ops/store/store_lock.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define PUB ".pub"

enum { POLICY_FILE_MODE = 0644 };

/* A store being changed. */
struct edit {
    const struct policy_wish *wish;
    char *dir; /* owned */
    bool has_policy;
    struct buf before;          /* policy.json as it is */
    struct policy policy;       /* the same, parsed */
    struct policy_name *names;  /* per signer; owned */
    struct trust_new_key *keys; /* those to be added; owned */
    size_t key_count;
};

#define EDIT_INIT                                                                        \
    {                                                                                    \
        .before = BUF_INIT(POLICY_MAX)                                                   \
    }

static void
edit_release(struct edit *e)
{
    for (size_t i = 0; e->names && i < e->wish->signer_count; i++) {
        free(e->names[i].signer);
        free(e->names[i].key);
    }
    for (size_t i = 0; i < e->key_count; i++)
        buf_release(&e->keys[i].pem);
    free(e->names);
    free(e->keys);
    free(e->dir);
    buf_release(&e->before);
    policy_release(&e->policy);
}

/* ---- signers ---- */

bool
policy_wants_file(const char *signer)
{
    size_t len = strlen(signer);

    return strchr(signer, '/') ||
           (len > strlen(PUB) && strcmp(signer + len - strlen(PUB), PUB) == 0);
}

static const struct policy_signer *
find_signer(const struct policy *p, const char *name)
{
    size_t i = 0;

    while (i < p->signer_count && strcmp(p->signers[i].name, name) != 0)
        i++;
    return i < p->signer_count ? &p->signers[i] : NULL;
}

static bool
has_key(const struct policy_signer *s, const char *key)
{
    size_t i = 0;

    while (i < s->keys.count && strcmp(s->keys.items[i], key) != 0)
        i++;
    return i < s->keys.count;
}

/*
 * What a key in keys/ is in the policy: one of the keys of a signer it has, or a new
 * signer named by the file.
 */
static int
name_key(struct edit *e, const char *key, struct policy_name *out, struct err *err)
{
    CLEANUP(mem_free_string) char *name = xstrndup(key, strlen(key) - strlen(PUB));

    for (size_t i = 0; i < e->policy.signer_count; i++) {
        if (has_key(&e->policy.signers[i], key)) {
            out->signer = xstrdup(e->policy.signers[i].name);
            return 0;
        }
    }
    if (find_signer(&e->policy, name))
        return err_set(err, ERR_CONFLICT,
                       "the policy has a signer '%s', and '%s' is not one of the keys",
                       name, key);
    out->key = xstrdup(key);
    out->signer = name;
    name = NULL;
    return 0;
}

static int
resolve_file(struct edit *e, size_t i, struct err *err)
{
    struct trust_new_key *key = &e->keys[e->key_count++];

    *key = (struct trust_new_key)TRUST_NEW_KEY_INIT;
    if (trust_prepare_key(e->dir, e->wish->signers[i], &e->wish->keys[i], key, err) < 0)
        return -1;
    return name_key(e, key->added.name, &e->names[i], err);
}

static int
resolve_name(struct edit *e, size_t i, struct err *err)
{
    const char *name = e->wish->signers[i];
    CLEANUP(mem_free_string) char *key = xasprintf("%s" PUB, name);
    CLEANUP(mem_free_string) char *path = xasprintf("%s/keys/%s", e->dir, key);

    if (!policy_is_name(name))
        return err_set(err, ERR_USAGE, "invalid name of a signer: '%s'", name);
    if (find_signer(&e->policy, name)) {
        e->names[i].signer = xstrdup(name);
        return 0;
    }
    if (file_is_regular(path))
        return name_key(e, key, &e->names[i], err);
    err_set(err, ERR_NOT_FOUND, "unknown signer '%s': '%s' does not exist", name, path);
    return err_hint(err, "give the file of the public key, %s, instead of the name", key);
}

static int
resolve_signers(struct edit *e, struct err *err)
{
    const struct policy_wish *wish = e->wish;

    e->names = xcalloc(wish->signer_count, sizeof(*e->names));
    e->keys = xcalloc(wish->signer_count, sizeof(*e->keys));
    for (size_t i = 0; i < wish->signer_count; i++) {
        if ((policy_wants_file(wish->signers[i]) ? resolve_file : resolve_name)(e, i,
                                                                                err) < 0)
            return -1;
    }
    return 0;
}

/* ---- the store ---- */

static int
read_policy_in_force(struct edit *e, struct err *err)
{
    CLEANUP(mem_free_string) char *path = xasprintf("%s/policy.json", e->dir);
    struct err why = ERR_INIT;

    if (secure_dir_slurp(path, &e->before, &why) < 0) {
        if (why.kind == ERR_NOT_FOUND)
            return 0;
        *err = why;
        return -1;
    }
    if (buf_add_text(&e->before, "") < 0 ||
        policy_parse(&e->policy, e->before.data, e->before.len, err) < 0)
        return err_wrap(err, "%s", path);
    e->has_policy = true;
    return 0;
}

/* Read the store as it will be. */
static int
try_store(const struct edit *e, char *policy, struct err *err)
{
    CLEANUP(trust_store_release) struct trust_store store = TRUST_STORE_INIT;
    struct store_file *over = xcalloc(e->key_count + 1, sizeof(*over));
    struct store_files files = {.dir = e->dir, .over = over, .count = e->key_count + 1};
    int rc;

    for (size_t i = 0; i < e->key_count; i++)
        over[i] = (struct store_file){.name = xasprintf("keys/%s", e->keys[i].added.name),
                                      .text = e->keys[i].pem.data};
    over[e->key_count] =
        (struct store_file){.name = xstrdup("policy.json"), .text = policy};
    rc = trust_store_read(&store, &files, err);
    for (size_t i = 0; i < files.count; i++)
        free(over[i].name);
    free(over);
    return rc;
}

static int
put_policy_file(const struct edit *e, const struct buf *text, bool exclusive,
                struct err *err)
{
    CLEANUP(mem_free_string) char *path = xasprintf("%s/policy.json", e->dir);

    return file_put(path, text->data, text->len, POLICY_FILE_MODE, exclusive, err);
}

/*
 * A policy comes after its keys where another one is in force, because keys that no
 * policy names do not count; the first one comes before them, because without a policy
 * each of them would be sufficient.  text NULL: only keys are missing, of a run that was
 * interrupted in between.
 */
static int
put_store(const struct edit *e, const struct buf *text, struct err *err)
{
    if (text && !e->has_policy && put_policy_file(e, text, true, err) < 0)
        return -1;
    for (size_t i = 0; i < e->key_count; i++) {
        if (trust_place_key(e->dir, &e->keys[i], err) < 0)
            return -1;
    }
    if (text && e->has_policy && put_policy_file(e, text, false, err) < 0)
        return -1;
    return 0;
}

static int
in_force(const struct edit *e, struct err *err)
{
    return err_because(err, ERR_CONFLICT, REASON_IN_FORCE,
                       "version %" PRIu64 " of %s/policy.json is in force and says "
                       "something else",
                       e->policy.version, e->dir);
}

int
policy_write(const char *dir, const struct policy_wish *wish, struct policy_change *out,
             struct err *err)
{
    CLEANUP(edit_release) struct edit e = EDIT_INIT;
    CLEANUP(buf_release) struct buf text = BUF_INIT(POLICY_MAX);
    CLEANUP(file_close) int lock = -1;
    struct policy_change change = {.before = 0};
    int rc;

    e.wish = wish;
    if (store_lock_new(dir, &e.dir, &lock, err) < 0 ||
        read_policy_in_force(&e, err) < 0 || resolve_signers(&e, err) < 0)
        return -1;
    rc = policy_compose(e.has_policy ? e.before.data : NULL, wish, e.names, &text, err);
    if (rc < 0)
        return -1;
    change.before = e.policy.version;
    change.is_written = rc == 1;
    change.version = change.before + (rc == 1);
    if (try_store(&e, rc == 1 ? text.data : e.before.data, err) < 0)
        return -1;
    if (rc == 1 && e.has_policy && !wish->may_replace)
        return in_force(&e, err);
    if (put_store(&e, rc == 1 ? &text : NULL, err) < 0)
        return -1;
    *out = change;
    return 0;
}
