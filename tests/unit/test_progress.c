/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "tests/unit/unit.h"

#include "base/clock.h"
#include "cli/progress.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Text on stderr for an event; with a hint it is a warning. */
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
        progress_notice(p, event->kind, event->text, hint);
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
shows_a_wait_when_nothing_else_moves(void **state)
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
        assert_int_equal(progress_init(&p, table[i].mode, PROGRESS_SECONDS,
                                       table[i].quiet, false, "import", &err),
                         0);
        p.moved = clock_ms() - table[i].moved;
        p.shown = clock_ms() - table[i].shown;
        show_in(&p, &wait, NULL, got, sizeof(got));
        assert_string_equal(got, table[i].text);
    }
}

static void
shows_warnings_with_hints_in_every_mode(void **state)
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

        assert_int_equal(progress_init(&p, table[i].mode, PROGRESS_SECONDS,
                                       table[i].quiet, false, "import", &err),
                         0);
        show_in(&p, &warning, table[i].hint, got, sizeof(got));
        assert_string_equal(got, table[i].text);
    }
}

/* A phase that began `ms` ago, of which the last ten seconds brought `lately`. */
static struct progress
phase_of(uint64_t done, uint64_t total, uint64_t ms, uint64_t lately)
{
    struct progress p = {.phase = "pushing blobs",
                         .unit = EVENT_BYTES,
                         .done = done,
                         .total = total,
                         .began = 1000000 - ms};

    p.marks[0] = ms > 10000 ? (struct progress_mark){1000000 - 10000, done - lately}
                            : (struct progress_mark){p.began, done - lately};
    return p;
}

static void
shows_the_time_left_when_it_is_known(void **state)
{
    static const uint64_t mib = 1 << 20;
    const struct {
        struct progress p;
        const char *text;
    } table[] = {
        {phase_of(0, 100 * mib, 0, 0), "pushing blobs: 0 B of 100.0 MiB (0%)"},
        {phase_of(10 * mib, 100 * mib, 1000, 10 * mib),
         "pushing blobs: 10.0 MiB of 100.0 MiB (10%), 10.0 MiB/s"},
        {phase_of(10 * mib, 100 * mib, 10000, 10 * mib),
         "pushing blobs: 10.0 MiB of 100.0 MiB (10%), 1.0 MiB/s, 1:30 left"},
        /* by what came lately, not by all that came */
        {phase_of(90 * mib, 100 * mib, 60000, 10 * mib),
         "pushing blobs: 90.0 MiB of 100.0 MiB (90%), 1.0 MiB/s, 0:10 left"},
        /* nothing moves */
        {phase_of(90 * mib, 100 * mib, 60000, 0),
         "pushing blobs: 90.0 MiB of 100.0 MiB (90%)"},
        {phase_of(100 * mib, 100 * mib, 60000, 10 * mib),
         "pushing blobs: 100.0 MiB of 100.0 MiB (100%), 1.0 MiB/s"},
        {phase_of(100 * mib, 8292 * mib, 60000, 10 * mib),
         "pushing blobs: 100.0 MiB of 8.1 GiB (1%), 1.0 MiB/s, 2:16:32 left"},
        /* in a week */
        {phase_of(100 * mib, 1024 * 1024 * mib, 60000, 10 * mib),
         "pushing blobs: 100.0 MiB of 1.0 TiB (0%), 1.0 MiB/s"},
        {phase_of(0, 0, 60000, 0), "pushing blobs"},
        {phase_of(mib, 0, 60000, mib), "pushing blobs: 1.0 MiB, 102.4 KiB/s"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        char line[PROGRESS_LINE_MAX];

        progress_line(&table[i].p, 1000000, sizeof(line), line, sizeof(line));
        assert_string_equal(line, table[i].text);
    }
}

static void
shows_no_time_left_for_counts(void **state)
{
    struct progress p = phase_of(10, 100, 60000, 10);
    char line[PROGRESS_LINE_MAX];

    (void)state;
    p.unit = EVENT_ITEMS;
    progress_line(&p, 1000000, sizeof(line), line, sizeof(line));
    assert_string_equal(line, "pushing blobs: 10 of 100 (10%)");
}

static void
fits_the_terminal(void **state)
{
    struct progress p = phase_of(100 << 20, UINT64_C(8) << 30, 60000, 10 << 20);
    size_t last = 0;

    (void)state;
    for (size_t columns = 0; columns < 100; columns++) {
        char line[PROGRESS_LINE_MAX];

        progress_line(&p, 1000000, columns, line, sizeof(line));
        assert_true(strlen(line) <= columns);
        assert_true(strlen(line) >= last); /* whole parts, and more with more room */
        last = strlen(line);
    }
    assert_true(last > 60);
}

static void
a_log_has_the_interval_and_a_terminal_its_own(void **state)
{
    static const struct {
        const char *mode;
        uint64_t seconds, ms;
    } table[] = {
        {"plain", PROGRESS_SECONDS, 5000},       {"plain", 30, 30000}, {"json", 0, 0},
        {"json", PROGRESS_SECONDS_MAX, 3600000}, {"tty", 30, 100},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        struct progress p;
        struct err err = ERR_INIT;

        assert_int_equal(progress_init(&p, table[i].mode, table[i].seconds, false, false,
                                       "import", &err),
                         0);
        assert_int_equal(p.interval, table[i].ms);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shows_a_wait_when_nothing_else_moves),
        cmocka_unit_test(shows_the_time_left_when_it_is_known),
        cmocka_unit_test(shows_no_time_left_for_counts),
        cmocka_unit_test(fits_the_terminal),
        cmocka_unit_test(a_log_has_the_interval_and_a_terminal_its_own),
        cmocka_unit_test(shows_warnings_with_hints_in_every_mode),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
