/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "cli/commands/commands.h"

#include "base/clock.h"
#include "base/mem.h"
#include "cli/hints.h"
#include "cli/passphrase.h"
#include "cli/policy_actions.h"
#include "cli/trusted_key.h"
#include "io/json/json_write.h"
#include "ops/store/store_edit.h"
#include "ops/store/store_update.h"
#include "render/table.h"

#include <inttypes.h>
#include <string.h>

struct trust_command {
    struct common_options common;
    struct passphrase_options passphrase;
    const char *dir, *output, *key;
    struct policy_options policy;
};

#define T struct trust_command
static const struct opt table[] = {
    GROUP("Trust"),
    FILE_TEXT(T, dir, 0, "trust", "DIR", OPT_BY_COMMAND,
              "the trust store (default " STORE_DEFAULTS ")", .from = OPT_FROM_SYSTEM),
    FILE_TEXT(T, output, 'o', "output", "FILE", OPT_BY_COMMAND,
              "export: the update to write"),
    FILE_TEXT(T, key, 0, "key", "KEY", OPT_READS, "sign: with this private key"),
    PASSPHRASE_OPTIONS(T),
    GROUP("Policy"),
    POLICY_OPTIONS(T),
    COMMON_OPTIONS(T),
    {.kind = OPT_END},
};
#undef T

/* ---- add ---- */

static int
run_trust_add(const char *dir, const char *path, struct runtime *rt, struct result *r,
              struct err *err)
{
    struct trust_added looked, a;

    if (trusted_key_look(dir, path, &looked, err) < 0 ||
        trust_add(dir, path, &looked, &a, err) < 0)
        return -1;
    trusted_key_put(r, r->json, &a);
    trust_key_warn(a.type, a.name, &rt->run.events);
    result_say(r, "%s\n", a.was_there ? "already in the store" : "added");
    if (!a.is_named)
        events_warning(&rt->run.events,
                       "policy.json does not name %s: it does not count yet", a.name);
    return 0;
}

/* ---- list ---- */

/* What a certificate must match to belong to a signer. */
static const char *
pin_of(const struct policy_x509 *x)
{
    if (x->subject)
        return x->subject;
    return x->sans.count > 0 ? x->sans.items[0] : "by its key";
}

static void
list_certificates(const struct trust_store *store, struct table *t, struct jsout *array)
{
    for (size_t i = 0; i < store->policy.signer_count; i++) {
        const struct policy_signer *s = &store->policy.signers[i];
        struct jsout *obj;

        if (!s->is_x509)
            continue;
        obj = jsout_object();
        jsout_put_text(obj, "signer", s->name);
        jsout_put_text(obj, "certificate", pin_of(&s->x509));
        jsout_append(array, obj);
        table_add(t, (const char *const[]){s->name, "certificate", pin_of(&s->x509), ""});
    }
}

static void
list_keys(const struct trust_store *store, struct result *r)
{
    CLEANUP(table_release) struct table t = TABLE_INIT;
    struct jsout *array = jsout_array();

    table_add(&t, (const char *const[]){"SIGNER", "KEY", "KEY ID", ""});
    for (size_t i = 0; i < store->keys.count; i++) {
        const struct digest *id = pki_id(store->keys.items[i]);
        const char *signer = trust_store_signer(store, id);
        bool revoked = revoked_has_key(&store->revoked, id);
        struct jsout *obj = jsout_object();
        char hex[2 * DIGEST_RAW_MAX + 1];

        digest_hex(id, hex);
        jsout_put_text(obj, "signer", signer);
        jsout_put_text(obj, "key", store->keys.names[i]);
        jsout_put_text(obj, "keyId", hex);
        jsout_put_bool(obj, "revoked", revoked);
        jsout_append(array, obj);
        table_add(&t, (const char *const[]){signer, store->keys.names[i], hex,
                                            revoked ? "revoked" : ""});
    }
    list_certificates(store, &t, array);
    jsout_put(r->json, "keys", array);
    table_say(&t, r);
}

