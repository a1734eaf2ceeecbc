/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "tests/unit/unit.h"

#include "trust/verdict.h"

#define DAY     UINT64_C(86400)
#define CREATED UINT64_C(1800000000) /* 2027-01-15 */

static const struct events nobody = {.emit = NULL};

/* A policy with everything, and signatures of the named signers. */
struct court {
    struct trust_store store;
    struct trust_finding findings[4];
    struct signature_check signers;
    struct trust_claims claims;
    struct trusted_time now;
    struct trust_wishes wishes;
    struct trust_verdict verdict;
};

static const char POLICY[] =
    "{\"version\":1,\"signers\":{\"alice\":{\"keys\":[\"a1.pub\",\"a2.pub\"]},"
    "\"bob\":{\"keys\":[\"b.pub\"],\"not_after\":\"2027-01-15T08:00:00Z\"},"
    "\"dev\":{\"keys\":[\"d.pub\"]}},"
    "\"streams\":{\"prod\":{\"signers\":[\"alice\",\"bob\"],\"threshold\":2,"
    "\"max_age_days\":10,\"epoch\":2},"
    "\"free\":{\"signers\":[\"dev\"],\"rollback\":\"allow\"}},"
    "\"overrides\":[\"expired\",\"rollback\"]}";

static void
court_open(struct court *c, const char *policy)
{
    struct err err = ERR_INIT;

    *c = (struct court){.store = TRUST_STORE_INIT};
    c->store.dir = strdup("/store");
    if (policy) {
        c->store.has_policy = true;
        if (policy_parse(&c->store.policy, policy, strlen(policy), &err) < 0)
            fail_msg("%s", err.msg);
    }
    c->signers.items = c->findings;
    c->claims = (struct trust_claims){.stream = "prod", .serial = 5, .created = CREATED};
    c->now = (struct trusted_time){CREATED + DAY, CREATED, CREATED + DAY};
}

static void
court_release(struct court *c)
{
    trust_store_release(&c->store);
}

/* A good signature by that signer, with a key of that number. */
static void
signed_by(struct court *c, const char *signer, unsigned char key)
{
    struct trust_finding *f = &c->findings[c->signers.count++];

    *f = (struct trust_finding){.counts = true, .has_key_id = true, .signer = signer};
    f->key_id = (struct digest){.alg = DIGEST_SHA256, .raw = {key}};
}

/* reason NULL: fine. */
static void
assert_ruled(int rc, const struct err *err, const char *reason, const char *what)
{
    if (rc != (reason ? -1 : 0))
        fail_msg("%s: %d, %s", what, rc, err->msg);
    if (!reason)
        return;
    assert_int_equal(err->kind, ERR_TRUST);
    if (strcmp(err_reason_word(err->reason), reason) != 0)
        fail_msg("%s: %s instead of %s", what, err_reason_word(err->reason), reason);
    assert_true(err->hint[0] != '\0' || err->reason == REASON_INCOMPLETE_BUNDLE);
}

static void
requires_different_signers(void **state)
{
    static const struct {
        const char *stream, *signers; /* a letter and the number of a key each */
        const char *reason;
        size_t count;
        const char *missing; /* in the hint: who, and with which key */
    } cases[] = {
        {"prod", "a1b3", NULL, 2, NULL},
        {"prod", "b3a2", NULL, 2, NULL},
        {"prod", "a1", "threshold", 1, ": 1 more of bob (b.pub) must sign"},
        {"prod", "b3", "threshold", 1, ": 1 more of alice (a1.pub or a2.pub) must sign"},
        {"prod", "a1a1", "threshold", 1, NULL}, /* two files of one key */
        {"prod", "a1a2", "threshold", 1, NULL}, /* two keys of one person */
        {"prod", "a1b1", "threshold", 1, NULL}, /* one key under two names */
        {"prod", "d4", "stream", 0,
         ": 2 more of alice (a1.pub or a2.pub), bob"}, /* stream of another signer */
        {"prod", "d4a1", "threshold", 1, NULL},
        {"prod", "d4a1b3", NULL, 2, NULL},
        {"free", "d4", NULL, 1, NULL},
        {"free", "a1b3", "stream", 0, NULL},
        {"other", "a1b3d4", "stream", 0, NULL}, /* the policy knows no such stream */
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CLEANUP(court_release) struct court c;
        struct err err = ERR_INIT;
        int rc;

        court_open(&c, POLICY);
        c.claims.stream = cases[i].stream;
        for (const char *p = cases[i].signers; *p != '\0'; p += 2)
            signed_by(&c,
                      p[0] == 'a'   ? "alice"
                      : p[0] == 'b' ? "bob"
                                    : "dev",
                      (unsigned char)p[1]);
        rc = trust_judge_signers(&c.verdict, &c.store, &c.signers, false, &c.claims,
                                 &c.now, &err);
        assert_ruled(rc, &err, cases[i].reason, cases[i].signers);
        assert_int_equal(c.verdict.signer_count, cases[i].count);
        if (cases[i].missing && !strstr(err.hint, cases[i].missing))
            fail_msg("%s: %s", cases[i].signers, err.hint);
    }
}

