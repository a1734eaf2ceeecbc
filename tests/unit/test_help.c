/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "tests/unit/unit.h"

#include "base/mem.h"
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
    operands = opt_parse(c->table, options, argc - 2, argv + 2, &err);
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

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_command_has_two_examples_that_parse),
        cmocka_unit_test(commands_of_a_group_are_neighbours),
        cmocka_unit_test(every_option_is_in_a_group),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
