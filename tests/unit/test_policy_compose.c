/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "tests/unit/unit.h"

#include "base/mem.h"
#include "ops/store/policy_compose.h"
#include "ops/store/policy_edit.h"

#define OLD                                                                              \
    "{\"version\":7,\"signers\":{\"a\":{\"keys\":[\"a1.pub\",\"a2.pub\"]}},"             \
    "\"streams\":{\"p\":{\"signers\":[\"a\"],\"threshold\":1,\"max_age_days\":9,"        \
    "\"epoch\":3}},\"default\":\"accept\",\"root\":{\"signers\":[\"a\"],"                \
    "\"threshold\":1}}"

/* The text without what indentation adds. */
static char *
compact(const char *text)
{
    char *out = xstrdup(text), *to = out;

    for (; *text != '\0'; text++) {
        if (*text != ' ' && *text != '\n')
            *to++ = *text;
    }
    *to = '\0';
    return out;
}

static void
writes_what_the_parser_reads(void **state)
{
    static const struct {
        const char *before;
        struct policy_wish wish;
        const char *names[2][2]; /* signer and key */
        int rc;
        const char *after;
    } cases[] = {
        {NULL,
         {.stream = "p", .signer_count = 2, .threshold = 2},
         {{"a", "a.pub"}, {"b", "b.pub"}},
         1,
         "{\"version\":1,\"signers\":{\"a\":{\"keys\":[\"a.pub\"]},\"b\":{\"keys\":["
         "\"b.pub\"]}},\"streams\":{\"p\":{\"signers\":[\"a\",\"b\"],\"threshold\":2}},"
         "\"root\":{\"signers\":[\"a\",\"b\"],\"threshold\":2}}"},
        {NULL,
         {.stream = "p-*", .signer_count = 1, .max_age_days = 30},
         {{"a", "a.pub"}},
         1,
         "{\"version\":1,\"signers\":{\"a\":{\"keys\":[\"a.pub\"]}},\"streams\":{"
         "\"p-*\":{\"signers\":[\"a\"],\"threshold\":1,\"max_age_days\":30}},"
         "\"root\":{\"signers\":[\"a\"],\"threshold\":1}}"},
        {OLD, {.stream = "p", .signer_count = 1, .threshold = 1}, {{"a", NULL}}, 0, NULL},
        {OLD,
         {.stream = "p", .signer_count = 1, .max_age_days = 9},
         {{"a", NULL}},
         0,
         NULL},
        {OLD,
         {.stream = "p", .signer_count = 2, .threshold = 2, .max_age_days = 8},
         {{"a", NULL}, {"b", "b.pub"}},
         1,
         "{\"version\":8,\"signers\":{\"a\":{\"keys\":[\"a1.pub\",\"a2.pub\"]},\"b\":{"
         "\"keys\":[\"b.pub\"]}},\"streams\":{\"p\":{\"signers\":[\"a\",\"b\"],"
         "\"threshold\":2,\"max_age_days\":8,\"epoch\":3}},\"default\":\"accept\","
         "\"root\":{\"signers\":[\"a\"],\"threshold\":1}}"},
        {"{\"version\":1,\"signers\":{\"a\":{\"keys\":[\"a.pub\"]}}}",
         {.stream = "q", .signer_count = 1},
         {{"a", NULL}},
         1,
         "{\"version\":2,\"signers\":{\"a\":{\"keys\":[\"a.pub\"]}},\"streams\":{\"q\":{"
         "\"signers\":[\"a\"],\"threshold\":1}}}"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CLEANUP(buf_release) struct buf out = BUF_INIT(POLICY_MAX);
        CLEANUP(policy_release) struct policy p = POLICY_INIT;
        CLEANUP(mem_free_string) char *text = NULL;
        struct policy_name names[2] = {{.key = NULL}};
        struct err err = ERR_INIT;
        int rc;

        print_message("# %zu\n", i);
        for (size_t k = 0; k < cases[i].wish.signer_count; k++) {
            names[k].signer = xstrdup(cases[i].names[k][0]);
            names[k].key = cases[i].names[k][1] ? xstrdup(cases[i].names[k][1]) : NULL;
        }
        rc = policy_compose(cases[i].before, &cases[i].wish, names, &out, &err);
        for (size_t k = 0; k < COUNT_OF(names); k++) {
            free(names[k].signer);
            free(names[k].key);
        }
        assert_int_equal(rc, cases[i].rc);
        if (cases[i].rc == 0) {
            assert_int_equal(out.len, 0);
            continue;
        }
        text = compact(out.data);
        assert_string_equal(text, cases[i].after);
        assert_int_equal(policy_parse(&p, out.data, out.len, &err), 0);
        assert_int_equal(out.data[out.len - 1], '\n');
    }
}

static void
a_path_is_told_from_a_name(void **state)
{
    static const struct {
        const char *signer;
        bool is_file;
    } cases[] = {
        {"alice", false},        {"alice.pub", true},      {"./alice", true},
        {"dir/alice.pem", true}, {".pub", false},          {"", false},
        {"pub", false},          {"alice.pub.old", false},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        assert_int_equal(policy_wants_file(cases[i].signer), cases[i].is_file);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_what_the_parser_reads),
        cmocka_unit_test(a_path_is_told_from_a_name),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
