/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "trust/verdict.h"

const char *
trust_override_name(enum trust_override o)
{
    static const char *const names[] = {[OVERRIDE_ROLLBACK] = "rollback",
                                        [OVERRIDE_EXPIRED] = "expired",
                                        [OVERRIDE_INCOMPLETE] = "incomplete"};

    return names[o];
}

static int
deny(const char *option, const char *word, const struct trust_store *store,
     struct err *err)
{
    err_because(err, ERR_TRUST, REASON_OVERRIDE_DENIED,
                "%s: the policy does not allow it", option);
    if (!store->dir)
        return err_hint(err, "it takes a trust store, not --key");
    return err_hint(err,
                    "whoever owns %s/policy.json may add \"%s\" to its \"overrides\"",
                    store->dir, word);
}

/* What is missing from an incomplete bundle was signed: no policy has to grant that. */
int
trust_check_wishes(const struct trust_store *store, const struct trust_wishes *wishes,
                   struct err *err)
{
    if (wishes->rollback && !store->policy.may_roll_back)
        return deny("--allow-rollback", "rollback", store, err);
    if (wishes->expired && !store->policy.may_be_expired)
        return deny("--allow-expired", "expired", store, err);
    return 0;
}

void
trust_use_override(struct trust_verdict *v, enum trust_override o)
{
    for (size_t i = 0; i < v->override_count; i++) {
        if (v->overrides[i] == o)
            return;
    }
    v->overrides[v->override_count++] = o;
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
        err_because(err, ERR_TRUST, REASON_INCOMPLETE_BUNDLE,
                    "it is incomplete: of what was to be exported, %zu %s missing",
                    claims->missing, is_or_are);
        return err_hint(err, "'sealift inspect' names them; --allow-incomplete takes "
                             "what is there");
    }
    trust_use_override(v, OVERRIDE_INCOMPLETE);
    events_warning(events,
                   "the bundle is incomplete and taken all the same: of what was to be "
                   "exported, %zu %s missing",
                   claims->missing, is_or_are);
    return 0;
}
