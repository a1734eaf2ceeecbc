/* SPDX-License-Identifier: Apache-2.0 */
/* What a policy means in words, and what is found to be wrong or dangerous. */
#include "config.h"
#include "tests/unit/unit.h"

#include "base/mem.h"
#include "io/crypto/pki_certs.h"
#include "io/crypto/pki_pem.h"
#include "io/crypto/pki_sign.h"
#include "io/json/json_write.h"
#include "ops/store/policy_review.h"
#include "render/render_policy.h"
#include "tests/unit/pki_certificates.h"

#define NOW UINT64_C(1767225600) /* 2026-01-01T00:00:00Z */
#define KEYS                                                                             \
    "\"signers\":{\"a\":{\"keys\":[\"a.pub\"]},\"b\":{\"keys\":[\"b.pub\"]},"            \
    "\"c\":{\"keys\":[\"c.pub\",\"d.pub\"]}}"
#define ENDING(time)                                                                     \
    "\"signers\":{\"a\":{\"keys\":[\"a.pub\"],\"not_after\":\"" time "\"}}"
#define CORP(more)                                                                       \
    "\"signers\":{\"corp\":{\"x509\":{\"ca\":[\"r.pem\"],\"subject\":\"CN=a\"" more "}}" \
    "}"
#define GOOD_STREAM                                                                      \
    "\"streams\":{\"p\":{\"signers\":[\"a\",\"b\",\"c\"],\"threshold\":2,"               \
    "\"max_age_days\":9}}"
#define GOOD_ROOT    "\"root\":{\"signers\":[\"a\",\"b\",\"c\"],\"threshold\":2}"
#define GOOD         "\"version\":1," KEYS "," GOOD_STREAM "," GOOD_ROOT
#define STREAM(rule) "\"version\":1," KEYS "," GOOD_ROOT ",\"streams\":{" rule "}"

/* A store with this policy, in which the keys a.pub to d.pub exist. */
static void
open_look(struct policy_look *look, const char *policy, const char *revoked)
{
    struct trust_store *s = &look->store;
    CLEANUP(mem_free_string) char *text = xasprintf("{%s}", policy);
    char name[] = "a.pub";
    struct err err = ERR_INIT;

    print_message("# %s\n", text);
    if (policy_parse(&s->policy, text, strlen(text), &err) < 0)
        fail_msg("%s", err.msg);
    s->dir = xstrdup("store");
    s->has_policy = true;
    look->has_files = true;
    for (; name[0] <= 'd'; name[0]++) {
        CLEANUP(pki_release) struct pki_key *key = pki_generate(PKI_ED25519, &err);
        CLEANUP(buf_release) struct buf pem = BUF_INIT(PKI_KEY_FILE_MAX);

        assert_int_equal(pki_public_pem(key, &pem, &err), 0);
        assert_int_equal(trust_keys_add_pem(&s->keys, name, pem.data, pem.len, &err), 0);
        if (strchr(revoked, name[0])) {
            CLEANUP(buf_release) struct buf line = BUF_INIT(200);
            CLEANUP(revoked_release) struct revoked more = REVOKED_INIT;
            char hex[2 * DIGEST_RAW_MAX + 1];

            digest_hex(pki_id(key), hex);
            assert_int_equal(buf_addf(&line, "key:%s", hex), 0);
            assert_int_equal(revoked_parse(&more, line.data, line.len, &err), 0);
            assert_int_equal(revoked_join(&s->revoked, &more, &err), 0);
        }
    }
}

static void
assert_found(const struct findings *f, enum finding_state state, const char *text)
{
    for (size_t i = 0; i < f->count; i++) {
        if (f->items[i].state == state && strstr(f->items[i].err.msg, text))
            return;
    }
    for (size_t i = 0; i < f->count; i++)
        print_message("# %s %s\n", finding_word(f->items[i].state), f->items[i].err.msg);
    fail_msg("no %s with: %s", finding_word(state), text);
}

