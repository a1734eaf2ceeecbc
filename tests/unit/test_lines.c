/* SPDX-License-Identifier: Apache-2.0 */
/* Names of files may hold anything.  Every way for text to a terminal, with such a name.
 */
#include "config.h"
#include "tests/unit/unit.h"

#include "base/err.h"
#include "base/events.h"
#include "render/result.h"
#include "render/table.h"
#include "io/json/json_write.h"

#include <errno.h>
#include <string.h>

#define EVIL  "a\033[31m\nOK: fine\x9b\x7f\xc2\x9b\\"
#define SHOWN "a\\x1b[31m\\x0aOK: fine\\x9b\\x7f\\xc2\\x9b\\"

static void
errors_and_hints_are_safe(void **state)
{
    struct err err = ERR_INIT;

    (void)state;
    err_set(&err, ERR_USAGE, "'%s' is wrong", EVIL);
    assert_string_equal(err.msg, "'" SHOWN "' is wrong");
    err_wrap(&err, "%s", EVIL);
    assert_string_equal(err.msg, SHOWN ": '" SHOWN "' is wrong");
    err_hint(&err, "rename '%s'", EVIL);
    assert_string_equal(err.hint, "rename '" SHOWN "'");
    err_because(&err, ERR_TRUST, REASON_FORMAT, "%s", EVIL);
    assert_string_equal(err.msg, SHOWN);
    errno = ENOENT;
    err_errno(&err, "cannot open '%s'", EVIL);
    assert_string_equal(err.msg, "cannot open '" SHOWN "': No such file or directory");
}

static void
long_texts_are_cut(void **state)
{
    struct err err = ERR_INIT;
    char name[sizeof(err.msg)];

    (void)state;
    memset(name, '\033', sizeof(name) - 1);
    name[sizeof(name) - 1] = '\0';
    err_set(&err, ERR_USAGE, "%s", name);
    assert_string_equal(err.msg + strlen(err.msg) - 7, "\\x1b...");
    err_wrap(&err, "%s", name);
    err_hint(&err, "%s", name);
    assert_true(strlen(err.msg) < sizeof(err.msg));
    assert_true(strlen(err.hint) < sizeof(err.hint));
    assert_null(strchr(err.msg, '\033'));
    assert_null(strchr(err.hint, '\033'));
}

static void
take_event(void *ctx, const struct event *event)
{
    assert_string_equal(event->text, "continuing with " SHOWN);
    ++*(int *)ctx;
}

static void
notes_and_warnings_are_safe(void **state)
{
    int count = 0;
    const struct events to = {.emit = take_event, .ctx = &count};

    (void)state;
    events_debug(&to, "continuing with %s", EVIL);
    events_warning(&to, "continuing with %s", EVIL);
    assert_int_equal(count, 2);
}

static void
results_have_no_foreign_lines(void **state)
{
    CLEANUP(result_release) struct result r = RESULT_INIT;
    CLEANUP(table_release) struct table t = TABLE_INIT;

    (void)state;
    result_init(&r, "test");
    result_say(&r, "wrote %s", EVIL);
    result_say(&r, ", %s\n", EVIL);
    result_say(&r, "%s", "no end\n");
    result_say(&r, "\n");
    assert_string_equal(r.text.data, "wrote " SHOWN ", " SHOWN "\nno end\\x0a\n");

    buf_clear(&r.text);
    table_add(&t, (const char *const[]){EVIL, "x", "y", ""});
    table_add(&t, (const char *const[]){SHOWN, "x", "y", ""});
    table_say(&t, &r);
    assert_string_equal(r.text.data, SHOWN "  x  y\n" SHOWN "  x  y\n");
}

static void
json_for_a_terminal_is_plain_ascii(void **state)
{
    static const struct {
        const char *text, *json;
    } table[] = {
        {"a\033\n\x7f\x7f\"\\", "\"a\\u001B\\n\\u007F\\u007F\\\"\\\\\""},
        {"caf\xc3\xa9 \xc2\x9b", "\"caf\\u00E9 \\u009B\""},
        {"\x9b\n", "\"\\\\x9b\\\\x0a\""}, /* not UTF-8 */
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        CLEANUP(buf_release) struct buf out = BUF_INIT(1000);
        CLEANUP(buf_release) struct buf expected = BUF_INIT(1000);
        struct jsout *root = jsout_object();
        struct err err = ERR_INIT;

        jsout_put_text(root, "t", table[i].text);
        assert_int_equal(jsout_print(root, &out, &err), 0);
        assert_int_equal(buf_addf(&expected, "{\"t\":%s}", table[i].json), 0);
        assert_string_equal(out.data, expected.data);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(errors_and_hints_are_safe),
        cmocka_unit_test(long_texts_are_cut),
        cmocka_unit_test(notes_and_warnings_are_safe),
        cmocka_unit_test(results_have_no_foreign_lines),
        cmocka_unit_test(json_for_a_terminal_is_plain_ascii),
    };

    return cmocka_run_group_tests_name("lines", tests, NULL, NULL);
}
