/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "tests/unit/unit.h"

#include "cli/opt.h"

struct sample {
    bool quiet, verbose;
    unsigned loud;
    const char *output;
    struct opt_number jobs;
    struct opt_list map;
    const char *place;
};

#define T struct sample
static const struct opt table[] = {
    FLAG(T, quiet, 'q', "quiet", "say less", .family = "volume"),
    FLAG(T, verbose, 'v', "verbose", "say more", .family = "debug volume"),
    TEXT(T, output, 'o', "output", "FILE", "write to FILE"),
    NUMBER(T, jobs, 'j', "jobs", "N", 64, "do N things at a time"),
    LIST(T, map, 0, "map", "FROM=TO", "map names (repeatable)", .from = OPT_FROM_SYSTEM,
         .family = "volumes"),
    TALLY(T, loud, 'l', "loud", "say even more (repeatable)", .from = OPT_FROM_LINE),
    OPERAND(T, place, "place", "HOST", "where to push"),
    {.kind = OPT_END},
};
#undef T

enum { WORDS = 8 };

/* Parse a copy of the words; argv keeps the operands. */
static int
parse(const char *const *words, const char *argv[WORDS + 1], struct sample *s,
      struct err *err)
{
    int argc = 0;

    for (; words[argc]; argc++)
        argv[argc] = words[argc];
    argv[argc] = NULL;
    return opt_parse(table, s, NULL, argc, (char **)(void *)argv, err);
}