static void
may_accept_unlisted_streams(void **state)
{
    static const char open_policy[] =
        "{\"version\":1,\"signers\":{\"alice\":{\"keys\":[\"a.pub\"]}},"
        "\"default\":\"accept\"}";
    CLEANUP(court_release) struct court c;
    struct err err = ERR_INIT;

    (void)state;
    court_open(&c, open_policy);
    signed_by(&c, "alice", 1);
    assert_int_equal(trust_judge_signers(&c.verdict, &c.store, &c.signers, false,
                                         &c.claims, &c.now, &err),
                     0);
    assert_int_equal(c.verdict.signer_count, 1);
    assert_null(c.verdict.rule);
}

static void
checks_the_stream_without_a_signature(void **state)
{
    CLEANUP(court_release) struct court c;
    struct err err = ERR_INIT;

    (void)state;
    court_open(&c, POLICY);
    assert_int_equal(trust_judge_signers(&c.verdict, &c.store, &c.signers, true,
                                         &c.claims, &c.now, &err),
                     0);
    assert_non_null(c.verdict.rule);
    c.claims.stream = "other";
    assert_ruled(trust_judge_signers(&c.verdict, &c.store, &c.signers, true, &c.claims,
                                     &c.now, &err),
                 &err, "stream", "skipped");
}

static void
honours_the_end_of_a_signer(void **state)
{
    CLEANUP(court_release) struct court c;
    struct err err = ERR_INIT;

    (void)state;
    court_open(&c, POLICY);
    signed_by(&c, "alice", 1);
    signed_by(&c, "bob", 3);
    c.claims.created = CREATED + 1; /* a second after bob's end */
    assert_ruled(trust_judge_signers(&c.verdict, &c.store, &c.signers, false, &c.claims,
                                     &c.now, &err),
                 &err, "threshold", "not_after");
}

static void
reports_a_revoked_key_as_the_reason(void **state)
{
    CLEANUP(court_release) struct court c;
    struct err err = ERR_INIT;

    (void)state;
    court_open(&c, POLICY);
    signed_by(&c, "alice", 1);
    signed_by(&c, "bob", 3);
    c.findings[1].counts = false;
    c.findings[1].reason = REASON_REVOKED;
    assert_ruled(trust_judge_signers(&c.verdict, &c.store, &c.signers, false, &c.claims,
                                     &c.now, &err),
                 &err, "revoked", "bob's key");
}

/* The chain of a certificate: when the bundle was made, or now, or never mind. */
static void
checks_certificates_at_the_time_of_the_policy(void **state)
{
    static const struct {
        const char *time;
        uint64_t from, until;
        const char *reason;
    } cases[] = {
        {"created", CREATED, CREATED, NULL},
        {"created", CREATED + 1, CREATED + 9, "expired"},
        {"created", CREATED - 9, CREATED - 1, "expired"},
        {"now", CREATED, CREATED, "expired"},
        {"now", CREATED + DAY, CREATED + DAY, NULL},
        {"none", 0, 1, NULL},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CLEANUP(court_release) struct court c;
        struct err err = ERR_INIT;
        char policy[400];
        int rc;

        snprintf(policy, sizeof(policy),
                 "{\"version\":1,\"signers\":{\"corp\":{\"x509\":{\"ca\":[\"r.pem\"],"
                 "\"subject\":\"CN=a\",\"time\":\"%s\"}}},"
                 "\"streams\":{\"prod\":{\"signers\":[\"corp\"]}}}",
                 cases[i].time);
        court_open(&c, policy);
        signed_by(&c, "corp", 1);
        c.findings[0].has_validity = true;
        c.findings[0].valid_from = cases[i].from;
        c.findings[0].valid_until = cases[i].until;
        rc = trust_judge_signers(&c.verdict, &c.store, &c.signers, false, &c.claims,
                                 &c.now, &err);
        assert_ruled(rc, &err, cases[i].reason, cases[i].time);
    }
}

