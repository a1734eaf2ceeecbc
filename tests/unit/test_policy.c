/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "tests/unit/unit.h"

#include "trust/policy.h"
#include "trust/revoked.h"

#define SIGNERS                                                                          \
    "\"signers\":{\"alice\":{\"keys\":[\"a1.pub\",\"a2.pub\"]},"                         \
    "\"hsm\":{\"keys\":[\"h.pub\"],\"not_after\":\"2028-01-01T00:00:00Z\"}}"
#define HEAD    "\"version\":7," SIGNERS
#define ZERO_ID "0000000000000000000000000000000000000000000000000000000000000000"

static int
parse(struct policy *p, const char *text, struct err *err)
{
    return policy_parse(p, text, strlen(text), err);
}

static void
reads_all_fields(void **state)
{
    static const char text[] =
        "{" HEAD ",\"streams\":{"
        "\"prod\":{\"signers\":[\"hsm\",\"alice\"],\"threshold\":2,\"max_age_days\":120,"
        "\"rollback\":\"deny\",\"targets\":[\"reg.acme/*\",\"reg.two/one\"],\"epoch\":3},"
        "\"dev-*\":{\"signers\":[\"alice\"],\"rollback\":\"allow\"}},"
        "\"default\":\"accept\",\"clock\":\"trusted\","
        "\"overrides\":[\"expired\",\"rollback\"],\"allow_insecure\":false,"
        "\"root\":{\"signers\":[\"alice\"],\"threshold\":1}}";
    CLEANUP(policy_release) struct policy p = POLICY_INIT;
    const struct policy_stream *s;
    struct err err = ERR_INIT;

    (void)state;
    if (parse(&p, text, &err) < 0)
        fail_msg("%s", err.msg);
    assert_int_equal(p.version, 7);
    assert_int_equal(p.signer_count, 2);
    assert_int_equal(p.signers[0].keys.count, 2);
    assert_string_equal(p.signers[0].keys.items[1], "a2.pub");
    assert_false(p.signers[0].has_not_after);
    assert_true(p.signers[1].has_not_after);
    assert_int_equal(p.signers[1].not_after, 1830297600);
    s = policy_stream_for(&p, "prod");
    assert_int_equal(s->quorum.count, 2);
    assert_int_equal(s->quorum.signers[0], 1);
    assert_int_equal(s->quorum.threshold, 2);
    assert_int_equal(s->max_age_days, 120);
    assert_int_equal(s->epoch, 3);
    assert_false(s->may_go_back);
    assert_true(policy_stream_for(&p, "dev-x")->may_go_back);
    assert_false(policy_stream_for(&p, "dev-x")->has_max_age);
    assert_true(p.accepts_other_streams && p.may_roll_back && p.may_be_expired);
    assert_false(p.may_skip);
    assert_int_equal(p.clock, POLICY_CLOCK_TRUSTED);
    assert_true(p.has_root);
    assert_int_equal(p.root.threshold, 1);
}

static void
defaults_are_strict(void **state)
{
    CLEANUP(policy_release) struct policy p = POLICY_INIT;
    struct err err = ERR_INIT;

    (void)state;
    assert_int_equal(
        parse(&p, "{" HEAD ",\"streams\":{\"a\":{\"signers\":[\"hsm\"]}}}", &err), 0);
    assert_false(p.accepts_other_streams || p.may_roll_back || p.may_be_expired ||
                 p.has_root);
    assert_false(p.may_skip); /* only where it says so */
    assert_int_equal(p.clock, POLICY_CLOCK_AUTO);
    assert_int_equal(p.streams[0].quorum.threshold, 1);
    assert_false(p.streams[0].may_go_back);
    assert_null(policy_stream_for(&p, "b"));
}

static void
certificate_requires_a_ca_and_a_pin(void **state)
{
    static const char text[] =
        "{\"version\":1,\"signers\":{\"corp\":{\"x509\":{\"ca\":[\"root.pem\"],"
        "\"subject\":\"CN=signer,O=Acme\",\"san\":[\"email:b@acme.example\"],"
        "\"spki_sha256\":\"" ZERO_ID "\",\"crl\":\"require\",\"time\":\"now\"}}}}";
    CLEANUP(policy_release) struct policy p = POLICY_INIT;
    struct err err = ERR_INIT;

    (void)state;
    if (parse(&p, text, &err) < 0)
        fail_msg("%s", err.msg);
    assert_true(p.signers[0].is_x509 && p.signers[0].x509.has_spki &&
                p.signers[0].x509.requires_crl);
    assert_int_equal(p.signers[0].x509.time, POLICY_TIME_NOW);
    assert_string_equal(p.signers[0].x509.anchors.items[0], "root.pem");
    assert_string_equal(p.signers[0].x509.sans.items[0], "email:b@acme.example");
}

