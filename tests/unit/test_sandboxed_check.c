/* SPDX-License-Identifier: Apache-2.0 */
/* A child that hangs or floods does not keep the parent after a signal. */
#include "config.h"
#include "tests/unit/unit.h"

#include "ops/verify/sandboxed_check.h"

#include <signal.h>
#include <unistd.h>

/* Ends the test by force if a signal does not end the wait. */
enum { LIMIT_S = 30 };

/* A child that sends bytes until it is ended. */
static pid_t
start_flood(int ends[2])
{
    static const char zeros[4096];
    pid_t pid = fork();

    assert_true(pid >= 0);
    if (pid > 0)
        return pid;
    close(ends[0]);
    alarm(LIMIT_S);
    while (write(ends[1], zeros, sizeof(zeros)) > 0)
        continue;
    _exit(0);
}

static void
assert_stops(int fd)
{
    const struct events events = {.emit = NULL};
    struct damage_list damage = {.items = NULL};
    struct err err = ERR_INIT;
    bool opened;

    alarm(LIMIT_S);
    assert_int_equal(sandboxed_check_listen(&events, fd, &damage, &opened, &err), -1);
    alarm(0);
    assert_int_equal(err.kind, ERR_SIGNAL);
    assert_int_equal(err.signal, SIGTERM);
}

static void
a_signal_ends_the_wait_for_a_silent_child(void **state)
{
    int ends[2];

    (void)state;
    assert_int_equal(pipe(ends), 0);
    assert_stops(ends[0]);
    close(ends[0]);
    close(ends[1]);
}

static void
a_signal_ends_the_wait_for_a_child_that_floods(void **state)
{
    int ends[2];

    (void)state;
    assert_int_equal(pipe(ends), 0);
    start_flood(ends);
    close(ends[1]);
    assert_stops(ends[0]);
    close(ends[0]); /* which ends the child */
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_signal_ends_the_wait_for_a_silent_child),
        cmocka_unit_test(a_signal_ends_the_wait_for_a_child_that_floods),
    };

    cancel_on_signals();
    raise(SIGTERM);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