static void
refuses_old_bundles(void **state)
{
    static const struct {
        uint64_t expires, now; /* relative to CREATED; expires 0: none */
        const char *wish, *reason;
        size_t overrides;
    } cases[] = {
        {0, 0, NULL, NULL, 0},
        {0, 10 * DAY, NULL, NULL, 0},
        {0, 10 * DAY + 1, NULL, "expired", 0},
        {0, 10 * DAY + 1, "no newer one", NULL, 1},
        {DAY, DAY, NULL, NULL, 0},
        {DAY, DAY + 1, NULL, "expired", 0},
        {DAY, DAY + 1, "why", NULL, 1},
        {20 * DAY, 10 * DAY + 1, NULL, "expired", 0}, /* the earlier end */
        {DAY, DAY, "not needed", NULL, 0},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CLEANUP(court_release) struct court c;
        struct err err = ERR_INIT;
        int rc;

        court_open(&c, POLICY);
        c.verdict.rule = policy_stream_for(&c.store.policy, "prod");
        c.claims.has_expires = cases[i].expires > 0;
        c.claims.expires = CREATED + cases[i].expires;
        c.now.effective = CREATED + cases[i].now;
        c.wishes.expired = cases[i].wish;
        rc = trust_judge_age(&c.verdict, &c.store, &c.claims, &c.now, &c.wishes, &nobody,
                             &err);
        assert_ruled(rc, &err, cases[i].reason, "age");
        assert_int_equal(c.verdict.override_count, cases[i].overrides);
    }
}

static void
refuses_the_future_where_the_clock_is_trusted(void **state)
{
    static const struct {
        enum policy_clock clock;
        uint64_t ahead;
        const char *reason;
    } cases[] = {
        {POLICY_CLOCK_TRUSTED, 7 * DAY, NULL},
        {POLICY_CLOCK_TRUSTED, 7 * DAY + 1, "clock"},
        {POLICY_CLOCK_AUTO, 700 * DAY, NULL},
        {POLICY_CLOCK_UNTRUSTED, 700 * DAY, NULL},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CLEANUP(court_release) struct court c;
        struct err err = ERR_INIT;
        int rc;

        court_open(&c, NULL);
        c.store.policy.clock = cases[i].clock;
        c.now.effective = c.now.clock = CREATED - cases[i].ahead;
        rc = trust_judge_age(&c.verdict, &c.store, &c.claims, &c.now, &c.wishes, &nobody,
                             &err);
        assert_ruled(rc, &err, cases[i].reason, "future");
    }
}