static void
list_streams(const struct trust_store *store, struct result *r)
{
    struct jsout *array = jsout_array();

    for (size_t i = 0; i < store->policy.stream_count; i++) {
        const struct policy_stream *s = &store->policy.streams[i];
        struct jsout *obj = jsout_object(), *signers = jsout_array();

        result_say(r, "stream    %s: %" PRIu64 " of", s->pattern, s->quorum.threshold);
        for (size_t k = 0; k < s->quorum.count; k++) {
            const char *name = store->policy.signers[s->quorum.signers[k]].name;

            jsout_append_text(signers, name);
            result_say(r, "%s %s", k > 0 ? "," : "", name);
        }
        result_say(r, "\n");
        jsout_put_text(obj, "stream", s->pattern);
        jsout_put_u64(obj, "threshold", s->quorum.threshold);
        jsout_put(obj, "signers", signers);
        jsout_append(array, obj);
    }
    jsout_put(r->json, "streams", array);
}

static int
run_trust_list(const char *dir, struct runtime *rt, struct result *r, struct err *err)
{
    CLEANUP(trust_store_release) struct trust_store store = TRUST_STORE_INIT;

    if (trust_store_open(&store, dir, err) < 0)
        return -1;
    trust_store_warn(&store, clock_now(), &rt->run.events);
    jsout_put_text(r->json, "store", store.dir);
    result_say(r, "store     %s\n", store.dir);
    if (store.has_policy) {
        jsout_put_u64(r->json, "version", store.policy.version);
        result_say(r, "policy    version %" PRIu64 "\n", store.policy.version);
    } else {
        result_say(r, "policy    none: any one of these keys is sufficient\n");
    }
    list_streams(&store, r);
    list_keys(&store, r);
    return 0;
}

/* ---- other actions ---- */

static int
distrust(const char *dir, const char *what, struct result *r, struct err *err)
{
    char line[TRUST_LINE_MAX];
    int rc = trust_revoke(dir, what, line, err);

    if (rc < 0)
        return -1;
    jsout_put_text(r->json, "revoked", line);
    result_say(r, "%s %s\n", rc == 1 ? "revoked  " : "already revoked:", line);
    return 0;
}

static int
drop(const char *dir, const char *name, struct result *r, struct err *err)
{
    if (trust_remove(dir, name, err) < 0)
        return -1;
    jsout_put_text(r->json, "key", name);
    result_say(r, "removed   %s\n", name);
    return 0;
}

/* ---- updates ---- */

static int export(const struct trust_command *o, struct result *r, struct err *err)
{
    uint64_t version;

    if (!o->output)
        return err_set(err, ERR_USAGE, "export requires --output");
    if (trust_export(o->dir, o->output, &version, err) < 0)
        return -1;
    jsout_put_text(r->json, "update", o->output);
    jsout_put_u64(r->json, "version", version);
    result_say(r, "wrote     %s, version %" PRIu64 "\n", o->output, version);
    return 0;
}

static int
run_trust_sign(const struct trust_command *o, const char *path, struct result *r,
               struct err *err)
{
    CLEANUP(pki_release) struct pki_key *key = NULL;
    CLEANUP(mem_free_string) char *file = NULL;

    if (!o->key)
        return err_set(err, ERR_USAGE, "sign requires --key");
    key = passphrase_load_key(&o->passphrase, o->key, NULL, err);
    if (!key || trust_sign(path, key, &file, err) < 0)
        return -1;
    jsout_put_text(r->json, "signature", file);
    result_say(r, "wrote     %s\n", file);
    return 0;
}

static int
run_trust_apply(const struct trust_command *o, const char *path, struct runtime *rt,
                struct result *r, struct err *err)
{
    uint64_t version;

    if (trust_apply(o->dir, path, &rt->run.events, &version, err) < 0)
        return -1;
    jsout_put_u64(r->json, "version", version);
    result_say(r, "applied   version %" PRIu64 "\n", version);
    return 0;
}

/* ---- policies ---- */

static void
add_policy_hint(struct err *err, const void *options)
{
    hint_add_to(err, &cmd_trust, options);
}

/* ---- the command ---- */

/* Performs the action, if its requirements are met. */
static int
act(const struct trust_command *o, const char *action, const char *what,
    struct runtime *rt, struct result *r, struct err *err)
{
    if (strcmp(action, "add") == 0)
        return run_trust_add(o->dir, what, rt, r, err);
    if (strcmp(action, "list") == 0)
        return run_trust_list(o->dir, rt, r, err);
    if (strcmp(action, "remove") == 0)
        return drop(o->dir, what, r, err);
    if (strcmp(action, "revoke") == 0)
        return distrust(o->dir, what, r, err);
    if (strcmp(action, "export") == 0)
        return export(o, r, err);
    if (strcmp(action, "sign") == 0)
        return run_trust_sign(o, what, r, err);
    if (strcmp(action, "policy") == 0)
        return policy_action_write(&o->policy, o->dir, r, err);
    if (strcmp(action, "check") == 0)
        return policy_action_check(o->dir, what, add_policy_hint, o, r, err);
    return run_trust_apply(o, what, rt, r, err);
}

