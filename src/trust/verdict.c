/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "trust/verdict.h"

#include "base/clock.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { DAY = 86400, AHEAD_DAYS = 7, LIST_MAX = 200 };

/* ---- signers ---- */

/* Keys are limited by the bundle's creation time; certificates as configured for the
 * signer. */
static bool
is_in_time(const struct policy_signer *s, const struct trust_finding *f,
           const struct trust_claims *claims, const struct trusted_time *now)
{
    uint64_t when = s->x509.time == POLICY_TIME_NOW ? now->effective : claims->created;

    if (s->has_not_after && claims->created > s->not_after)
        return false;
    return !f->has_validity || s->x509.time == POLICY_TIME_NONE ||
           (when >= f->valid_from && when <= f->valid_until);
}

/* Whether a key that made this signature has been counted for another signer. */
static bool
is_key_used(const struct trust_finding *const *used, size_t count,
            const struct trust_finding *f)
{
    for (size_t i = 0; i < count; i++) {
        if (digest_equal(&used[i]->key_id, &f->key_id))
            return true;
    }
    return false;
}

/* Count the signers of a quorum that signed: each once, and each key for one signer. */
static void
count_quorum(struct trust_verdict *v, const struct trust_store *store,
             const struct policy_quorum *quorum, const struct signature_check *signers,
             const struct trust_claims *claims, const struct trusted_time *now)
{
    const struct trust_finding *used[TRUST_FILES_MAX];

    for (size_t i = 0; i < quorum->count && v->signer_count < TRUST_FILES_MAX; i++) {
        const struct policy_signer *s = &store->policy.signers[quorum->signers[i]];

        for (size_t j = 0; j < signers->count; j++) {
            const struct trust_finding *f = &signers->items[j];

            if (f->counts && strcmp(f->signer, s->name) == 0 &&
                is_in_time(s, f, claims, now) && !is_key_used(used, v->signer_count, f)) {
                used[v->signer_count] = f;
                v->signers[v->signer_count++] = s->name;
                break;
            }
        }
    }
}

/* The policy's signer of a signature that counts; NULL without a policy. */
static const struct policy_signer *
signer_of(const struct trust_store *store, const struct trust_finding *f)
{
    for (size_t i = 0; i < store->policy.signer_count; i++) {
        if (strcmp(store->policy.signers[i].name, f->signer) == 0)
            return &store->policy.signers[i];
    }
    return NULL;
}

static bool
is_late(const struct trust_store *store, const struct trust_finding *f,
        const struct trust_claims *claims, const struct trusted_time *now)
{
    const struct policy_signer *s = f->counts ? signer_of(store, f) : NULL;

    return s && !is_in_time(s, f, claims, now);
}

/* Without a rule any signer is sufficient, and without a policy each key is a signer. */
static void
count_all(struct trust_verdict *v, const struct trust_store *store,
          const struct signature_check *signers, const struct trust_claims *claims,
          const struct trusted_time *now)
{
    const struct trust_finding *used[TRUST_FILES_MAX];

    for (size_t j = 0; j < signers->count && v->signer_count < TRUST_FILES_MAX; j++) {
        const struct trust_finding *f = &signers->items[j];

        if (f->counts && !is_late(store, f, claims, now) &&
            !is_key_used(used, v->signer_count, f)) {
            used[v->signer_count] = f;
            v->signers[v->signer_count++] = f->signer;
        }
    }
}

static bool
has_signed(const struct trust_verdict *v, const char *signer)
{
    for (size_t i = 0; i < v->signer_count; i++) {
        if (strcmp(v->signers[i], signer) == 0)
            return true;
    }
    return false;
}

