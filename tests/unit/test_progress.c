/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "tests/unit/unit.h"

#include "base/clock.h"
#include "cli/progress.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* What stderr got of an event; with a hint it is a warning. */
static void
show_in(struct progress *p, const struct event *event, const char *hint, char *out,
        size_t size)
{
    int keep = dup(STDERR_FILENO);
    FILE *file = tmpfile();
    size_t len;

    assert_non_null(file);
    fflush(stderr);
    assert_true(dup2(fileno(file), STDERR_FILENO) >= 0);
    if (hint)
        progress_warn(p, event->text, hint);
    else
        progress_emit(p, event);
    fflush(stderr);
    assert_true(dup2(keep, STDERR_FILENO) >= 0);
    close(keep);
    rewind(file);
    len = fread(out, 1, size - 1, file);
    out[len] = '\0';
    fclose(file);
}

static void
a_wait_is_shown_where_nothing_else_is(void **state)
{
    static const uint64_t long_ago = 60 * 1000, just_now = 0;
    static const struct event wait = {
        .kind = EVENT_WAITING, .text = "quay.io", .count = 45};
    static const char line[] = "waiting for quay.io, 45 s\n";
    static const struct {
        const char *mode;
        bool quiet;
        uint64_t moved, shown; /* ago */
        const char *text;
    } table[] = {
        {"plain", false, long_ago, long_ago, line},
        {"plain", false, long_ago, just_now, ""},
        {"plain", false, just_now, long_ago, ""},
        {"plain", true, long_ago, long_ago, ""},
        {"tty", false, long_ago, long_ago, "\rwaiting for quay.io, 45 s\033[K"},
        {"tty", false, long_ago, just_now, "\rwaiting for quay.io, 45 s\033[K"},
        {"tty", false, just_now, long_ago, ""},
        {"tty", true, long_ago, long_ago, ""},
        {"json", false, long_ago, long_ago,
         "{\"event\":\"waiting\",\"host\":\"quay.io\",\"seconds\":45}\n"},
        {"json", false, long_ago, just_now, ""},
        {"json", true, long_ago, long_ago, ""},
        {"none", false, long_ago, long_ago, ""},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        struct progress p;
        struct err err = ERR_INIT;
        char got[200];

        print_message("# %zu: %s\n", i, table[i].mode);
        assert_int_equal(
            progress_init(&p, table[i].mode, table[i].quiet, false, "import", &err), 0);
        p.moved = clock_ms() - table[i].moved;
        p.shown = clock_ms() - table[i].shown;
        show_in(&p, &wait, NULL, got, sizeof(got));
        assert_string_equal(got, table[i].text);
    }
}

static void
a_warning_is_shown_with_its_hint_whatever_is_asked_for(void **state)
{
    static const struct event warning = {.kind = EVENT_WARNING, .text = "it leaks"};
    static const struct {
        const char *mode;
        bool quiet;
        const char *hint, *text;
    } table[] = {
        {"plain", false, "", "sealift: import: warning: it leaks\n"},
        {"plain", true, NULL, "sealift: import: warning: it leaks\n"},
        {"none", true, "mend it", "sealift: import: warning: it leaks\nhint: mend it\n"},
        {"json", false, "", "{\"event\":\"warning\",\"text\":\"it leaks\"}\n"},
        {"json", false, "mend it",
         "{\"event\":\"warning\",\"text\":\"it leaks\",\"hint\":\"mend it\"}\n"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        struct progress p;
        struct err err = ERR_INIT;
        char got[200];

        assert_int_equal(
            progress_init(&p, table[i].mode, table[i].quiet, false, "import", &err), 0);
        show_in(&p, &warning, table[i].hint, got, sizeof(got));
        assert_string_equal(got, table[i].text);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_wait_is_shown_where_nothing_else_is),
        cmocka_unit_test(a_warning_is_shown_with_its_hint_whatever_is_asked_for),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
