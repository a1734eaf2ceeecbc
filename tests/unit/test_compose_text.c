/* SPDX-License-Identifier: Apache-2.0 */
/* Variables in compose files. */
#include "config.h"
#include "tests/unit/unit.h"

#include "lists/compose_text.h"

static const char variables[] = "# a comment\n"
                                "SET=value\n"
                                "EMPTY=\n"
                                "  export SPACED = a b   # not this\n"
                                "HASH=a#b\n"
                                "DOUBLE=\"a \\\"b\\\"\\n\" # c\n"
                                "SINGLE='$SET \\n'\n"
                                "NESTED=${SET}-${MISSING:-x}\n"
                                "LATER=1\r\n"
                                "LATER=2\r\n"
                                "ENV=file\n"
                                "CIRCLE=${CIRCLE}\n"
                                "PASSED\n"
                                "YAML: style";

static const char *
environment(const char *name)
{
    return strcmp(name, "ENV") == 0 ? "env" : strcmp(name, "NONE") == 0 ? "" : NULL;
}

static void
replaces_as_compose_does(void **state)
{
    static const struct {
        const char *text, *expected, *message; /* NULL: replaced */
    } cases[] = {
        {"plain", "plain", NULL},
        {"", "", NULL},
        {"$SET", "value", NULL},
        {"${SET}", "value", NULL},
        {"a${SET}b$SET.c", "avaluebvalue.c", NULL},
        {"$$SET $${SET}", "$SET ${SET}", NULL},
        {"${SET:-d}", "value", NULL},
        {"${EMPTY:-d}", "d", NULL},
        {"${EMPTY-d}", "", NULL},
        {"${MISSING:-d}", "d", NULL},
        {"${MISSING-d}", "d", NULL},
        {"${MISSING-}", "", NULL},
        {"${NONE:-d}", "d", NULL},
        {"${NONE-d}", "", NULL},
        {"${SET:+o}", "o", NULL},
        {"${EMPTY:+o}", "", NULL},
        {"${EMPTY+o}", "o", NULL},
        {"${MISSING+o}", "", NULL},
        {"${SET:?e}", "value", NULL},
        {"${SET?e}", "value", NULL},
        {"${EMPTY?e}", "", NULL},
        {"${MISSING:-${SET}}", "value", NULL},
        {"${MISSING:-${GONE:-a}}b", "ab", NULL},
        {"${MISSING:-a:1-b}", "a:1-b", NULL},
        {"${SPACED}", "a b", NULL},
        {"$HASH", "a#b", NULL},
        {"$DOUBLE", "a \"b\"\n", NULL},
        {"$SINGLE", "$SET \\n", NULL},
        {"$NESTED", "value-x", NULL},
        {"$LATER", "2", NULL},
        {"$ENV", "env", NULL},
        {"$YAML", "style", NULL},
        {"$MISSING", NULL, "the variable MISSING is not set"},
        {"${MISSING}", NULL, "the variable MISSING is not set"},
        {"${MISSING:?e}", NULL, "the variable MISSING is not set"},
        {"${EMPTY:?e}", NULL, "the variable EMPTY is not set, or empty"},
        {"${MISSING?e}", NULL, "the variable MISSING is not set"},
        {"$PASSED", NULL, "the variable PASSED is not set"},
        {"${MISSING:-$GONE}", NULL, "the variable GONE is not set"},
        {"$CIRCLE", NULL, "more than 16 levels of variables"},
        {"$", NULL, "'$' is not followed by a variable"},
        {"$1", NULL, "'$' is not followed by a variable"},
        {"${", NULL, "'$' is not followed by a variable"},
        {"${}", NULL, "'$' is not followed by a variable"},
        {"${SET", NULL, "'$' is not followed by a variable"},
        {"${SET!}", NULL, "'$' is not followed by a variable"},
        {"${SET:}", NULL, "'$' is not followed by a variable"},
        {"${MISSING:-${SET}", NULL, "'$' is not followed by a variable"},
    };
    CLEANUP(compose_variables_release)
    struct compose_variables v = {.environment = environment};
    struct err err = ERR_INIT;

    (void)state;
    assert_int_equal(compose_variables_add(&v, variables, strlen(variables), &err), 0);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CLEANUP(buf_release) struct buf out = BUF_INIT(COMPOSE_TEXT_MAX);
        size_t len = strlen(cases[i].text);

        print_message("# %s\n", cases[i].text);
        assert_int_equal(compose_text_replace(&v, cases[i].text, len, &out, &err),
                         cases[i].message ? -1 : 0);
        if (cases[i].message)
            assert_string_equal(err.msg, cases[i].message);
        else
            assert_string_equal(out.data ? out.data : "", cases[i].expected);
    }
}

static void
refuses_lines_without_quoting_them(void **state)
{
    static const struct {
        const char *text, *message;
    } cases[] = {
        {"A=1\n\n1B=s3cret\n", "line 3 is not NAME=VALUE"},
        {"A B\n", "line 1 is not NAME=VALUE"},
        {"A='s3cret\n", "line 1 is not NAME=VALUE"},
        {"A=\"\n\n\"\nB=\"", "line 4 is not NAME=VALUE"},
        {"=s3cret", "line 1 is not NAME=VALUE"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CLEANUP(compose_variables_release) struct compose_variables v = {.items = NULL};
        struct err err = ERR_INIT;

        print_message("# %s\n", cases[i].text);
        assert_int_equal(
            compose_variables_add(&v, cases[i].text, strlen(cases[i].text), &err), -1);
        assert_int_equal(err.kind, ERR_USAGE);
        assert_string_equal(err.msg, cases[i].message);
    }
}

/* Ten uses of the one before, and the first is empty: nothing ever grows. */
static void
bounds_the_uses_of_variables(void **state)
{
    CLEANUP(compose_variables_release) struct compose_variables v = {.items = NULL};
    CLEANUP(buf_release) struct buf text = BUF_INIT(10000), out = BUF_INIT(1000);
    struct err err = ERR_INIT;

    (void)state;
    assert_int_equal(buf_add_text(&text, "V0=\n"), 0);
    for (int i = 1; i < 15; i++) {
        assert_int_equal(buf_addf(&text, "V%d=", i), 0);
        for (int k = 0; k < 10; k++)
            assert_int_equal(buf_addf(&text, "$V%d", i - 1), 0);
        assert_int_equal(buf_add_text(&text, "\n"), 0);
    }
    assert_int_equal(compose_variables_add(&v, text.data, text.len, &err), 0);
    assert_int_equal(compose_text_replace(&v, "$V14", 4, &out, &err), -1);
    assert_int_equal(err.kind, ERR_LIMIT);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(replaces_as_compose_does),
        cmocka_unit_test(refuses_lines_without_quoting_them),
        cmocka_unit_test(bounds_the_uses_of_variables),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
