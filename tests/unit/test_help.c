/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "tests/unit/unit.h"

#include "base/mem.h"
#include "base/text.h"
#include "cli/commands/commands.h"

enum { WORDS = 32, LINE_CHARS = 66 }; /* the manual page indents by 13 of 80 columns */

/* Split a line at blanks, as far as the shell would hand it over.  Returns the count. */
static int
split_words(char *line, char *argv[WORDS])
{
    int argc = 0;

    for (char *save, *word = strtok_r(line, " ", &save); word;
         word = strtok_r(NULL, " ", &save)) {
        if (strpbrk(word, "<>"))
            break;
        assert_null(strpbrk(word, "'\"\\$|&;"));
        assert_true(argc < WORDS);
        argv[argc++] = word;
    }
    return argc;
}

/* Nothing is run; as far as the command line goes, it is right. */
static void
assert_parses(const struct command *c, const char *line)
{
    CLEANUP(mem_free_string) char *copy = xstrdup(line);
    void *options = xcalloc(1, c->options_size);
    struct err err = ERR_INIT;
    char *argv[WORDS];
    int argc = split_words(copy, argv), operands;

    assert_true(argc >= 2);
    assert_string_equal(argv[0], "sealift");
    assert_ptr_equal(command_find(argv[1]), c);
    operands = opt_parse(c->table, options, NULL, argc - 2, argv + 2, &err);
    if (operands < 0)
        fail_msg("%s: %s", line, err.msg);
    assert_true((size_t)operands >= c->operands_min);
    assert_true((size_t)operands <= c->operands_max);
    for (const char *const *a = c->actions; a && operands > 0; a++) {
        if (!*a)
            fail_msg("%s: no action %s", line, argv[2]);
        if (strcmp(*a, argv[2]) == 0)
            break;
    }
    opt_release(c->table, options);
    free(options);
}

static void
each_command_has_two_examples_that_parse(void **state)
{
    (void)state;
    for (const struct command *const *c = commands; *c; c++) {
        for (size_t i = 0; i < COMMAND_EXAMPLES; i++) {
            const struct example *e = &(*c)->examples[i];

            print_message("# %s\n", (*c)->name);
            assert_non_null(e->purpose);
            assert_int_not_equal(e->purpose[strlen(e->purpose) - 1], '.');
            assert_true(strlen(e->purpose) <= 72);
            assert_true(strlen(e->line) <= LINE_CHARS);
            assert_parses(*c, e->line);
        }
        assert_string_not_equal((*c)->examples[0].line, (*c)->examples[1].line);
    }
}

static void
commands_of_a_group_are_neighbours(void **state)
{
    (void)state;
    for (const struct command *const *c = commands + 1; *c; c++)
        assert_true((*c)->group == c[-1]->group || (*c)->group == c[-1]->group + 1);
}

/* No option stands before the first heading, and no heading is alone. */
static void
every_option_is_in_a_group(void **state)
{
    (void)state;
    for (const struct command *const *c = commands; *c; c++) {
        print_message("# %s\n", (*c)->name);
        assert_int_equal((*c)->table->kind, OPT_GROUP);
        for (const struct opt *o = (*c)->table; o->kind != OPT_END; o++) {
            assert_int_not_equal(o->help[0], '\0');
            if (o->kind == OPT_GROUP)
                assert_true(o[1].kind != OPT_GROUP && o[1].kind != OPT_END);
        }
    }
}

/* What lowers a check or replaces a file, and what decides about trust. */
static const struct rule {
    const char *name, *commands; /* NULL: all */
    enum opt_from from;
} rules[] = {
    {"insecure-skip-verify", NULL, OPT_FROM_LINE},
    {"allow-rollback", NULL, OPT_FROM_LINE},
    {"allow-expired", NULL, OPT_FROM_LINE},
    {"allow-incomplete", NULL, OPT_FROM_LINE},
    {"unsigned", NULL, OPT_FROM_LINE},
    {"force", NULL, OPT_FROM_LINE},
    {"no-passphrase", NULL, OPT_FROM_LINE},
    {"stream", " trust ", OPT_FROM_LINE},
    {"signers", NULL, OPT_FROM_LINE},
    {"threshold", NULL, OPT_FROM_LINE},
    {"max-age-days", NULL, OPT_FROM_LINE},
    {"update", NULL, OPT_FROM_LINE},
    {"help", NULL, OPT_FROM_LINE},
    {"file", " sign verify ", OPT_FROM_LINE},
    {"extract-self", NULL, OPT_FROM_LINE},
    {"trust", NULL, OPT_FROM_SYSTEM},
    {"key", " verify import diff verify-receipt ", OPT_FROM_SYSTEM},
    {"source-key", NULL, OPT_FROM_SYSTEM},
    {"base-key", NULL, OPT_FROM_SYSTEM},
    {"on-existing", NULL, OPT_FROM_SYSTEM},
    {"foreign-layers", NULL, OPT_FROM_SYSTEM},
    {"plain-http", NULL, OPT_FROM_SYSTEM},
    {"trust-realm", NULL, OPT_FROM_SYSTEM},
};