/* Those who have not signed, each with the key files of the policy: "bob (bob.pub)". */
static void
list_unsigned(char out[LIST_MAX], const struct trust_verdict *v,
              const struct trust_store *store, const struct policy_quorum *quorum)
{
    size_t used = 0;

    out[0] = '\0';
    for (size_t i = 0; i < quorum->count && used < LIST_MAX; i++) {
        const struct policy_signer *s = &store->policy.signers[quorum->signers[i]];

        if (has_signed(v, s->name))
            continue;
        used += (size_t)snprintf(out + used, LIST_MAX - used, "%s%s",
                                 used > 0 ? ", " : "", s->name);
        for (size_t k = 0; k < s->keys.count && used < LIST_MAX; k++)
            used += (size_t)snprintf(out + used, LIST_MAX - used, "%s%s%s",
                                     k > 0 ? " or " : " (", s->keys.items[k],
                                     k + 1 < s->keys.count ? "" : ")");
    }
}

static const struct trust_finding *
find_revoked(const struct signature_check *signers)
{
    for (size_t i = 0; i < signers->count; i++) {
        const struct trust_finding *f = &signers->items[i];

        if (!f->counts && f->reason == REASON_REVOKED)
            return f;
    }
    return NULL;
}

/* what: what was to be signed; unsigned_reason: the reason when none of its signers did.
 */
static int
too_few(const struct trust_verdict *v, const struct trust_store *store,
        const struct policy_quorum *quorum, const struct signature_check *signers,
        const char *what, enum err_reason unsigned_reason, struct err *err)
{
    const struct trust_finding *revoked = find_revoked(signers);
    char list[LIST_MAX];

    list_unsigned(list, v, store, quorum);
    if (revoked)
        err_because(err, ERR_TRUST, REASON_REVOKED, "signature '%s': %s", revoked->file,
                    revoked->why);
    else if (v->signer_count == 0)
        err_because(err, ERR_TRUST, unsigned_reason,
                    "not signed by any authorised signer of %s", what);
    else
        err_because(err, ERR_TRUST, REASON_THRESHOLD,
                    "signed by %zu of the %" PRIu64 " signers that %s requires, %s",
                    v->signer_count, v->threshold, what, v->signers[0]);
    return err_hint(err, "%s: %" PRIu64 " more of %s must sign", what,
                    v->threshold - v->signer_count, list);
}

/* -1 with an error when there is a valid signature at the wrong time, else 0. */
static int
too_late(const struct trust_store *store, const struct signature_check *signers,
         const struct trust_claims *claims, const struct trusted_time *now,
         struct err *err)
{
    char from[CLOCK_TEXT_MAX], until[CLOCK_TEXT_MAX];
    size_t i = 0;
    const struct trust_finding *f;

    while (i < signers->count && !is_late(store, &signers->items[i], claims, now))
        i++;
    if (i == signers->count)
        return 0;
    f = &signers->items[i];
    if (!f->has_validity) {
        err_because(err, ERR_TRUST, REASON_SIGNED_LATE,
                    "signature '%s': '%s' is no longer authorised to sign", f->file,
                    f->signer);
        return err_hint(err, "have it signed again by an authorised signer");
    }
    clock_format(from, f->valid_from);
    clock_format(until, f->valid_until);
    err_because(
        err, ERR_TRUST, REASON_SIGNED_LATE,
        "certificate of '%s' (signature '%s') not valid at signing time (valid %s to %s)",
        f->file, f->signer, from, until);
    return err_hint(err, "have it signed again, with a valid certificate");
}

int
trust_judge_signers(struct trust_verdict *v, const struct trust_store *store,
                    const struct signature_check *signers, bool skipped,
                    const struct trust_claims *claims, const struct trusted_time *now,
                    struct err *err)
{
    char what[sizeof("stream ''") + STATE_STREAM_MAX];

    v->threshold = 1;
    v->rule =
        store->has_policy ? policy_stream_for(&store->policy, claims->stream) : NULL;
    if (store->has_policy && !v->rule && !store->policy.accepts_other_streams) {
        err_because(err, ERR_TRUST, REASON_STREAM, "the policy has no stream '%s'",
                    claims->stream);
        return err_hint(
            err, "to accept it, the owner of %s/policy.json adds it to \"streams\"",
            store->dir);
    }
    if (skipped)
        return 0;
    if (!v->rule) {
        count_all(v, store, signers, claims, now);
        return v->signer_count > 0 ? 0 : too_late(store, signers, claims, now, err);
    }
    v->threshold = v->rule->quorum.threshold;
    count_quorum(v, store, &v->rule->quorum, signers, claims, now);
    if (v->signer_count >= v->threshold)
        return 0;
    if (v->signer_count == 0 && too_late(store, signers, claims, now, err) < 0)
        return -1;
    snprintf(what, sizeof(what), "stream '%s'", claims->stream);
    return too_few(v, store, &v->rule->quorum, signers, what, REASON_NO_SIGNER, err);
}

