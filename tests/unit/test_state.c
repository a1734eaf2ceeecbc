#include "config.h"
#include "tests/unit/unit.h"

#include "base/mem.h"
#include "io/file.h"
#include "tests/unit/folder.h"
#include "trust/state.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>

#define HEX "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define GOOD                                                                             \
    "{\"stream\":\"prod\",\"epoch\":1,\"serial\":\"42\",\"index\":\"sha256:" HEX "\","   \
    "\"created\":\"2026-11-22T05:09:00Z\",\"imported\":\"2026-11-23T05:09:00Z\"}\n"

static const struct events nobody = {.emit = NULL};

static void
put(const char *path, const char *text)
{
    struct err err = ERR_INIT;

    assert_int_equal(file_put(path, text, strlen(text), 0644, false, &err), 0);
}

static struct trust_last
last_of(const char *stream, uint64_t serial)
{
    struct trust_last last = {.epoch = 1,
                              .serial = serial,
                              .created = 1795000000,
                              .imported = 1795000001,
                              .index = {.alg = DIGEST_SHA256, .raw = {7}}};

    snprintf(last.stream, sizeof(last.stream), "%s", stream);
    return last;
}

static void
what_is_written_is_read_back(void **state)
{
    struct trust_last first = last_of("prod", INT64_MAX), second = last_of("dev", 1),
                      *all;
    struct err err = ERR_INIT;
    size_t count;

    (void)state;
    assert_int_equal(state_list("nothing", &all, &count, &nobody, &err), 0);
    assert_int_equal(count, 0);
    free(all);
    assert_int_equal(state_write(".", &first, &err), 0);
    assert_int_equal(state_write(".", &second, &err), 0);
    second.serial = 2;
    second.missing = 3;
    second.is_partial = true;
    assert_int_equal(state_write(".", &second, &err), 0);
    assert_int_equal(count_files(), 2); /* nothing half written stays behind */
    assert_int_equal(state_list(".", &all, &count, &nobody, &err), 0);
    assert_int_equal(count, 2);
    assert_memory_equal(&all[0], &second, sizeof(second));
    assert_memory_equal(&all[1], &first, sizeof(first));
    free(all);
}

static void
only_what_we_write_is_read(void **state)
{
    static const char *const bad[] = {
        "",
        "{}",
        "[]",
        GOOD "x",
        "{\"stream\":\"prod\",\"epoch\":1,\"serial\":\"42\",\"index\":\"sha256:" HEX
        "\",\"created\":\"2026-11-22T05:09:00Z\",\"imported\":\"2026-11-23T05:09:00Z\","
        "\"missing\":\"3\"}",
        "{\"stream\":\"prod\",\"epoch\":1,\"serial\":42,\"index\":\"sha256:" HEX "\","
        "\"created\":\"2026-11-22T05:09:00Z\",\"imported\":\"2026-11-23T05:09:00Z\"}",
        "{\"stream\":\"prod\",\"epoch\":1,\"serial\":\"042\",\"index\":\"sha256:" HEX
        "\",\"created\":\"2026-11-22T05:09:00Z\",\"imported\":\"2026-11-23T05:09:00Z\"}",
        "{\"stream\":\"prod\",\"epoch\":1,\"serial\":\"9223372036854775808\",\"index\":"
        "\"sha256:" HEX "\",\"created\":\"2026-11-22T05:09:00Z\",\"imported\":"
        "\"2026-11-23T05:09:00Z\"}",
        "{\"stream\":\"prod\",\"epoch\":1,\"serial\":\"42\",\"index\":\"" HEX "\","
        "\"created\":\"2026-11-22T05:09:00Z\",\"imported\":\"2026-11-23T05:09:00Z\"}",
        "{\"stream\":\"prod\",\"epoch\":1,\"serial\":\"42\",\"index\":\"sha256:" HEX
        "\",\"created\":\"2026-11-22\",\"imported\":\"2026-11-23T05:09:00Z\"}",
        "{\"stream\":\"prod\",\"epoch\":1,\"serial\":\"42\",\"index\":\"sha256:" HEX
        "\",\"created\":\"2026-11-22T05:09:00Z\"}",
        "{\"stream\":\"prod\",\"epoch\":1,\"serial\":\"42\",\"index\":\"sha256:" HEX
        "\",\"created\":\"2026-11-22T05:09:00Z\",\"imported\":\"2026-11-23T05:09:00Z\","
        "\"floor\":1}",
    };
    struct trust_last last;
    struct err err = ERR_INIT;

    (void)state;
    assert_int_equal(state_parse(&last, GOOD, strlen(GOOD), &err), 0);
    assert_int_equal(last.serial, 42);
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        err = (struct err)ERR_INIT;
        if (state_parse(&last, bad[i], strlen(bad[i]), &err) == 0)
            fail_msg("accepted: %s", bad[i]);
        assert_int_equal(err.kind, ERR_USAGE);
    }
}