static void
refuses_rollback(void **state)
{
    static const struct {
        uint64_t serial, created; /* created: relative to CREATED */
        unsigned char index;
        const char *reason;
        bool again;
    } cases[] = {
        {6, 1, 2, NULL, false},
        {5, 0, 1, NULL, true}, /* the very same */
        {5, 0, 2, "equivocation", false},
        {4, 0, 2, "rollback", false},
        {4, 9, 2, "rollback", false},
        {6, (uint64_t)-1, 2, "rollback", false}, /* made before the last one */
        {6, 0, 2, NULL, false},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CLEANUP(court_release) struct court c;
        const struct digest index = {.alg = DIGEST_SHA256, .raw = {cases[i].index}};
        const struct trust_last last = {
            .epoch = 2,
            .serial = 5,
            .created = CREATED,
            .index = {.alg = DIGEST_SHA256, .raw = {1}},
        };
        struct err err = ERR_INIT;
        bool is_rollback = cases[i].reason && strcmp(cases[i].reason, "rollback") == 0;
        int rc;

        court_open(&c, POLICY);
        c.verdict.rule = policy_stream_for(&c.store.policy, "prod");
        c.claims.serial = cases[i].serial;
        c.claims.created = CREATED + cases[i].created;
        rc = trust_judge_order(&c.verdict, &c.claims, &index, &last, &c.wishes, &nobody,
                               &err);
        assert_ruled(rc, &err, cases[i].reason, "order");
        assert_int_equal(c.verdict.is_again, cases[i].again);
        assert_int_equal(c.verdict.override_count, 0);

        /* The wish helps against going back, never against two with one number. */
        c.wishes.rollback = true;
        rc = trust_judge_order(&c.verdict, &c.claims, &index, &last, &c.wishes, &nobody,
                               &err);
        assert_ruled(rc, &err, is_rollback ? NULL : cases[i].reason, "wish");
        assert_int_equal(c.verdict.override_count, is_rollback ? 1 : 0);

        /* State of a lower epoch is ignored; without state every bundle is accepted. */
        c.claims.serial = 1;
        c.wishes.rollback = false;
        assert_int_equal(trust_judge_order(&c.verdict, &c.claims, &index, NULL, &c.wishes,
                                           &nobody, &err),
                         0);
        c.store.policy.streams[0].epoch = 3;
        assert_int_equal(trust_judge_order(&c.verdict, &c.claims, &index, &last,
                                           &c.wishes, &nobody, &err),
                         0);
    }
}

static void
permits_rollback_of_some_streams(void **state)
{
    CLEANUP(court_release) struct court c;
    const struct digest index = {.alg = DIGEST_SHA256, .raw = {9}};
    const struct trust_last last = {.serial = 50, .created = CREATED + 50};
    struct err err = ERR_INIT;

    (void)state;
    court_open(&c, POLICY);
    c.verdict.rule = policy_stream_for(&c.store.policy, "free");
    assert_int_equal(
        trust_judge_order(&c.verdict, &c.claims, &index, &last, &c.wishes, &nobody, &err),
        0);
    assert_int_equal(c.verdict.override_count, 0);
}

static void
requires_permission_for_missing_objects(void **state)
{
    CLEANUP(court_release) struct court c;
    struct err err = ERR_INIT;

    (void)state;
    court_open(&c, POLICY);
    assert_int_equal(trust_judge_whole(&c.verdict, &c.claims, &c.wishes, &nobody, &err),
                     0);
    assert_int_equal(c.verdict.override_count, 0);
    c.claims.missing = 3;
    assert_ruled(trust_judge_whole(&c.verdict, &c.claims, &c.wishes, &nobody, &err), &err,
                 "incomplete-bundle", "3");
    c.wishes.incomplete = true;
    assert_int_equal(trust_check_wishes(&c.store, &c.wishes, &err), 0);
    assert_int_equal(trust_judge_whole(&c.verdict, &c.claims, &c.wishes, &nobody, &err),
                     0);
    assert_int_equal(c.verdict.override_count, 1);
    assert_string_equal(trust_override_name(c.verdict.overrides[0]), "incomplete");
}

static void
overrides_require_the_policy(void **state)
{
    static const char strict[] =
        "{\"version\":1,\"signers\":{\"a\":{\"keys\":[\"a.pub\"]}},"
        "\"overrides\":[\"expired\"]}";
    CLEANUP(court_release) struct court c;
    struct err err = ERR_INIT;

    (void)state;
    court_open(&c, strict);
    assert_int_equal(trust_check_wishes(&c.store, &c.wishes, &err), 0);
    c.wishes.expired = "why";
    assert_int_equal(trust_check_wishes(&c.store, &c.wishes, &err), 0);
    c.wishes.rollback = true;
    assert_ruled(trust_check_wishes(&c.store, &c.wishes, &err), &err, "override-denied",
                 "rollback");
    court_release(&c);
    court_open(&c, NULL); /* without a policy the command line is enough to go back, */
    assert_int_equal(trust_check_wishes(&c.store, &c.wishes, &err), 0);
    c.wishes.rollback = true;
    assert_int_equal(trust_check_wishes(&c.store, &c.wishes, &err), 0);
    c.wishes.expired = "why"; /* but not to take what has expired */
    assert_ruled(trust_check_wishes(&c.store, &c.wishes, &err), &err, "override-denied",
                 "no policy");
}

