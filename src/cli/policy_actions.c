/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "cli/policy_actions.h"

#include "base/clock.h"
#include "base/mem.h"
#include "cli/trusted_key.h"
#include "io/json/json_write.h"
#include "ops/store/policy_edit.h"
#include "ops/store/policy_review.h"
#include "render/render_doctor.h"
#include "render/render_policy.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* ---- signers ---- */

/* The words of all --signers, owned. */
struct signer_words {
    char **items;
    size_t count, cap;
};

static void
signer_words_release(struct signer_words *w)
{
    for (size_t i = 0; i < w->count; i++)
        free(w->items[i]);
    free(w->items);
}

/* An empty word stays one: it is refused as a name. */
static void
split_signers(const struct opt_list *list, struct signer_words *out)
{
    for (size_t i = 0; i < list->count; i++) {
        for (const char *p = list->items[i]; p; p = strchr(p, ',')) {
            p += *p == ',' && p != list->items[i];
            out->items = mem_grow(out->items, out->count, &out->cap, sizeof(*out->items));
            out->items[out->count++] = xstrndup(p, strcspn(p, ","));
        }
    }
}

void
policy_options_files(const struct policy_options *o, struct files *f)
{
    CLEANUP(signer_words_release) struct signer_words words = {.items = NULL};

    split_signers(&o->signers, &words);
    for (size_t i = 0; i < words.count; i++) {
        if (policy_wants_file(words.items[i]))
            files_add(f, FILE_READ, "--signers", words.items[i]);
    }
}

bool
policy_options_given(const struct policy_options *o)
{
    return o->stream || o->signers.count > 0 || o->threshold.is_set ||
           o->max_age_days.is_set || o->may_replace;
}

/* ---- check ---- */

static void
put_policy(struct result *r, const struct policy_look *look)
{
    const struct trust_store *s = &look->store;

    jsout_put_text(r->json, "store", s->dir);
    result_say(r, "store     %s\n", s->dir);
    if (!s->has_policy)
        return;
    jsout_put_u64(r->json, "version", s->policy.version);
    result_say(r, "policy    version %" PRIu64 "\n", s->policy.version);
    render_policy(r, &s->policy);
}

static bool
is_quiet(const struct findings *f)
{
    const struct finding *worst = findings_worst(f);

    return !worst || worst->state < FINDING_WARNING;
}

int
policy_action_check(const char *dir, const char *path,
                    void (*hints)(struct err *err, const void *ctx), const void *ctx,
                    struct result *r, struct err *err)
{
    CLEANUP(policy_look_release) struct policy_look look = POLICY_LOOK_INIT;
    CLEANUP(findings_release) struct findings f = FINDINGS_INIT;
    int rc;

    if (policy_look(&look, dir, path, &f, err) < 0)
        return -1;
    put_policy(r, &look);
    policy_review(&look, clock_now(), &f);
    if (is_quiet(&f))
        findings_say(&f, "policy", FINDING_OK, "nothing is wrong or dangerous");
    rc = findings_judge(&f, err);
    for (size_t i = 0; hints && i < f.count; i++)
        hints(&f.items[i].err, ctx);
    render_findings(r, &f);
    return rc;
}

/* ---- policy ---- */

static int
read_wish(const struct policy_options *o, const struct signer_words *words,
          struct policy_wish *out, struct err *err)
{
    if (!o->stream || words->count == 0)
        return err_set(err, ERR_USAGE, "policy requires --stream and --signers");
    if (words->count > 1 && !o->threshold.is_set)
        return err_set(err, ERR_USAGE,
                       "%zu signers require --threshold: how many of them have to sign",
                       words->count);
    if (o->threshold.is_set &&
        (o->threshold.value == 0 || o->threshold.value > words->count))
        return err_set(err, ERR_USAGE,
                       "--threshold %" PRIu64
                       ": expected 1 to %zu, the number of signers",
                       o->threshold.value, words->count);
    if (o->max_age_days.is_set && o->max_age_days.value == 0)
        return err_set(err, ERR_USAGE, "--max-age-days 0: expected at least 1");
    *out = (struct policy_wish){.stream = o->stream,
                                .signers = words->items,
                                .signer_count = words->count,
                                .threshold = o->threshold.value,
                                .max_age_days = o->max_age_days.value,
                                .may_replace = o->may_replace};
    return 0;
}

/* Keys that become trusted by this are shown, and confirmed on a terminal. */
static int
look_at_signers(const char *dir, const struct policy_wish *wish, struct trust_added *keys,
                struct result *r, struct err *err)
{
    struct jsout *array = jsout_array();
    int rc = 0;

    for (size_t i = 0; rc == 0 && i < wish->signer_count; i++) {
        struct jsout *obj;

        if (!policy_wants_file(wish->signers[i]))
            continue;
        rc = trusted_key_look(dir, wish->signers[i], &keys[i], err);
        if (rc < 0)
            break;
        obj = jsout_object();
        trusted_key_put(r, obj, &keys[i]);
        jsout_append(array, obj);
    }
    jsout_put(r->json, "keys", array);
    return rc;
}

static void
put_change(struct result *r, const struct policy_change *c)
{
    jsout_put_bool(r->json, "written", c->is_written);
    if (c->before > 0)
        jsout_put_u64(r->json, "before", c->before);
    if (!c->is_written)
        result_say(r, "unchanged version %" PRIu64 " says this already\n", c->version);
    else if (c->before > 0)
        result_say(r,
                   "wrote     version %" PRIu64 ", which replaces version %" PRIu64 "\n",
                   c->version, c->before);
    else
        result_say(r, "wrote     version %" PRIu64 ", the first\n", c->version);
}

int
policy_action_write(const struct policy_options *o, const char *dir, struct result *r,
                    struct err *err)
{
    CLEANUP(signer_words_release) struct signer_words words = {.items = NULL};
    struct policy_change change;
    struct policy_wish wish;
    struct trust_added *keys;
    int rc;

    split_signers(&o->signers, &words);
    if (read_wish(o, &words, &wish, err) < 0)
        return -1;
    keys = xcalloc(wish.signer_count, sizeof(*keys));
    wish.keys = keys;
    rc = look_at_signers(dir, &wish, keys, r, err);
    if (rc == 0)
        rc = policy_write(dir, &wish, &change, err);
    free(keys);
    if (rc < 0)
        return -1;
    put_change(r, &change);
    /* The findings are information here: the policy is in place. */
    (void)!policy_action_check(dir, NULL, NULL, NULL, r, err_ignored());
    return 0;
}