int
trust_judge_root(const struct trust_store *store, const struct signature_check *signers,
                 const struct trusted_time *now, struct err *err)
{
    const struct policy_quorum *root = &store->policy.root;
    const struct trust_claims claims = {.created = now->effective};
    struct trust_verdict v = {.threshold = root->threshold};

    count_quorum(&v, store, root, signers, &claims, now);
    if (v.signer_count >= v.threshold)
        return 0;
    return too_few(&v, store, root, signers, "an update of the store",
                   REASON_UNKNOWN_SIGNER, err);
}

/* Record that the verdict depends on this override. */
static void
use_override(struct trust_verdict *v, enum trust_override o)
{
    for (size_t i = 0; i < v->override_count; i++) {
        if (v->overrides[i] == o)
            return;
    }
    v->overrides[v->override_count++] = o;
}

/* ---- age ---- */

static int
too_old(uint64_t limit, bool by_age, const struct trust_verdict *v,
        const struct trusted_time *now, struct err *err)
{
    char then[CLOCK_TEXT_MAX], today[CLOCK_TEXT_MAX];

    clock_format(then, limit);
    clock_format(today, now->effective);
    if (by_age)
        err_because(err, ERR_TRUST, REASON_EXPIRED,
                    "more than %" PRIu64 " days old since %s, and now is %s",
                    v->rule->max_age_days, then, today);
    else
        err_because(err, ERR_TRUST, REASON_EXPIRED,
                    "it expired on %s; the current time is %s", then, today);
    return err_hint(err, "get a newer bundle, or correct the clock");
}

static int
check_future(const struct trust_store *store, const struct trust_claims *claims,
             const struct trusted_time *now, const struct events *events, struct err *err)
{
    char then[CLOCK_TEXT_MAX], today[CLOCK_TEXT_MAX];

    if (claims->created <= now->effective)
        return 0;
    clock_format(then, claims->created);
    clock_format(today, now->clock);
    if (store->policy.clock == POLICY_CLOCK_TRUSTED &&
        claims->created - now->effective > (uint64_t)AHEAD_DAYS * DAY) {
        err_because(err, ERR_TRUST, REASON_CLOCK,
                    "it states that it was made on %s, but the clock shows %s", then,
                    today);
        return err_hint(err, "either this clock or the exporter's is wrong");
    }
    if (store->policy.clock != POLICY_CLOCK_UNTRUSTED)
        events_warning(events,
                       "the bundle states that it was made on %s, but the clock shows %s",
                       then, today);
    return 0;
}

int
trust_judge_age(struct trust_verdict *v, const struct trust_store *store,
                const struct trust_claims *claims, const struct trusted_time *now,
                const struct trust_wishes *wishes, const struct events *events,
                struct err *err)
{
    uint64_t limit = claims->has_expires ? claims->expires : UINT64_MAX;
    bool by_age = false;

    if (check_future(store, claims, now, events, err) < 0)
        return -1;
    if (v->rule && v->rule->has_max_age &&
        claims->created + v->rule->max_age_days * DAY < limit) {
        limit = claims->created + v->rule->max_age_days * DAY;
        by_age = true;
    }
    if (now->effective <= limit)
        return 0;
    if (!wishes->expired)
        return too_old(limit, by_age, v, now, err);
    use_override(v, OVERRIDE_EXPIRED);
    events_warning(events, "accepting an expired bundle, as requested");
    return 0;
}

/* ---- order ---- */

static int
gone_back(const struct trust_claims *claims, const struct trust_last *last,
          struct err *err)
{
    char then[CLOCK_TEXT_MAX], before[CLOCK_TEXT_MAX];

