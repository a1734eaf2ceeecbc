/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "ops/store/policy_review.h"

#include "base/clock.h"
#include "base/mem.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

struct review {
    struct findings *f;
    const struct trust_store *store;
    bool has_files;
    uint64_t now;
    bool *counts; /* per signer: what they sign from now on can count */
};

/* ---- signers ---- */

static bool
is_revoked_key(const struct review *v, const char *name)
{
    const struct trust_keys *keys = &v->store->keys;
    size_t at = trust_keys_find_name(keys, name);

    return at < keys->count &&
           revoked_has_key(&v->store->revoked, pki_id(keys->items[at]));
}

static void
review_keys(struct review *v, size_t i)
{
    const struct policy_signer *s = &v->store->policy.signers[i];
    size_t revoked = 0;

    for (size_t k = 0; k < s->keys.count; k++) {
        if (!is_revoked_key(v, s->keys.items[k]))
            continue;
        revoked++;
        findings_say(v->f, "signer", FINDING_WARNING, "%s: key '%s' is revoked", s->name,
                     s->keys.items[k]);
    }
    if (revoked == s->keys.count)
        v->counts[i] = false;
}

/* An end, past or near.  Returns: whether it is past. */
static bool
review_end(struct review *v, const char *signer, const char *what, uint64_t end)
{
    char time[CLOCK_TEXT_MAX];

    clock_format(time, end);
    if (end < v->now)
        findings_say(v->f, "signer", FINDING_WARNING,
                     "%s: %s ended at %s: bundles made later do not count", signer, what,
                     time);
    else if (end - v->now < REVIEW_SOON)
        findings_say(v->f, "signer", FINDING_WARNING,
                     "%s: %s ends at %s: bundles made later will not count", signer, what,
                     time);
    return end < v->now;
}

/* Returns: whether a chain that ends at this certificate is valid now. */
static bool
review_anchor(struct review *v, const char *signer, const struct pki_cert_term *term)
{
    char time[CLOCK_TEXT_MAX];
    CLEANUP(mem_free_string) char *what = xasprintf("the CA '%s'", term->subject);

    if (term->valid_from > v->now) {
        clock_format(time, term->valid_from);
        findings_say(v->f, "signer", FINDING_WARNING, "%s: %s begins only at %s", signer,
                     what, time);
        return false;
    }
    return !review_end(v, signer, what, term->valid_until);
}

static void
review_anchors(struct review *v, size_t i)
{
    const struct policy_signer *s = &v->store->policy.signers[i];
    struct pki_cert_term term;
    bool has_valid = false;

    for (size_t k = 0; pki_cert_term(v->store->authorities.anchors[i], k, &term); k++)
        has_valid = review_anchor(v, s->name, &term) || has_valid;
    if (!has_valid)
        v->counts[i] = false;
}

static void
review_certificate(struct review *v, size_t i)
{
    const struct trust_store *store = v->store;
    const struct policy_signer *s = &store->policy.signers[i];
    struct pki_crl_term term;

    if (s->x509.time == POLICY_TIME_NONE)
        findings_say(v->f, "signer", FINDING_WARNING,
                     "%s: the dates of the certificate are not checked", s->name);
    else if (v->has_files)
        review_anchors(v, i);
    if (s->x509.has_spki && revoked_has_key(&store->revoked, &s->x509.spki)) {
        v->counts[i] = false;
        findings_say(v->f, "signer", FINDING_WARNING,
                     "%s: the key of the certificate is revoked", s->name);
    }
    if (v->has_files && s->x509.requires_crl &&
        !pki_crl_term(store->authorities.crls, 0, &term)) {
        v->counts[i] = false;
        findings_say(v->f, "signer", FINDING_WARNING,
                     "%s: requires a revocation list, and the store has none", s->name);
    }
}

static bool
is_in_quorum(const struct policy_quorum *q, size_t signer)
{
    size_t i = 0;

    while (i < q->count && q->signers[i] != signer)
        i++;
    return i < q->count;
}

static bool
is_in_a_rule(const struct policy *p, size_t signer)
{
    size_t i = 0;

    if (p->accepts_other_streams || is_in_quorum(&p->root, signer))
        return true;
    while (i < p->stream_count && !is_in_quorum(&p->streams[i].quorum, signer))
        i++;
    return i < p->stream_count;
}

static void
review_signer(struct review *v, size_t i)
{
    const struct policy *p = &v->store->policy;
    const struct policy_signer *s = &p->signers[i];

    v->counts[i] = true;
    if (s->is_x509)
        review_certificate(v, i);
    else
        review_keys(v, i);
    if (s->has_not_after && review_end(v, s->name, "\"not_after\"", s->not_after))
        v->counts[i] = false;
    if (!v->counts[i])
        findings_say(v->f, "signer", FINDING_WARNING, "%s: no new signature counts",
                     s->name);
    if (!is_in_a_rule(p, i))
        findings_say(v->f, "signer", FINDING_NOTE, "%s: not in any rule", s->name);
}

/* ---- rules ---- */

static size_t
count_able(const struct review *v, const struct policy_quorum *q)
{
    size_t n = 0;

    for (size_t i = 0; i < q->count; i++)
        n += v->counts[q->signers[i]];
    return n;
}

