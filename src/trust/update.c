/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "trust/update.h"

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "base/text_safe.h"
#include "io/json/json.h"
#include "io/json/json_write.h"
#include "trust/verdict.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define UPDATE_TYPE "application/vnd.sealift.trust.v1+json"

/* ---- the file ---- */

/* Whether name is FOLDER NAME SUFFIX, without another folder in between. */
static bool
is_in(const char *name, const char *folder, const char *suffix)
{
    size_t len, n = strlen(suffix);

    if (!text_starts(name, folder))
        return false;
    name += strlen(folder);
    len = strlen(name);
    if (len <= n || len > POLICY_NAME_MAX || name[0] == '.' ||
        strcmp(name + len - n, suffix) != 0)
        return false;
    for (size_t i = 0; i < len; i++) {
        if (!text_is_alnum(name[i]) && !strchr("._-", name[i]))
            return false;
    }
    return true;
}

static bool
is_name(const char *name)
{
    return strcmp(name, "policy.json") == 0 || strcmp(name, "revoked") == 0 ||
           is_in(name, "keys/", ".pub") || is_in(name, "ca/", ".pem") ||
           is_in(name, "ca/intermediates/", ".pem") || is_in(name, "crl/", ".pem");
}

void
update_add(struct trust_update *u, const char *name, const char *text)
{
    u->files = mem_grow(u->files, u->count, &u->cap, sizeof(*u->files));
    u->files[u->count++] =
        (struct store_file){.name = xstrdup(name), .text = xstrdup(text)};
}

const char *
update_text(const struct trust_update *u, const char *name)
{
    for (size_t i = 0; i < u->count; i++) {
        if (strcmp(u->files[i].name, name) == 0)
            return u->files[i].text;
    }
    return NULL;
}

struct update_visit {
    struct trust_update *update;
    struct err *err;
};

static int
visit_file(const char *name, const struct js *value, void *ctx)
{
    const struct update_visit *v = ctx;
    const char *text = js_text(value);
    char safe[TEXT_SAFE_MAX];

    text_safe(safe, name, strlen(name));
    if (!is_name(name) || !text)
        return err_set(v->err, ERR_USAGE, "'%s' does not belong in a trust store", safe);
    if (v->update->count == UPDATE_FILES_MAX)
        return err_set(v->err, ERR_LIMIT, "more than %d files", UPDATE_FILES_MAX);
    update_add(v->update, name, text);
    return 0;
}

int
update_parse(struct trust_update *out, const char *text, size_t len, struct err *err)
{
    static const char *const known[] = {"mediaType", "files", NULL};
    CLEANUP(js_release) struct js *root = js_parse(text, len, ERR_USAGE, err);
    CLEANUP(update_release) struct trust_update u = TRUST_UPDATE_INIT;
    struct update_visit v = {.update = &u, .err = err};
    const struct js *files;
    const char *type;

    if (!root)
        return -1;
    if (js_unknown_key(root, known) || js_string(root, "mediaType", &type) != 1 ||
        strcmp(type, UPDATE_TYPE) != 0 || js_object(root, "files", &files) != 1)
        return err_set(err, ERR_USAGE, "not a trust update of this version of sealift");
    if (js_each(files, visit_file, &v) != 0)
        return -1;
    *out = u;
    u = (struct trust_update)TRUST_UPDATE_INIT;
    return 0;
}

void
update_release(struct trust_update *u)
{
    for (size_t i = 0; i < u->count; i++) {
        free(u->files[i].name);
        free(u->files[i].text);
    }
    free(u->files);
    *u = (struct trust_update)TRUST_UPDATE_INIT;
}

int
update_write(const struct trust_update *u, struct buf *out, struct err *err)
{
    struct jsout *root = jsout_object(), *files = jsout_object();

    for (size_t i = 0; i < u->count; i++)
        jsout_put_text(files, u->files[i].name, u->files[i].text);
    jsout_put_text(root, "mediaType", UPDATE_TYPE);
    jsout_put(root, "files", files);
    if (jsout_write(root, out, err) < 0)
        return -1;
    return buf_add_text(out, "\n") < 0 ? err_set(err, ERR_LIMIT, "the store is too large")
                                       : 0;
}

/* ---- the resulting store ---- */

/* A key that exists but is not in the update would be removed at the end. */
static int
check_keys(const struct trust_update *u, const struct policy *policy, struct err *err)
{
    for (size_t i = 0; i < policy->signer_count; i++) {
        const struct policy_texts *keys = &policy->signers[i].keys;

        for (size_t k = 0; k < keys->count; k++) {
            CLEANUP(mem_free_string) char *name = xasprintf("keys/%s", keys->items[k]);

            if (!update_text(u, name))
                return err_set(err, ERR_USAGE, "'%s' is missing from the update", name);
        }
    }
    return 0;
}

int
update_open(const struct trust_update *u, const char *dir, const struct revoked *revoked,
            struct trust_store *out, struct err *err)
{
    CLEANUP(trust_store_release) struct trust_store s = TRUST_STORE_INIT;
    const struct store_files files = {.dir = dir, .over = u->files, .count = u->count};

    if (!update_text(u, "policy.json"))
        return err_set(err, ERR_USAGE, "'policy.json' is missing from the update");
    s.dir = dir ? xstrdup(dir) : NULL;
    if (trust_store_read(&s, &files, err) < 0 || check_keys(u, &s.policy, err) < 0)
        return -1;
    if (!s.policy.has_root)
        return err_set(err, ERR_USAGE, "its policy.json has no \"root\"");
    if (revoked_join(&s.revoked, revoked, err) < 0)
        return err_wrap(err, "with the revocations of the store");
    *out = s;
    s = (struct trust_store)TRUST_STORE_INIT;
    return 0;
}

/* ---- authorisation ---- */

static int
judge_root(const struct trust_store *store, const struct signature_check *signers,
           const char *which, const struct events *events, struct err *err)
{
    struct trusted_time now = trusted_time(clock_now(), 0, store->policy.clock, events);
    struct admission admission;

    if (trust_admit(signers, store, &admission, err) < 0 ||
        trust_judge_root(store, signers, &now, err) < 0)
        return err_wrap(err, "by the %s policy", which);
    return 0;
}

int
update_judge(const struct trust_store *current, const struct signature_check *of_current,
             const struct trust_store *next, const struct signature_check *of_next,
             const struct events *events, struct err *err)
{
    if (!current->has_policy || !current->policy.has_root) {
        err_set(err, ERR_USAGE, "this store has no \"root\" to sign an update");
        return err_hint(err, "install its first policy.json manually");
    }
    if (next->policy.version != current->policy.version + 1) {
        err_set(err, ERR_USAGE,
                "the update is version %" PRIu64 ", but the store is at %" PRIu64,
                next->policy.version, current->policy.version);
        return err_hint(err, "updates must be applied in sequence");
    }
    if (judge_root(current, of_current, "present", events, err) < 0)
        return -1;
    return judge_root(next, of_next, "new", events, err);
}