    clock_format(then, claims->created);
    clock_format(before, last->created);
    if (claims->serial < last->serial)
        err_because(err, ERR_TRUST, REASON_ROLLBACK,
                    "serial %" PRIu64 " of stream '%s' is older than %" PRIu64
                    ", which was already imported",
                    claims->serial, claims->stream, last->serial);
    else
        err_because(err, ERR_TRUST, REASON_ROLLBACK,
                    "made on %s, before the bundle of %s that was already imported of "
                    "stream '%s'",
                    then, before, claims->stream);
    return err_hint(err, "get a newer bundle");
}

int
trust_judge_order(struct trust_verdict *v, const struct trust_claims *claims,
                  const struct digest *index, const struct trust_last *last,
                  const struct trust_wishes *wishes, const struct events *events,
                  struct err *err)
{
    uint64_t epoch = v->rule ? v->rule->epoch : 0;

    if (!last || last->epoch < epoch)
        return 0;
    v->is_again = claims->serial == last->serial && digest_equal(index, &last->index);
    if (claims->serial == last->serial && !v->is_again) {
        err_because(err, ERR_TRUST, REASON_EQUIVOCATION,
                    "a different bundle with serial %" PRIu64
                    " of stream '%s' was already imported",
                    claims->serial, claims->stream);
        return err_hint(err, "two bundles have the same serial: ask the exporter which "
                             "one is correct, and for one with a higher serial");
    }
    if (claims->serial >= last->serial && claims->created >= last->created)
        return 0;
    if (v->rule && v->rule->may_go_back) {
        events_warning(events, "older than the last import of stream '%s'",
                       claims->stream);
        return 0;
    }
    if (!wishes->rollback)
        return gone_back(claims, last, err);
    use_override(v, OVERRIDE_ROLLBACK);
    events_warning(events, "accepting rollback of stream '%s', as requested",
                   claims->stream);
    return 0;
}

const char *
trust_override_name(enum trust_override o)
{
    static const char *const names[] = {[OVERRIDE_ROLLBACK] = "rollback",
                                        [OVERRIDE_EXPIRED] = "expired",
                                        [OVERRIDE_INCOMPLETE] = "incomplete"};

    return names[o];
}

static int
deny(enum trust_override override, const struct trust_store *store, struct err *err)
{
    const char *word = trust_override_name(override);

    err_because(err, ERR_TRUST, REASON_OVERRIDE_DENIED,
                "the policy does not allow the override \"%s\"", word);
    if (!store->dir)
        return err_hint(err, "only the policy of a trust store can allow it");
    return err_hint(
        err, "to allow it, the owner of %s/policy.json adds \"%s\" to \"overrides\"",
        store->dir, word);
}

/*
 * With a policy it decides; without one, the user may accept a rollback.  Missing parts
 * of an incomplete bundle are covered by its signature: no permission is needed.
 */
int
trust_check_wishes(const struct trust_store *store, const struct trust_wishes *wishes,
                   struct err *err)
{
    if (wishes->rollback && store->has_policy && !store->policy.may_roll_back)
        return deny(OVERRIDE_ROLLBACK, store, err);
    if (wishes->expired && !store->policy.may_be_expired)
        return deny(OVERRIDE_EXPIRED, store, err);
    return 0;
}

int
trust_judge_whole(struct trust_verdict *v, const struct trust_claims *claims,
                  const struct trust_wishes *wishes, const struct events *events,
                  struct err *err)
{
    const char *is_or_are = claims->missing == 1 ? "is" : "are";

    if (claims->missing == 0)
        return 0;
    if (!wishes->incomplete) {
        return err_because(err, ERR_TRUST, REASON_INCOMPLETE_BUNDLE,
                           "it is incomplete: %zu %s missing", claims->missing,
                           is_or_are);
    }
    use_override(v, OVERRIDE_INCOMPLETE);
    events_warning(events, "accepting an incomplete bundle: %zu %s missing",
                   claims->missing, is_or_are);
    return 0;
}