/* what: what one stolen key permits; stop: what one lost key stops. */
static void
review_quorum(const struct review *v, const char *subject, const char *name,
              const struct policy_quorum *q, const char *what, const char *stop)
{
    const struct policy *p = &v->store->policy;
    struct err e = ERR_INIT;
    size_t able = count_able(v, q);

    if (able < q->threshold) {
        err_set(&e, ERR_TRUST,
                "%srequires %" PRIu64 " of %zu signers, and %zu of them can sign: %s",
                name, q->threshold, q->count, able, stop);
        findings_add(v->f, subject, FINDING_ERROR, &e);
        return;
    }
    if (q->count == 1)
        findings_say(v->f, subject, FINDING_WARNING,
                     "%sone signer alone, %s: one stolen key %s", name,
                     p->signers[q->signers[0]].name, what);
    else if (q->threshold == 1)
        findings_say(v->f, subject, FINDING_WARNING,
                     "%sany one of %zu signers is sufficient: one stolen key %s", name,
                     q->count, what);
    if (able == q->threshold)
        findings_say(v->f, subject, FINDING_NOTE,
                     "%sno signer can be spared: after the loss of one key %s", name,
                     stop);
}

static void
review_stream(const struct review *v, const struct policy_stream *s)
{
    CLEANUP(mem_free_string) char *name = xasprintf("%s: ", s->pattern);

    review_quorum(v, "stream", name, &s->quorum, "is enough for a false bundle",
                  "no bundle is accepted");
    if (strcmp(s->pattern, "*") == 0)
        findings_say(v->f, "stream", FINDING_WARNING,
                     "%sthe rule is bound to no stream: every name is accepted", name);
    if (s->may_go_back)
        findings_say(v->f, "stream", FINDING_WARNING,
                     "%solder bundles are accepted, with the faults mended since", name);
    if (!s->has_max_age)
        findings_say(v->f, "stream", FINDING_NOTE,
                     "%sbundles do not expire unless their exporter says so", name);
}

static void
review_root(const struct review *v)
{
    const struct policy *p = &v->store->policy;
    uint64_t most = 0;

    if (!p->has_root) {
        findings_say(v->f, "updates", FINDING_NOTE,
                     "there is no \"root\": every host is changed by hand");
        return;
    }
    review_quorum(v, "updates", "", &p->root, "is enough to replace this policy",
                  "no update is accepted");
    for (size_t i = 0; i < p->stream_count; i++)
        most =
            p->streams[i].quorum.threshold > most ? p->streams[i].quorum.threshold : most;
    if (p->root.threshold < most)
        findings_say(v->f, "updates", FINDING_WARNING,
                     "%" PRIu64 " signatures replace this policy, but a bundle requires "
                     "%" PRIu64,
                     p->root.threshold, most);
}

static void
review_settings(const struct review *v)
{
    const struct policy *p = &v->store->policy;
    struct err e = ERR_INIT;

    if (p->accepts_other_streams) {
        findings_say(v->f, "policy", FINDING_WARNING,
                     "streams without a rule: any one signer is sufficient");
    } else if (p->stream_count == 0) {
        err_set(&e, ERR_TRUST, "no stream has a rule: no bundle is accepted");
        findings_add(v->f, "policy", FINDING_ERROR, &e);
    }
    if (p->may_skip)
        findings_say(v->f, "policy", FINDING_WARNING,
                     "\"allow_insecure\": one option turns the check of signatures off");
    if (p->may_roll_back)
        findings_say(v->f, "policy", FINDING_NOTE,
                     "\"overrides\": older bundles are accepted on request");
    if (p->may_be_expired)
        findings_say(v->f, "policy", FINDING_NOTE,
                     "\"overrides\": expired bundles are accepted on request");
    if (p->clock == POLICY_CLOCK_UNTRUSTED)
        findings_say(v->f, "policy", FINDING_NOTE,
                     "the clock is ignored: without newer bundles nothing expires");
}

/* ---- without a policy ---- */

static void
review_bare_keys(const struct review *v)
{
    const struct trust_keys *keys = &v->store->keys;
    size_t revoked = 0;
    struct err e = ERR_INIT;

    for (size_t i = 0; i < keys->count; i++) {
        if (!is_revoked_key(v, keys->names[i]))
            continue;
        revoked++;
        findings_say(v->f, "signer", FINDING_WARNING, "key '%s' is revoked",
                     keys->names[i]);
    }
    findings_say(v->f, "policy", FINDING_WARNING,
                 "there is no policy: any one key is sufficient for every stream");
    if (revoked == keys->count) {
        err_set(&e, ERR_TRUST, "no key counts: no bundle is accepted");
        findings_add(v->f, "policy", FINDING_ERROR, &e);
    }
}

/* ---- the whole policy ---- */

static void
take_review_warning(void *ctx, const struct event *event)
{
    if (event->kind == EVENT_WARNING)
        findings_say(ctx, "store", FINDING_WARNING, "%s", event->text);
}

void
policy_review(const struct policy_look *look, uint64_t now, struct findings *f)
{
    const struct policy *p = &look->store.policy;
    const struct events warnings = {.emit = take_review_warning, .ctx = f};
    struct review v = {
        .f = f, .store = &look->store, .has_files = look->has_files, .now = now};

    if (!look->store.has_policy && !look->has_files)
        return;
    if (look->store.has_policy) {
        v.counts = xcalloc(p->signer_count, sizeof(*v.counts));
        for (size_t i = 0; i < p->signer_count; i++)
            review_signer(&v, i);
        for (size_t i = 0; i < p->stream_count; i++)
            review_stream(&v, &p->streams[i]);
        review_settings(&v);
        review_root(&v);
        free(v.counts);
    } else {
        review_bare_keys(&v);
    }
    trust_store_warn(&look->store, now, &warnings);
}