static void
refuses_all_others(void **state)
{
    static const struct {
        const char *text, *why;
    } cases[] = {
        {"", "JSON"},
        {"[]", "not an object"},
        {"{" HEAD "} x", "JSON"},
        {"{" HEAD ",\"version\":8}", "JSON"}, /* twice */
        {"{" HEAD ",\"Version\":8}", "unknown key 'Version'"},
        {"{" HEAD ",\"stream\":{}}", "unknown key 'stream'"},
        {"{" SIGNERS "}", "version"},
        {"{\"version\":0," SIGNERS "}", "version"},
        {"{\"version\":\"7\"," SIGNERS "}", "version"},
        {"{\"version\":7}", "signers"},
        {"{\"version\":7,\"signers\":[]}", "signers"},
        {"{\"version\":7,\"signers\":{\"a\":[]}}", "signer 'a'"},
        {"{\"version\":7,\"signers\":{\"a\":{}}}", "either"},
        {"{\"version\":7,\"signers\":{\"../a\":{\"keys\":[\"a.pub\"]}}}",
         "expected a name"},
        {"{\"version\":7,\"signers\":{\"a\":{\"keys\":[]}}}", "keys"},
        {"{\"version\":7,\"signers\":{\"a\":{\"keys\":[\"../a.pub\"]}}}", "keys"},
        {"{\"version\":7,\"signers\":{\"a\":{\"keys\":[\"a.pub\",\"a.pub\"]}}}",
         "duplicate"},
        {"{\"version\":7,\"signers\":{\"a\":{\"keys\":[\"a.pub\"],\"key\":1}}}",
         "unknown"},
        {"{\"version\":7,\"signers\":{\"a\":{\"keys\":[\"k.pub\"]},"
         "\"b\":{\"keys\":[\"k.pub\"]}}}",
         "a key of two signers"},
        {"{\"version\":7,\"signers\":{\"a\":{\"keys\":[\"a.pub\"],\"not_after\":\"2028\"}"
         "}}",
         "not_after"},
        {"{\"version\":7,\"signers\":{\"a\":{\"x509\":{\"ca\":[\"r.pem\"]}}}}",
         "every certificate of that CA"},
        {"{\"version\":7,\"signers\":{\"a\":{\"x509\":{\"subject\":\"CN=a\"}}}}", "ca"},
        {"{\"version\":7,\"signers\":{\"a\":{\"x509\":{\"ca\":[\"r.pem\"],"
         "\"spki_sha256\":\"00\"}}}}",
         "spki_sha256"},
        {"{\"version\":7,\"signers\":{\"a\":{\"keys\":[\"a.pub\"],"
         "\"x509\":{\"ca\":[\"r.pem\"],\"subject\":\"CN=a\"}}}}",
         "either"},
        {"{" HEAD ",\"streams\":{\"p\":{}}}", "no \"signers\""},
        {"{" HEAD ",\"streams\":{\"p\":{\"signers\":[\"eve\"]}}}",
         "unknown signer 'eve'"},
        {"{" HEAD ",\"streams\":{\"p\":{\"signers\":[\"hsm\",\"hsm\"]}}}", "duplicate"},
        {"{" HEAD ",\"streams\":{\"p\":{\"signers\":[\"hsm\"],\"threshold\":2}}}",
         "threshold"},
        {"{" HEAD ",\"streams\":{\"p\":{\"signers\":[\"hsm\"],\"threshold\":0}}}",
         "threshold"},
        {"{" HEAD ",\"streams\":{\"p\":{\"signers\":[\"hsm\"],\"treshold\":1}}}",
         "unknown key 'treshold'"},
        {"{" HEAD ",\"streams\":{\"p\":{\"signers\":[\"hsm\"],\"max_age_days\":0}}}",
         "max_age_days"},
        {"{" HEAD ",\"streams\":{\"p\":{\"signers\":[\"hsm\"],\"max_age_days\":1.5}}}",
         "max_age_days"},
        {"{" HEAD ",\"streams\":{\"p\":{\"signers\":[\"hsm\"],\"rollback\":\"no\"}}}",
         "rollback"},
        {"{" HEAD ",\"streams\":{\"p\":{\"signers\":[\"hsm\"],\"targets\":[\"*/a\"]}}}",
         "targets"},
        {"{" HEAD ",\"streams\":{\"p*q\":{\"signers\":[\"hsm\"]}}}", "stream 'p*q'"},
        {"{" HEAD ",\"default\":\"allow\"}", "default"},
        {"{" HEAD ",\"clock\":\"none\"}", "clock"},
        {"{" HEAD ",\"overrides\":[\"threshold\"]}", "overrides"},
        {"{" HEAD ",\"overrides\":[\"expired\",\"expired\"]}", "overrides"},
        {"{" HEAD ",\"overrides\":\"expired\"}", "overrides"},
        {"{" HEAD ",\"allow_insecure\":\"no\"}", "allow_insecure"},
        {"{" HEAD ",\"root\":{\"signers\":[\"alice\"],\"threshold\":2}}", "threshold"},
        {"{" HEAD ",\"root\":[]}", "root"},
        {"{\"version\":7,\"signers\":{\"a\":{\"x509\":{\"ca\":[\"r.pem\"],"
         "\"subject\":\"CN=a\"}}},\"root\":{\"signers\":[\"a\"]}}",
         "only a certificate"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct policy p = POLICY_INIT;
        struct err err = ERR_INIT;

        if (parse(&p, cases[i].text, &err) == 0)
            fail_msg("accepted: %s", cases[i].text);
        assert_int_equal(err.kind, ERR_USAGE);
        assert_null(p.signers);
        if (!strstr(err.msg, cases[i].why))
            fail_msg("%s: '%s' does not say '%s'", cases[i].text, err.msg, cases[i].why);
    }
}

static void
patterns_match_names_and_prefixes(void **state)
{
    static const struct {
        const char *pattern, *text;
        bool matches;
    } cases[] = {
        {"prod", "prod", true},
        {"prod", "prod2", false},
        {"prod", "pro", false},
        {"prod-*", "prod-eu", true},
        {"prod-*", "prod-", true},
        {"prod-*", "prod", false},
        {"*", "anything", true},
        {"reg.acme/*", "reg.acme/a/b", true},
        {"reg.acme/*", "reg.acme.evil/a", false},
        {"reg.acme:5000/a", "reg.acme:5000/a", true},
        {"reg.acme:5000/a", "reg.acme:5000/a/b", false},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        assert_int_equal(policy_matches(cases[i].pattern, cases[i].text),
                         cases[i].matches);
}

static void
prefers_the_closest_rule(void **state)
{
    CLEANUP(policy_release) struct policy p = POLICY_INIT;
    struct err err = ERR_INIT;

    (void)state;
    assert_int_equal(parse(&p,
                           "{" HEAD ",\"streams\":{\"*\":{\"signers\":[\"hsm\"]},"
                           "\"dev-*\":{\"signers\":[\"hsm\"]},"
                           "\"dev-eu\":{\"signers\":[\"hsm\"]},"
                           "\"de*\":{\"signers\":[\"hsm\"]}}}",
                           &err),
                     0);
    assert_string_equal(policy_stream_for(&p, "dev-eu")->pattern, "dev-eu");
    assert_string_equal(policy_stream_for(&p, "dev-eu2")->pattern, "dev-*");
    assert_string_equal(policy_stream_for(&p, "dev")->pattern, "de*");
    assert_string_equal(policy_stream_for(&p, "prod")->pattern, "*");
}

/* ---- the list of what is revoked ---- */

static void
reads_revocation_lists(void **state)
{
    static const struct {
        const char *text;
        size_t count; /* SIZE_MAX: refused */
    } cases[] = {
        {"", 0},
        {"\n\n# nothing\n", 0},
        {"key:" ZERO_ID, 1},
        {"  key:" ZERO_ID "  # stolen\r\nindex:sha256:" ZERO_ID "\n", 2},
        {"cert:" ZERO_ID ":1f\n", 1},
        {"key:" ZERO_ID "\nindex:sha256:" ZERO_ID "\nkey:" ZERO_ID " # again\n", 2},
        {"cert:" ZERO_ID ":0\n", 1},
        {"key:" ZERO_ID "0\n", SIZE_MAX},
        {"key:00\n", SIZE_MAX},
        {"Key:" ZERO_ID "\n", SIZE_MAX},
        {"key: " ZERO_ID "\n", SIZE_MAX},
        {"key:A000000000000000000000000000000000000000000000000000000000000000\n",
         SIZE_MAX},
        {"index:" ZERO_ID "\n", SIZE_MAX},
        {"cert:" ZERO_ID "\n", SIZE_MAX},
        {"cert:" ZERO_ID ":\n", SIZE_MAX},
        {"cert:" ZERO_ID ":01\n", SIZE_MAX},
        {"cert:" ZERO_ID ":12345678901234567890123456789012345678901\n", SIZE_MAX},
        {"key:" ZERO_ID "\nrubbish\n", SIZE_MAX},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CLEANUP(revoked_release) struct revoked r = REVOKED_INIT;
        struct err err = ERR_INIT;
        int rc = revoked_parse(&r, cases[i].text, strlen(cases[i].text), &err);

        if (rc != (cases[i].count == SIZE_MAX ? -1 : 0))
            fail_msg("case %zu: %d %s", i, rc, err.msg);
        assert_int_equal(r.count, rc == 0 ? cases[i].count : 0);
    }
}

static void
keeps_kinds_apart(void **state)
{
    CLEANUP(revoked_release) struct revoked r = REVOKED_INIT;
    static const char text[] = "key:" ZERO_ID "\ncert:" ZERO_ID ":1f\n";
    const struct digest zero = {.alg = DIGEST_SHA256};
    struct revoked_entry e = {.kind = REVOKED_CERTIFICATE, .id = zero, .serial = "1f"};
    struct err err = ERR_INIT;

    (void)state;
    assert_int_equal(revoked_parse(&r, text, strlen(text), &err), 0);
    assert_true(revoked_has_key(&r, &zero));
    assert_false(revoked_has_index(&r, &zero));
    assert_true(revoked_has(&r, &e));
    e.serial[0] = '2';
    assert_false(revoked_has(&r, &e));
}

/* Only what is new, each kind as it is read, behind a last line without its end. */
static void
appends_a_revocation_once(void **state)
{
    static const char there[] = "# by hand\nkey:" ZERO_ID,
                      more[] = "key:" ZERO_ID "\ncert:" ZERO_ID
                               ":1f\nindex:sha256:" ZERO_ID "\ncert:" ZERO_ID ":1f\n",
                      all[] = "# by hand\nkey:" ZERO_ID "\nindex:sha256:" ZERO_ID
                              "\ncert:" ZERO_ID ":1f\n";
    CLEANUP(revoked_release) struct revoked present = REVOKED_INIT;
    CLEANUP(revoked_release) struct revoked other = REVOKED_INIT;
    CLEANUP(revoked_release) struct revoked again = REVOKED_INIT;
    CLEANUP(buf_release) struct buf text = BUF_INIT(REVOKED_MAX);
    struct err err = ERR_INIT;

    (void)state;
    assert_int_equal(buf_add_text(&text, there), 0);
    assert_int_equal(revoked_parse(&present, there, strlen(there), &err), 0);
    assert_int_equal(revoked_parse(&other, more, strlen(more), &err), 0);
    assert_int_equal(revoked_append(&text, &present, &other, &err), 2);
    assert_string_equal(text.data, all);
    assert_int_equal(revoked_parse(&again, text.data, text.len, &err), 0);
    assert_int_equal(revoked_append(&text, &again, &other, &err), 0);
    assert_int_equal(revoked_join(&present, &other, &err), 0);
    assert_int_equal(present.count, again.count);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_all_fields),
        cmocka_unit_test(defaults_are_strict),
        cmocka_unit_test(certificate_requires_a_ca_and_a_pin),
        cmocka_unit_test(refuses_all_others),
        cmocka_unit_test(patterns_match_names_and_prefixes),
        cmocka_unit_test(prefers_the_closest_rule),
        cmocka_unit_test(reads_revocation_lists),
        cmocka_unit_test(keeps_kinds_apart),
        cmocka_unit_test(appends_a_revocation_once),
    };

    return cmocka_run_group_tests_name("policy", tests, NULL, NULL);
}