static void
reads_values_in_every_spelling(void **state)
{
    static const char *const spellings[][WORDS] = {
        {"-q", "-v", "-o", "x", "-j", "4", "a"},
        {"-qvox", "-j4", "a"},
        {"a", "--quiet", "--verbose", "--output=x", "--jobs=4"},
        {"--output", "x", "-qv", "a", "--jobs", "4"},
        {"-qv", "-o", "x", "-j4", "--", "a"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(spellings); i++) {
        const char *argv[WORDS + 1];
        struct err err = ERR_INIT;
        struct sample s = {0};

        print_message("# spelling %zu\n", i);
        assert_int_equal(parse(spellings[i], argv, &s, &err), 1);
        assert_string_equal(argv[0], "a");
        assert_true(s.quiet);
        assert_true(s.verbose);
        assert_string_equal(s.output, "x");
        assert_true(s.jobs.is_set);
        assert_int_equal(s.jobs.value, 4);
    }
}

static void
reports_usage_errors(void **state)
{
    static const struct {
        const char *words[WORDS];
        const char *why;
    } cases[] = {
        {{"--nope"}, "unknown option '--nope'"},
        {{"--nope=1"}, "unknown option '--nope'"},
        {{"-x"}, "unknown option '-x'"},
        {{"-qx"}, "unknown option '-qx'"},
        {{"--output"}, "requires FILE"},
        {{"-o"}, "requires FILE"},
        {{"--quiet=maybe"}, "requires yes or no"},
        {{"--quiet="}, "requires yes or no"},
        {{"--loud=10"}, "number from 0 to 9"},
        {{"--place=x"}, "unknown option '--place'"}, /* only a setting */
        {{"-o", "a", "-o", "b"}, "given twice"},
        {{"-j1", "-j2"}, "given twice"},
        {{"-j65"}, "number from 0 to 64"},
        {{"-j", "-1"}, "number from 0 to 64"},
        {{"--jobs="}, "number from 0 to 64"},
        {{"--jobs=4x"}, "number from 0 to 64"},
        {{"--out=x"}, "unknown option '--out'"}, /* no guessing */
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const char *argv[WORDS + 1];
        struct err err = ERR_INIT;
        struct sample s = {0};

        print_message("# case: %s\n", cases[i].words[0]);
        assert_int_equal(parse(cases[i].words, argv, &s, &err), -1);
        assert_int_equal(err.kind, ERR_USAGE);
        assert_non_null(strstr(err.msg, cases[i].why));
    }
}

static void
keeps_the_order_of_lists(void **state)
{
    static const char *const words[] = {"--map", "a=b", "--map=c=d", "-", NULL};
    const char *argv[WORDS + 1];
    struct err err = ERR_INIT;
    struct sample s = {0};

    (void)state;
    assert_int_equal(parse(words, argv, &s, &err), 1);
    assert_string_equal(argv[0], "-"); /* a lone dash is an operand */
    assert_int_equal(s.map.count, 2);
    assert_string_equal(s.map.items[0], "a=b");
    assert_string_equal(s.map.items[1], "c=d");
    opt_release(table, &s);
    assert_int_equal(s.map.count, 0);
}

static void
a_tally_counts_how_often_it_was_given(void **state)
{
    static const char *const words[] = {"-ll", "x", "--loud", "-ql", NULL};
    const char *argv[WORDS + 1];
    struct err err = ERR_INIT;
    struct sample s = {0};

    (void)state;
    assert_int_equal(parse(words, argv, &s, &err), 1);
    assert_int_equal(s.loud, 4);
    assert_true(s.quiet);
}

static void
flags_and_tallies_take_values(void **state)
{
    static const struct {
        const char *words[WORDS];
        bool quiet;
        unsigned loud;
    } cases[] = {
        {{"--quiet=yes"}, true, 0},
        {{"-q", "--quiet=no"}, false, 0},
        {{"--quiet=true"}, true, 0},
        {{"-q", "--quiet=false"}, false, 0},
        {{"--quiet=1", "--loud=3"}, true, 3},
        {{"-ll", "--quiet=0", "--loud=0"}, false, 0},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const char *argv[WORDS + 1];
        struct err err = ERR_INIT;
        struct sample s = {0};

        print_message("# case: %s\n", cases[i].words[0]);
        assert_int_equal(parse(cases[i].words, argv, &s, &err), 0);
        assert_int_equal(s.quiet, cases[i].quiet);
        assert_int_equal(s.loud, cases[i].loud);
    }
}

static void
options_come_from_the_sources_they_declare(void **state)
{
    /* by enum opt_source */
    static const struct {
        const char *name;
        bool may[OPT_LINE + 1];
    } cases[] = {
        {"quiet",
         {[OPT_SYSTEM] = true,
          [OPT_USER] = true,
          [OPT_ENVIRONMENT] = true,
          [OPT_LINE] = true}},
        {"map", {[OPT_SYSTEM] = true, [OPT_LINE] = true}},
        {"loud", {[OPT_LINE] = true}},
        {"place", {[OPT_SYSTEM] = true, [OPT_USER] = true, [OPT_ENVIRONMENT] = true}},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const struct opt *o = opt_find(table, cases[i].name, strlen(cases[i].name));

        assert_non_null(o);
        for (int source = OPT_SYSTEM; source <= OPT_LINE; source++) {
            print_message("# %s from %d\n", cases[i].name, source);
            assert_int_equal(opt_may_come_from(o, (enum opt_source)source),
                             cases[i].may[source]);
        }
    }
}

static void
options_of_a_family_are_kin(void **state)
{
    unsigned char *sources = opt_sources_new(table);
    const struct opt *quiet = opt_find(table, "quiet", 5);
    const struct opt *verbose = opt_find(table, "verbose", 7);
    const struct opt *map = opt_find(table, "map", 3);

    (void)state;
    assert_false(opt_has_kin(table, quiet, sources, OPT_LINE));
    sources[quiet - table] = OPT_LINE;
    assert_false(opt_has_kin(table, quiet, sources, OPT_LINE)); /* itself */
    assert_true(opt_has_kin(table, verbose, sources, OPT_LINE));
    assert_false(opt_has_kin(table, verbose, sources, OPT_USER));
    assert_false(opt_has_kin(table, map, sources, OPT_LINE));
    free(sources);
}

static void
ends_options_at_a_double_dash(void **state)
{
    static const char *const words[] = {"--", "-q", "--nope", NULL};
    const char *argv[WORDS + 1];
    struct err err = ERR_INIT;
    struct sample s = {0};

    (void)state;
    assert_int_equal(parse(words, argv, &s, &err), 2);
    assert_string_equal(argv[0], "-q");
    assert_string_equal(argv[1], "--nope");
    assert_false(s.quiet);
}

static void
help_and_completion_list_every_option(void **state)
{
    CLEANUP(buf_release) struct buf help = BUF_INIT(1 << 16);
    CLEANUP(buf_release) struct buf words = BUF_INIT(1 << 16);

    (void)state;
    opt_help(table, &help);
    opt_complete(table, &words);
    assert_non_null(strstr(help.data, "  -o, --output=FILE "));
    assert_non_null(strstr(help.data, "      --map=FROM=TO "));
    assert_string_equal(words.data,
                        "--quiet\n--verbose\n--output=\n--jobs=\n--map=\n--loud\n");
}

static void
ends_leading_options_at_the_first_operand(void **state)
{
    static const struct {
        const char *words[WORDS];
        int count; /* -1: refused */
    } cases[] = {
        {{"go"}, 0},
        {{"-q", "go", "-v"}, 1},
        {{"-qv", "--jobs", "4", "go"}, 3},
        {{"--jobs=4", "-j4", "-o", "go", "go"}, 4},
        {{"-qj4", "go"}, 1},
        {{"-qj", "4", "go"}, 2},
        {{"-", "-q"}, 0},
        {{"-q"}, 1},
        {{"--output"}, 1}, /* its value is missing */
        {{"--noisy", "go"}, -1},
        {{"-ll", "--loud", "go"}, 2},
        {{"-qx", "go"}, -1},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct err err = ERR_INIT;
        int argc = 0;

        while (cases[i].words[argc])
            argc++;
        print_message("# case: %s\n", cases[i].words[0]);
        assert_int_equal(
            opt_count_leading(table, argc, (char **)(uintptr_t)cases[i].words, &err),
            cases[i].count);
        assert_int_equal(err.kind, cases[i].count < 0 ? ERR_USAGE : ERR_NONE);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_values_in_every_spelling),
        cmocka_unit_test(reports_usage_errors),
        cmocka_unit_test(keeps_the_order_of_lists),
        cmocka_unit_test(a_tally_counts_how_often_it_was_given),
        cmocka_unit_test(flags_and_tallies_take_values),
        cmocka_unit_test(options_come_from_the_sources_they_declare),
        cmocka_unit_test(options_of_a_family_are_kin),
        cmocka_unit_test(ends_options_at_a_double_dash),
        cmocka_unit_test(help_and_completion_list_every_option),
        cmocka_unit_test(ends_leading_options_at_the_first_operand),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