static const char *const actions[] = {"add",   "list",   "remove", "revoke", "policy",
                                      "check", "export", "sign",   "apply",  NULL};

/* Options that belong to one action; settings of them wait for it. */
static int
check_options(const struct trust_command *o, const char *action,
              const unsigned char *sources, struct err *err)
{
    const struct {
        bool is_given;
        const char *action, *options;
    } rules[] = {
        {opt_is_typed(table, sources, "output"), "export", "--output"},
        {opt_is_typed(table, sources, "key"), "sign", "--key"},
        {policy_options_given(&o->policy), "policy",
         "--stream, --signers, --threshold, --max-age-days and --update"},
    };

    for (size_t i = 0; i < COUNT_OF(rules); i++) {
        if (rules[i].is_given && strcmp(rules[i].action, action) != 0)
            return err_set(err, ERR_USAGE, "only %s has %s", rules[i].action,
                           rules[i].options);
    }
    return 0;
}

static int
run_trust(const void *options, char **operands, size_t count, struct runtime *rt,
          struct result *r, struct err *err)
{
    enum { NONE, ONE, ANY };
    static const char operand[] = {ONE, NONE, ONE, ONE, NONE, ANY, NONE, ONE, ONE};
    const struct trust_command *o = options;
    const char *action = operands[0], *what = count > 1 ? operands[1] : NULL;

    jsout_put_text(r->json, "action", action);
    if (check_options(o, action, rt->sources, err) < 0)
        return -1;
    for (size_t i = 0; actions[i]; i++) {
        if (strcmp(actions[i], action) != 0)
            continue;
        if (operand[i] != ANY && (operand[i] == ONE) != (what != NULL))
            return err_set(err, ERR_USAGE, "%s: %s operand", action,
                           what ? "unexpected" : "missing");
        return act(o, action, what, rt, r, err);
    }
    return err_set(err, ERR_USAGE, "unknown action '%s'", action);
}

/* add PUB, revoke PUB, check FILE, sign FILE, apply FILE: other operands, which are not
 * files, are harmless here. */
static void
files(const void *options, char **operands, size_t count, struct files *f)
{
    const struct trust_command *o = options;
    const char *action = count > 0 ? operands[0] : "";
    bool is_signed = strcmp(action, "sign") == 0,
         is_applied = strcmp(action, "apply") == 0,
         is_checked = strcmp(action, "check") == 0;

    files_add_store(f, o->dir);
    files_add(f, FILE_WRITTEN, "--output", o->output);
    files_add_operands(f,
                       is_signed    ? FILE_WRITTEN_UPDATE
                       : is_applied ? FILE_READ_UPDATE
                                    : FILE_READ,
                       is_signed || is_applied || is_checked ? "FILE" : "PUB", operands,
                       1, count);
    policy_options_files(&o->policy, f);
}

const struct command cmd_trust = {
    .name = "trust",
    .group = COMMAND_TRUST,
    .operands = "add PUB | list | remove NAME | revoke WHAT | policy | check [FILE] | "
                "export | sign FILE | apply FILE",
    .summary = "manage the signers whose bundles are accepted here",
    .about = "Change the trust store that verify and import use: add a public key, list "
             "what\nis trusted, remove a key, or revoke a key (PUB or key id), a bundle "
             "(sha256:HEX\nof its index.json) or a certificate; write the policy, which "
             "says how many signers\na stream requires; or check a policy or an update: "
             "what it means, what is wrong\nwith it, and what is dangerous.  To change "
             "many hosts, export a store as one file,\nhave it signed by enough signers, "
             "and apply it on each host.",
    .actions = actions,
    .examples =
        {
            {"Accept bundles signed with a key", "sealift trust add team.pub"},
            {"Accept bundles of a stream only with both signatures",
             "sealift trust policy --stream prod --signers ann,bob --threshold 2"},
        },
    .table = table,
    .options_size = sizeof(struct trust_command),
    .operands_min = 1,
    .operands_max = 2,
    .files = files,
    .run = run_trust,
};