/* Every cut: the old one or the new one, never half of one. */
static void
a_damaged_file_counts_as_none(void **state)
{
    struct trust_last *all;
    struct err err = ERR_INIT;
    size_t count;

    (void)state;
    for (size_t len = 0; len < strlen(GOOD) - 1; len++) {
        assert_int_equal(file_put("prod.json", GOOD, len, 0644, false, &err), 0);
        assert_int_equal(state_list(".", &all, &count, &nobody, &err), 0);
        assert_int_equal(count, 0);
        free(all);
    }
    put("prod.json", GOOD);
    put("other.json", GOOD); /* of another stream than its name says */
    assert_int_equal(state_list(".", &all, &count, &nobody, &err), 0);
    assert_int_equal(count, 1);
    free(all);
}

static void
others_must_not_write_there(void **state)
{
    struct trust_last *all;
    struct err err = ERR_INIT;
    size_t count;

    (void)state;
    put("prod.json", GOOD);
    assert_int_equal(chmod("prod.json", 0666), 0);
    assert_int_equal(state_list(".", &all, &count, &nobody, &err), -1);
    assert_int_equal(err.kind, ERR_USAGE);
    assert_int_equal(chmod("prod.json", 0644), 0);
    assert_int_equal(chmod(".", 0777), 0);
    assert_int_equal(state_list(".", &all, &count, &nobody, &err), -1);
    assert_int_equal(err.kind, ERR_USAGE);
    assert_non_null(strstr(err.hint, "chmod go-w"));
    assert_int_equal(chmod(".", 0700), 0);
}

static void
one_import_at_a_time(void **state)
{
    int first = -1, second = -1, other = -1;
    struct err err = ERR_INIT;

    (void)state;
    assert_int_equal(state_lock(".", "prod", &first, &err), 0);
    assert_int_equal(state_lock(".", "prod", &second, &err), -1);
    assert_int_equal(err.kind, ERR_CONFLICT);
    assert_int_equal(second, -1);
    assert_int_equal(state_lock(".", "dev", &other, &err), 0);
    file_close(&first);
    assert_int_equal(state_lock(".", "prod", &second, &err), 0);
    file_close(&second);
    file_close(&other);
}

/* ---- a run that is killed ---- */

static int calls_left = -1; /* until the process dies; -1: never */

static void
maybe_die(void)
{
    if (calls_left == 0)
        raise(SIGKILL);
    if (calls_left > 0)
        calls_left--;
}

int __real_fsync(int fd);
int __wrap_fsync(int fd);
ssize_t __real_pwrite(int fd, const void *bytes, size_t len, off_t at);
ssize_t __wrap_pwrite(int fd, const void *bytes, size_t len, off_t at);
int __real_renameat2(int from, const char *old, int to, const char *new, unsigned flags);
int __wrap_renameat2(int from, const char *old, int to, const char *new, unsigned flags);

int
__wrap_fsync(int fd)
{
    maybe_die();
    return __real_fsync(fd);
}

/* Half of it, then the end: as if the power went. */
ssize_t
__wrap_pwrite(int fd, const void *bytes, size_t len, off_t at)
{
    if (calls_left == 0)
        (void)!__real_pwrite(fd, bytes, len / 2, at);
    maybe_die();
    return __real_pwrite(fd, bytes, len, at);
}

int
__wrap_renameat2(int from, const char *old, int to, const char *new, unsigned flags)
{
    maybe_die();
    return __real_renameat2(from, old, to, new, flags);
}

/* Remember something in a process that dies at its nth call; true when it lived. */
static bool
remember_in_child(int calls, const struct trust_last *last)
{
    pid_t child = fork();
    int status;

    if (child == 0) {
        struct err err = ERR_INIT;

        calls_left = calls;
        _exit(state_write(".", last, &err) == 0 ? 0 : 1);
    }
    assert_true(child > 0);
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static void
killed_at_any_moment(void **state)
{
    struct err err = ERR_INIT;
    bool lived = false;
    int calls = 0;

    (void)state;
    for (; !lived; calls++) {
        struct trust_last before = last_of("prod", 1), after = last_of("prod", 2), *all;
        size_t count;

        assert_int_equal(state_write(".", &before, &err), 0);
        lived = remember_in_child(calls, &after);
        assert_int_equal(state_list(".", &all, &count, &nobody, &err), 0);
        assert_int_equal(count, 1);
        if (memcmp(&all[0], &after, sizeof(after)) != 0) {
            assert_false(lived);
            assert_memory_equal(&all[0], &before, sizeof(before));
        }
        free(all);
    }
    assert_true(calls > 4); /* a write, two fsyncs and a rename, at least */
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_is_written_is_read_back, enter_folder,
                                        leave_folder),
        cmocka_unit_test(only_what_we_write_is_read),
        cmocka_unit_test_setup_teardown(a_damaged_file_counts_as_none, enter_folder,
                                        leave_folder),
        cmocka_unit_test_setup_teardown(others_must_not_write_there, enter_folder,
                                        leave_folder),
        cmocka_unit_test_setup_teardown(one_import_at_a_time, enter_folder, leave_folder),
        cmocka_unit_test_setup_teardown(killed_at_any_moment, enter_folder, leave_folder),
    };

    return cmocka_run_group_tests_name("state", tests, NULL, NULL);
}