static enum opt_from
rule_for(const struct command *c, const struct opt *o)
{
    CLEANUP(mem_free_string) char *word = xasprintf(" %s ", c->name);

    for (size_t i = 0; i < COUNT_OF(rules); i++) {
        if (strcmp(rules[i].name, o->name) == 0 &&
            (!rules[i].commands || strstr(rules[i].commands, word)))
            return rules[i].from;
    }
    return text_starts(o->name, "allow-") ? OPT_FROM_LINE : OPT_FROM_ANY;
}

static void
options_that_decide_about_trust_are_not_for_users(void **state)
{
    (void)state;
    for (const struct command *const *c = commands; *c; c++) {
        for (const struct opt *o = (*c)->table; o->kind != OPT_END; o++) {
            print_message("# %s: %s\n", (*c)->name, o->name);
            if (o->from != OPT_FROM_SETTINGS)
                assert_int_equal(o->from, rule_for(*c, o));
        }
    }
}

/* Else a setting of one would keep the command line from choosing the other. */
static void
options_that_exclude_each_other_are_kin(void **state)
{
    static const struct {
        const struct command *command;
        const char *a, *b;
    } pairs[] = {
        {&cmd_verify, "key", "insecure-skip-verify"},
        {&cmd_verify, "key", "trust"},
        {&cmd_import, "key", "trust"},
        {&cmd_import, "receipt", "dry-run"},
        {&cmd_diff, "key", "trust"},
        {&cmd_export, "source-key", "trust"},
        {&cmd_export, "source-key", "insecure-skip-verify"},
        {&cmd_export, "key", "unsigned"},
        {&cmd_export, "sign-cert", "unsigned"},
        {&cmd_export, "tags", "all-tags"},
        {&cmd_export, "referrers", "no-referrers"},
        {&cmd_export, "tls-key", "tls-cert"},
        {&cmd_copy, "receipt", "dry-run"},
        {&cmd_sign, "passphrase-fd", "passphrase-file"},
        {&cmd_key, "new-passphrase-fd", "new-passphrase-file"},
        {&cmd_key, "kdf", "cosign"},
        {&cmd_keygen, "no-passphrase", "passphrase-file"},
        {&cmd_list, "raw", "json"},
        {&cmd_list, "raw", "report"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(pairs); i++) {
        const struct opt *table = pairs[i].command->table;
        const struct opt *a = opt_find(table, pairs[i].a, strlen(pairs[i].a));
        const struct opt *b = opt_find(table, pairs[i].b, strlen(pairs[i].b));
        unsigned char *sources = opt_sources_new(table);

        print_message("# %s: %s, %s\n", pairs[i].command->name, pairs[i].a, pairs[i].b);
        assert_non_null(a);
        assert_non_null(b);
        sources[a - table] = OPT_LINE;
        assert_true(opt_has_kin(table, b, sources, OPT_LINE));
        free(sources);
    }
}

static void
what_an_option_needs_is_an_option(void **state)
{
    size_t found = 0;

    (void)state;
    for (const struct command *const *c = commands; *c; c++) {
        for (const struct opt *o = (*c)->table; o->kind != OPT_END; o++) {
            if (!o->needs)
                continue;
            print_message("# %s: %s\n", (*c)->name, o->name);
            assert_non_null(opt_find((*c)->table, o->needs, strlen(o->needs)));
            found++;
        }
    }
    assert_true(found > 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_command_has_two_examples_that_parse),
        cmocka_unit_test(commands_of_a_group_are_neighbours),
        cmocka_unit_test(every_option_is_in_a_group),
        cmocka_unit_test(options_that_decide_about_trust_are_not_for_users),
        cmocka_unit_test(options_that_exclude_each_other_are_kin),
        cmocka_unit_test(what_an_option_needs_is_an_option),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
