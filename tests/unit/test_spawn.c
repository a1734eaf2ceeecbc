/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "tests/unit/folder.h"
#include "tests/unit/unit.h"

#include "base/clock.h"
#include "io/process/spawn.h"

#include <fcntl.h>
#include <signal.h>

static struct cancel cancel;

/* Run a shell with that script; *out must be released. */
static int
run(const char *script, const char *input, size_t max, struct buf *out, struct err *err)
{
    const char *const argv[] = {"sh", "-c", script, NULL};
    const struct spawn what = {
        .argv = argv, .input = input, .patience_s = 1, .cancel = &cancel};

    *out = (struct buf)BUF_INIT(max);
    *err = (struct err)ERR_INIT;
    print_message("# %s\n", script);
    return spawn_run(&what, out, err);
}

static void
returns_output_and_status(void **state)
{
    static const struct {
        const char *script, *input, *output;
        int status;
    } table[] = {
        {"cat", "hello\nthere", "hello\nthere", 0},
        {"cat", "", "", 0},
        {"echo out; echo err >&2; exit 3", "", "out\n", 3},
        {"exec <&-; echo deaf", "input that is not read", "deaf\n", 0},
        {"exec >&-; sleep 0.05; exit 4", "", "", 4},
        {"kill -TERM $$", "", "", 143},
        {"kill -PIPE $$", "", "", 141},
        {"(sleep 30 &) ; echo left a daemon", "", "left a daemon\n", 0},
        {"echo $SEALIFT_PASSPHRASE$COSIGN_PASSWORD-$OTHER", "", "-here\n", 0},
        {"printf %65536s x | tail -c 1", "", "x", 0},
    };

    (void)state;
    signal(SIGPIPE, SIG_IGN); /* as sealift does: it is not to inherit that */
    setenv("SEALIFT_PASSPHRASE", "secret", 1);
    setenv("COSIGN_PASSWORD", "secret", 1);
    setenv("OTHER", "here", 1);
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        struct buf out;
        struct err err;

        assert_int_equal(run(table[i].script, table[i].input, 1024, &out, &err),
                         table[i].status);
        assert_string_equal(out.data, table[i].output);
        buf_release(&out);
    }
    unsetenv("SEALIFT_PASSPHRASE");
    unsetenv("COSIGN_PASSWORD");
}

static void
children_inherit_no_other_descriptor(void **state)
{
    int fd = open("/dev/null", O_RDONLY);
    struct buf out;
    struct err err;

    (void)state;
    assert_true(fd > STDERR_FILENO);
    assert_int_equal(run("ls /proc/$$/fd", "", 1024, &out, &err), 0);
    assert_string_equal(out.data, "0\n1\n2\n");
    buf_release(&out);
    close(fd);
}

static void
limits_output(void **state)
{
    struct buf out;
    struct err err;

    (void)state;
    assert_int_equal(run("printf 12345678", "", 8, &out, &err), 0);
    assert_int_equal(out.len, 8);
    buf_release(&out);
    assert_int_equal(run("printf 123456789", "", 8, &out, &err), -1);
    assert_int_equal(err.kind, ERR_LIMIT);
    buf_release(&out);
    assert_int_equal(run("cat /dev/zero", "", 8, &out, &err), -1);
    assert_int_equal(err.kind, ERR_LIMIT);
    buf_release(&out);
}

/* One that hangs is killed with what it started: the file never comes to be. */
static void
limits_time(void **state)
{
    uint64_t start = clock_ms();
    struct buf out;
    struct err err;

    (void)state;
    assert_int_equal(run("(sleep 2; touch late) & wait", "", 8, &out, &err), -1);
    assert_int_equal(err.kind, ERR_LOCAL);
    assert_non_null(strstr(err.msg, "1 s"));
    assert_true(clock_ms() - start >= 1000);
    buf_release(&out);
    while (clock_ms() - start < 2300) {
        struct err ignored = ERR_INIT;

        assert_int_equal(cancel_sleep(&cancel, 50, &ignored), 0);
    }
    assert_int_equal(count_files(), 0);
}

static void
stops_on_request(void **state)
{
    struct buf out;
    struct err err;

    (void)state;
    cancel_request(&cancel);
    assert_int_equal(run("sleep 30", "", 8, &out, &err), -1);
    assert_int_equal(err.kind, ERR_INTERNAL); /* the placeholder of cancel.h */
    buf_release(&out);
    cancel = (struct cancel)CANCEL_INIT;
}

static void
reports_a_missing_program(void **state)
{
    const char *const argv[] = {"sealift-test-no-such-program", NULL};
    const struct spawn what = {
        .argv = argv, .input = "", .patience_s = 1, .cancel = &cancel};
    CLEANUP(buf_release) struct buf out = BUF_INIT(8);
    struct err err = ERR_INIT;

    (void)state;
    assert_int_equal(spawn_run(&what, &out, &err), -1);
    assert_int_equal(err.kind, ERR_NOT_FOUND);
    assert_non_null(strstr(err.msg, argv[0]));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(returns_output_and_status),
        cmocka_unit_test(children_inherit_no_other_descriptor),
        cmocka_unit_test(limits_output),
        cmocka_unit_test_setup_teardown(limits_time, enter_folder, leave_folder),
        cmocka_unit_test(stops_on_request),
        cmocka_unit_test(reports_a_missing_program),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
