/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "ops/store/policy_look.h"

#include "base/mem.h"
#include "io/file/file.h"
#include "io/file/secure_dir.h"
#include "io/json/json.h"
#include "trust/update.h"

#include <stdlib.h>
#include <string.h>

/* Keys in the folder that the policy does not name. */
static void
find_idle_keys(const struct policy_look *look, const struct store_files *files,
               struct findings *f)
{
    CLEANUP(secure_dir_names_release)
    struct secure_dir_names names = SECURE_DIR_NAMES_INIT;
    const struct trust_keys *keys = &look->store.keys;

    if (store_files_list(files, "keys", ".pub", &names, err_ignored()) < 0)
        return;
    for (size_t i = 0; i < names.count; i++) {
        if (trust_keys_find_name(keys, names.items[i]) == keys->count)
            findings_say(f, "store", FINDING_NOTE,
                         "key '%s' belongs to no signer: it does not count",
                         names.items[i]);
    }
}

/* Read the policy alone: what it says can be shown even if its files are missing. */
static int
look_at_text(struct policy_look *look, const struct buf *text, const char *name,
             struct findings *f)
{
    struct err why = ERR_INIT;

    if (policy_parse(&look->store.policy, text->data, text->len, &why) < 0) {
        err_wrap(&why, "%s", name);
        findings_add(f, "policy", FINDING_ERROR, &why);
        return -1;
    }
    look->store.has_policy = true;
    return 0;
}

static void
look_at_files(struct policy_look *look, const struct store_files *files,
              struct findings *f)
{
    CLEANUP(trust_store_release) struct trust_store whole = TRUST_STORE_INIT;
    struct trust_store alone;
    struct err why = ERR_INIT;

    whole.dir = xstrdup(look->store.dir);
    if (trust_store_read(&whole, files, &why) < 0) {
        findings_add(f, "store", FINDING_ERROR, &why);
        return;
    }
    look->has_files = true;
    alone = look->store;
    look->store = whole;
    whole = alone;
    if (look->store.has_policy)
        find_idle_keys(look, files, f);
}

/* 1: the file is an update, and *u has its files; 0: it is not, -1. */
static int
parse_update(struct trust_update *u, const struct buf *text, struct err *err)
{
    CLEANUP(js_release)
    struct js *root = js_parse(text->data, text->len, ERR_USAGE, err_ignored());

    if (!root || !js_has(root, "mediaType"))
        return 0;
    js_release(&root);
    return update_parse(u, text->data, text->len, err) < 0 ? -1 : 1;
}

/*
 * The files that the store would have with what is in path.  1: they are in *u, 0: the
 * file is neither a policy nor an update, which is a finding, -1.
 */
static int
slurp_proposal(struct trust_update *u, const char *path, struct findings *f,
               struct err *err)
{
    CLEANUP(buf_release) struct buf text = BUF_INIT(UPDATE_MAX);
    struct err why = ERR_INIT;
    int rc;

    if (file_slurp(path, &text, err) < 0)
        return -1;
    if (buf_add_text(&text, "") < 0)
        return err_set(err, ERR_LIMIT, "'%s' exceeds its maximum size", path);
    if (memchr(text.data, '\0', text.len))
        rc = err_set(&why, ERR_USAGE, "not a text file");
    else
        rc = parse_update(u, &text, &why);
    if (rc < 0) {
        err_wrap(&why, "%s", path);
        findings_add(f, "policy", FINDING_ERROR, &why);
        return 0;
    }
    if (rc == 0)
        update_add(u, "policy.json", text.data);
    return 1;
}

/* Whether the store can be read.  A proposal does not need one. */
static bool
has_store(const char *dir, bool is_needed, struct findings *f)
{
    struct err why = ERR_INIT;

    if (secure_dir_check(dir, &why) == 0)
        return true;
    if (why.kind == ERR_NOT_FOUND)
        why.reason = REASON_NO_TRUST;
    if (is_needed || why.kind != ERR_NOT_FOUND)
        findings_add(f, "store", FINDING_ERROR, &why);
    return false;
}

static int
look_at_store(struct policy_look *look, const struct store_files *files, const char *path,
              struct findings *f)
{
    CLEANUP(buf_release) struct buf text = BUF_INIT(POLICY_MAX);
    CLEANUP(mem_free_string) char *name = store_files_path(files, "policy.json");
    struct err why = ERR_INIT;

    if (store_files_read(files, "policy.json", &text, &why) == 0 &&
        buf_add_text(&text, "") == 0)
        return look_at_text(look, &text, path ? path : name, f);
    if (why.kind == ERR_NOT_FOUND)
        return 0;
    findings_add(f, "policy", FINDING_ERROR, &why);
    return -1;
}

int
policy_look(struct policy_look *out, const char *dir, const char *path,
            struct findings *f, struct err *err)
{
    CLEANUP(policy_look_release) struct policy_look look = POLICY_LOOK_INIT;
    CLEANUP(update_release) struct trust_update u = TRUST_UPDATE_INIT;
    struct trust_place place;
    struct store_files files;
    int rc = path ? slurp_proposal(&u, path, f, err) : 1;

    if (rc < 0)
        return -1;
    trust_place_find(&place, dir);
    look.store.dir = place.dir;
    look.store.state = place.state;
    files = (struct store_files){.over = u.files, .count = u.count};
    if (has_store(place.dir, !path, f))
        files.dir = place.dir;
    if (rc == 1 && (files.dir || path) && look_at_store(&look, &files, path, f) == 0)
        look_at_files(&look, &files, f);
    *out = look;
    look = (struct policy_look)POLICY_LOOK_INIT;
    return 0;
}

void
policy_look_release(struct policy_look *look)
{
    trust_store_release(&look->store);
    look->has_files = false;
}