/* ---- what time it is ---- */

static void
count_warnings(void *ctx, const struct event *event)
{
    size_t *n = ctx;

    assert_int_equal(event->kind, EVENT_WARNING);
    (*n)++;
}

static void
compares_the_clock_with_recorded_times(void **state)
{
    static const uint64_t WRITTEN = UINT64_C(1793491200), YEARS_30 = 30 * 365 * DAY;
    const struct {
        uint64_t clock, floor;
        enum policy_clock kind;
        uint64_t effective;
        size_t warnings;
    } cases[] = {
        {0, 0, POLICY_CLOCK_AUTO, WRITTEN, 1}, /* 1970 */
        {CREATED, 0, POLICY_CLOCK_AUTO, CREATED, 0},
        {CREATED, CREATED, POLICY_CLOCK_AUTO, CREATED, 0},
        {CREATED - 1, CREATED, POLICY_CLOCK_AUTO, CREATED, 1},
        {CREATED - 1, CREATED, POLICY_CLOCK_TRUSTED, CREATED, 1},
        {CREATED + YEARS_30, CREATED, POLICY_CLOCK_AUTO, CREATED + YEARS_30, 1},
        {CREATED + YEARS_30, CREATED, POLICY_CLOCK_UNTRUSTED, CREATED, 0},
        {0, CREATED, POLICY_CLOCK_UNTRUSTED, CREATED, 0},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        size_t warnings = 0;
        const struct events counting = {.emit = count_warnings, .ctx = &warnings};
        struct trusted_time now =
            trusted_time(cases[i].clock, cases[i].floor, cases[i].kind, &counting);

        assert_int_equal(now.effective, cases[i].effective);
        assert_int_equal(now.clock, cases[i].clock);
        assert_int_equal(warnings, cases[i].warnings);
    }
}

static void
moves_the_floor_by_at_most_400_days(void **state)
{
    static const uint64_t WRITTEN = UINT64_C(1793491200),
                          YEAR_2242 = UINT64_C(8600000000);
    const struct {
        uint64_t before, created, clock, after;
    } cases[] = {
        {0, CREATED, CREATED + 5, CREATED},
        {0, YEAR_2242, CREATED, CREATED + 400 * DAY},
        {0, YEAR_2242, 0, WRITTEN + 400 * DAY}, /* a host without a clock */
        {0, WRITTEN + 400 * DAY, 0, WRITTEN + 400 * DAY},
        {CREATED, YEAR_2242, 0, CREATED + 400 * DAY},
        {CREATED, YEAR_2242, CREATED + DAY, CREATED + 401 * DAY},
        {CREATED, YEAR_2242, YEAR_2242, YEAR_2242},
        {CREATED, CREATED - DAY, CREATED - DAY, CREATED}, /* never back */
        {CREATED, 0, 0, CREATED},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        assert_int_equal(trust_floor(cases[i].before, cases[i].created, cases[i].clock),
                         cases[i].after);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(requires_different_signers),
        cmocka_unit_test(may_accept_unlisted_streams),
        cmocka_unit_test(checks_the_stream_without_a_signature),
        cmocka_unit_test(honours_the_end_of_a_signer),
        cmocka_unit_test(reports_a_revoked_key_as_the_reason),
        cmocka_unit_test(checks_certificates_at_the_time_of_the_policy),
        cmocka_unit_test(refuses_old_bundles),
        cmocka_unit_test(refuses_the_future_where_the_clock_is_trusted),
        cmocka_unit_test(refuses_rollback),
        cmocka_unit_test(permits_rollback_of_some_streams),
        cmocka_unit_test(requires_permission_for_missing_objects),
        cmocka_unit_test(overrides_require_the_policy),
        cmocka_unit_test(compares_the_clock_with_recorded_times),
        cmocka_unit_test(moves_the_floor_by_at_most_400_days),
    };

    return cmocka_run_group_tests_name("verdict", tests, NULL, NULL);
}