static void
finds_what_is_wrong_or_dangerous(void **state)
{
    static const struct {
        const char *policy, *revoked;
        enum finding_state state;
        const char *text;
    } cases[] = {
        {STREAM("\"p\":{\"signers\":[\"a\"]}"), "", FINDING_WARNING,
         "p: one signer alone, a:"},
        {STREAM("\"p\":{\"signers\":[\"a\",\"b\"]}"), "", FINDING_WARNING,
         "p: any one of 2 signers is sufficient"},
        {STREAM("\"p\":{\"signers\":[\"a\",\"b\"],\"threshold\":2}"), "", FINDING_NOTE,
         "p: no signer can be spared"},
        {STREAM("\"p\":{\"signers\":[\"a\",\"b\"],\"threshold\":2}"), "b", FINDING_ERROR,
         "p: requires 2 of 2 signers, and 1 of them can sign"},
        {GOOD, "b", FINDING_NOTE, "p: no signer can be spared"},
        {GOOD, "b", FINDING_WARNING, "b: key 'b.pub' is revoked"},
        {GOOD, "b", FINDING_WARNING, "b: no new signature counts"},
        {GOOD, "c", FINDING_WARNING, "c: key 'c.pub' is revoked"},
        {GOOD, "bcd", FINDING_ERROR, "p: requires 2 of 3 signers, and 1 of them can"},
        {GOOD, "bcd", FINDING_ERROR, "no update is accepted"},
        {STREAM("\"*\":{\"signers\":[\"a\",\"b\"],\"threshold\":2}"), "", FINDING_WARNING,
         "bound to no stream"},
        {STREAM("\"p\":{\"signers\":[\"a\"],\"rollback\":\"allow\"}"), "",
         FINDING_WARNING, "p: older bundles are accepted"},
        {STREAM("\"p\":{\"signers\":[\"a\"]}"), "", FINDING_NOTE,
         "p: bundles do not expire"},
        {STREAM(""), "", FINDING_ERROR, "no stream has a rule"},
        {GOOD ",\"default\":\"accept\"", "", FINDING_WARNING, "streams without a rule"},
        {GOOD ",\"allow_insecure\":true", "", FINDING_WARNING, "allow_insecure"},
        {GOOD ",\"overrides\":[\"rollback\"]", "", FINDING_NOTE, "older bundles"},
        {GOOD ",\"overrides\":[\"expired\"]", "", FINDING_NOTE, "expired bundles"},
        {GOOD ",\"clock\":\"untrusted\"", "", FINDING_NOTE, "the clock is ignored"},
        {"\"version\":1," KEYS "," GOOD_STREAM, "", FINDING_NOTE, "no \"root\""},
        {"\"version\":1," KEYS "," GOOD_STREAM ",\"root\":{\"signers\":[\"a\"]}", "",
         FINDING_WARNING, "one stolen key is enough to replace this policy"},
        {"\"version\":1," KEYS "," GOOD_STREAM ",\"root\":{\"signers\":[\"a\"]}", "",
         FINDING_WARNING, "1 signatures replace this policy, but a bundle requires 2"},
        {"\"version\":1," KEYS ",\"streams\":{\"p\":{\"signers\":[\"a\"]}}", "",
         FINDING_NOTE, "b: not in any rule"},
        {"\"version\":1," ENDING("2025-12-31T00:00:00Z") ",\"default\":\"accept\"", "",
         FINDING_WARNING, "a: \"not_after\" ended at 2025-12-31T00:00:00Z"},
        {"\"version\":1," ENDING("2026-01-02T00:00:00Z") ",\"default\":\"accept\"", "",
         FINDING_WARNING, "a: \"not_after\" ends at 2026-01-02T00:00:00Z"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CLEANUP(policy_look_release) struct policy_look look = POLICY_LOOK_INIT;
        CLEANUP(findings_release) struct findings f = FINDINGS_INIT;

        open_look(&look, cases[i].policy, cases[i].revoked);
        policy_review(&look, NOW, &f);
        assert_found(&f, cases[i].state, cases[i].text);
    }
}

static void
finds_nothing_in_a_good_policy(void **state)
{
    CLEANUP(policy_look_release) struct policy_look look = POLICY_LOOK_INIT;
    CLEANUP(findings_release) struct findings f = FINDINGS_INIT;

    (void)state;
    open_look(&look, GOOD, "d"); /* one of two keys of a signer is still there */
    policy_review(&look, NOW, &f);
    assert_int_equal(f.count, 1);
    assert_found(&f, FINDING_WARNING, "c: key 'd.pub' is revoked");
}

/* Before, within and after the time of the authority; with dates that do not matter. */
static void
the_time_of_an_authority_matters(void **state)
{
    enum { DAY = 86400 };
    static const struct {
        const char *more;
        int64_t from_start, from_end; /* of now; the other one is 0 */
        enum finding_state state;
        const char *text;
        bool counts;
    } cases[] = {
        {"", -DAY, 0, FINDING_WARNING, "begins only at", false},
        {"", DAY, 0, FINDING_WARNING, "one signer alone, corp", true},
        {"", 0, -DAY, FINDING_WARNING, "ends at", true},
        {"", 0, DAY, FINDING_WARNING, "ended at", false},
        {"", 0, DAY, FINDING_ERROR, "requires 1 of 1 signers, and 0 of them", false},
        {",\"time\":\"none\"", 0, DAY, FINDING_WARNING, "dates of the certificate", true},
        {",\"crl\":\"require\"", DAY, 0, FINDING_WARNING, "requires a revocation list",
         false},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CLEANUP(policy_look_release) struct policy_look look = POLICY_LOOK_INIT;
        CLEANUP(findings_release) struct findings f = FINDINGS_INIT;
        CLEANUP(mem_free_string)
        char *policy = xasprintf("\"version\":1,\"signers\":{\"corp\":{\"x509\":{\"ca\":["
                                 "\"r.pem\"],\"subject\":\"CN=a\"%s}}},\"streams\":{"
                                 "\"p\":{\"signers\":[\"corp\"]}}",
                                 cases[i].more);
        struct authorities *a = &look.store.authorities;
        struct pki_cert_term term;
        struct err err = ERR_INIT;

        open_look(&look, policy, "");
        a->anchors = xcalloc(1, sizeof(struct pki_certs *));
        a->count = 1;
        a->anchors[0] = pki_certs_new();
        a->crls = pki_certs_new();
        assert_int_equal(pki_certs_add(a->anchors[0], ROOT, strlen(ROOT), "r.pem", &err),
                         0);
        assert_true(pki_cert_term(a->anchors[0], 0, &term));
        assert_false(pki_cert_term(a->anchors[0], 1, &term));
        assert_true(term.valid_from < term.valid_until);
        policy_review(&look,
                      cases[i].from_start
                          ? term.valid_from + (uint64_t)cases[i].from_start
                          : term.valid_until + (uint64_t)cases[i].from_end,
                      &f);
        assert_found(&f, cases[i].state, cases[i].text);
        assert_int_equal(findings_worst(&f)->state == FINDING_ERROR, !cases[i].counts);
    }
}

static void
a_store_without_a_policy_is_dangerous(void **state)
{
    CLEANUP(policy_look_release) struct policy_look look = POLICY_LOOK_INIT;
    CLEANUP(findings_release) struct findings f = FINDINGS_INIT;

    (void)state;
    open_look(&look, GOOD, "a");
    look.store.has_policy = false;
    policy_review(&look, NOW, &f);
    assert_found(&f, FINDING_WARNING, "any one key is sufficient");
    assert_found(&f, FINDING_WARNING, "key 'a.pub' is revoked");
    assert_int_equal(findings_worst(&f)->state, FINDING_WARNING);
}

static void
says_in_words_what_a_policy_means(void **state)
{
    static const struct {
        const char *policy, *line;
    } cases[] = {
        {STREAM("\"p\":{\"signers\":[\"a\"]}"),
         "stream    p: a bundle is accepted when a has signed it; not when it is older "
         "than the last one imported\n"},
        {STREAM("\"p\":{\"signers\":[\"a\",\"b\"]}"),
         "p: a bundle is accepted when any one of a and b has signed it;"},
        {STREAM("\"p\":{\"signers\":[\"a\",\"b\"],\"threshold\":2}"),
         "p: a bundle is accepted when both a and b have signed it;"},
        {STREAM("\"p\":{\"signers\":[\"a\",\"b\",\"c\"],\"threshold\":3}"),
         "when all of a, b and c have signed it;"},
        {STREAM("\"p\":{\"signers\":[\"a\",\"b\",\"c\"],\"threshold\":2}"),
         "when any 2 of a, b and c have signed it;"},
        {STREAM("\"p-*\":{\"signers\":[\"a\"]}"), "any whose name begins with p-: "},
        {STREAM("\"*\":{\"signers\":[\"a\"]}"), "any without another rule: "},
        {STREAM("\"p\":{\"signers\":[\"a\"],\"max_age_days\":1,\"rollback\":\"allow\","
                "\"targets\":[\"r/*\",\"s/t\"]}"),
         "; it expires 1 day after it was made; also when it is older than the last one "
         "imported; its images go only to r/* and s/t\n"},
        {GOOD, "signer    a signs with the key a.pub\n"},
        {GOOD, "signer    c signs with any of the keys c.pub and d.pub\n"},
        {GOOD, "stream    any other: no bundle is accepted\n"},
        {GOOD ",\"default\":\"accept\"",
         "stream    any other: a bundle is accepted when any one signer has signed it\n"},
        {GOOD, "updates   the next version of this store is accepted when any 2 of a, b "
               "and c have signed it\n"},
        {"\"version\":1," KEYS, "updates   none is accepted"},
        {GOOD ",\"overrides\":[\"expired\",\"rollback\"]", "override  an older bundle"},
        {GOOD ",\"allow_insecure\":true", "override  a bundle that no one signed"},
        {"\"version\":1," ENDING("2025-12-31T00:00:00Z"),
         "a signs with the key a.pub; bundles made after 2025-12-31T00:00:00Z do not"},
        {"\"version\":1," CORP(",\"san\":[\"dns:a\",\"dns:b\"]"),
         "corp signs with a certificate issued by r.pem, with the subject CN=a, with one "
         "of the names dns:a and dns:b\n"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CLEANUP(policy_look_release) struct policy_look look = POLICY_LOOK_INIT;
        CLEANUP(result_release) struct result r = RESULT_INIT;

        open_look(&look, cases[i].policy, "");
        result_init(&r, "trust");
        render_policy(&r, &look.store.policy);
        if (!strstr(r.text.data, cases[i].line))
            fail_msg("%s", r.text.data);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_what_is_wrong_or_dangerous),
        cmocka_unit_test(finds_nothing_in_a_good_policy),
        cmocka_unit_test(the_time_of_an_authority_matters),
        cmocka_unit_test(a_store_without_a_policy_is_dangerous),
        cmocka_unit_test(says_in_words_what_a_policy_means),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
