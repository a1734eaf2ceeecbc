/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "tests/unit/unit.h"

#include "base/err_list.h"

#include <string.h>

/* Emitted events: kinds, texts, and whether a hint follows. */
struct heard {
    size_t count;
    char texts[8][640];
    bool shares_hint;
};

static void
hear(void *ctx, const struct event *event)
{
    struct heard *h = ctx;

    assert_int_equal(event->kind, EVENT_ERROR);
    if (h->count < COUNT_OF(h->texts))
        snprintf(h->texts[h->count], sizeof(h->texts[0]), "%s", event->error->msg);
    h->count++;
    h->shares_hint = event->shares_hint;
}

static void
add_failure(struct err_list *list, enum err_kind kind, enum err_reason reason,
            const char *text)
{
    struct err err = ERR_INIT;

    err_because(&err, kind, reason, "%s", text);
    err_list_add(list, &err);
}

static void
keeps_a_single_failure_unchanged(void **state)
{
    CLEANUP(err_list_release) struct err_list list = ERR_LIST_INIT;
    struct heard heard = {.count = 0};
    const struct events to = {.emit = hear, .ctx = &heard};
    struct err err = ERR_INIT;

    (void)state;
    assert_int_equal(err_list_end(&list, &to, "things failed", &err), 0);
    add_failure(&list, ERR_AUTH, REASON_LOGIN, "no");
    assert_int_equal(err_list_end(&list, &to, "things failed", &err), -1);
    assert_int_equal(err.kind, ERR_AUTH);
    assert_int_equal(err.reason, REASON_LOGIN);
    assert_string_equal(err.msg, "no");
    assert_int_equal(heard.count, 0);
}

static void
lists_several_in_order(void **state)
{
    static const struct {
        enum err_reason second, end;
    } cases[] = {{REASON_LOGIN, REASON_LOGIN}, {REASON_NO_LOGIN, REASON_NONE}};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CLEANUP(err_list_release) struct err_list list = ERR_LIST_INIT;
        struct heard heard = {.count = 0};
        const struct events to = {.emit = hear, .ctx = &heard};
        struct err err = ERR_INIT;

        add_failure(&list, ERR_AUTH, REASON_LOGIN, "one");
        add_failure(&list, ERR_AUTH, cases[i].second, "two");
        assert_int_equal(err_list_end(&list, &to, "things failed", &err), -1);
        assert_string_equal(err.msg, "2 things failed");
        assert_int_equal(err.kind, ERR_AUTH);
        assert_int_equal(err.reason, cases[i].end);
        assert_int_equal(heard.count, 2);
        assert_string_equal(heard.texts[0], "one");
        assert_string_equal(heard.texts[1], "two");
        assert_int_equal(heard.shares_hint, cases[i].end != REASON_NONE);
    }
}

static void
counts_what_does_not_fit(void **state)
{
    CLEANUP(err_list_release) struct err_list list = ERR_LIST_INIT;
    struct heard heard = {.count = 0};
    const struct events to = {.emit = hear, .ctx = &heard};
    struct err err = ERR_INIT;

    (void)state;
    for (int i = 0; i < ERR_LIST_MAX + 7; i++)
        add_failure(&list, ERR_USAGE, REASON_NONE, "x");
    assert_int_equal(err_list_end(&list, &to, "things failed", &err), -1);
    assert_string_equal(err.msg, "1007 things failed");
    assert_int_equal(heard.count, ERR_LIST_MAX);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keeps_a_single_failure_unchanged),
        cmocka_unit_test(lists_several_in_order),
        cmocka_unit_test(counts_what_does_not_fit),
    };

    return cmocka_run_group_tests_name("err_list", tests, NULL, NULL);
}
