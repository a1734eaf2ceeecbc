/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "tests/unit/unit.h"

#include "base/mem.h"
#include "io/file/file.h"
#include "io/file/output.h"
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
                              .floor = 1795000000 - 1,
                              .imported = 1795000001,
                              .index = {.alg = DIGEST_SHA256, .raw = {7}}};

    snprintf(last.stream, sizeof(last.stream), "%s", stream);
    return last;
}

static void
reads_what_it_wrote(void **state)
{
    struct trust_last first = last_of("prod", INT64_MAX), second = last_of("dev", 1), got;
    struct state_list all = STATE_LIST_INIT;
    struct err err = ERR_INIT;

    (void)state;
    assert_int_equal(state_list("nothing", &all, &err), 0);
    assert_int_equal(all.count, 0);
    state_list_release(&all);
    assert_int_equal(state_read("nothing", "prod", &got, &err), 0);
    assert_int_equal(state_write(".", &first, &err), 0);
    assert_int_equal(state_write(".", &second, &err), 0);
    second.serial = 2;
    second.missing = 3;
    second.is_partial = true;
    assert_int_equal(state_write(".", &second, &err), 0);
    assert_int_equal(count_files(), 2); /* nothing half written stays behind */
    assert_int_equal(state_list(".", &all, &err), 0);
    assert_int_equal(all.count, 2);
    assert_int_equal(all.damaged_count, 0);
    assert_memory_equal(&all.streams[0], &second, sizeof(second));
    assert_memory_equal(&all.streams[1], &first, sizeof(first));
    state_list_release(&all);
    assert_int_equal(state_read(".", "dev", &got, &err), 1);
    assert_memory_equal(&got, &second, sizeof(second));
    assert_int_equal(state_read(".", "test", &got, &err), 0);
}

#define LONG64 "0123456789012345678901234567890123456789012345678901234567890123"

/* All that a stream may be called: 1 to 64 of a-z, 0-9, dot, underscore and hyphen. */
static const char *const names[] = {
    "prod",
    ".prod",
    "prod.",
    "prod..",
    ".",
    "..",
    "...",
    "-",
    "--help",
    "_",
    "a",
    "a-",
    "a_",
    "a.",
    "0",
    "00",
    "con",
    "nul",
    ".json",
    "prod.json",
    ".prod.json",
    "prod.json.",
    "prod.lock",
    ".lock",
    "prod.json.partial",
    "prod.json.partial.old",
    "prod.partial",
    "prod.tmp",
    "prod.swp",
    LONG64,
    ".234567890123456789012345678901234567890123456789012345678.json",
};

static void
records_every_stream_name(void **state)
{
    struct state_list all = STATE_LIST_INIT;
    struct err err = ERR_INIT;
    struct trust_last got;
    int lock;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        const struct trust_last last = last_of(names[i], i + 1);

        assert_int_equal(state_lock(".", names[i], &lock, &err), 0);
        assert_int_equal(state_read(".", names[i], &got, &err), 0);
        assert_int_equal(state_write(".", &last, &err), 0);
        file_close(&lock);
    }
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        if (state_read(".", names[i], &got, &err) != 1 || got.serial != i + 1)
            fail_msg("stream '%s' is not remembered: %s", names[i], err.msg);
        assert_string_equal(got.stream, names[i]);
    }
    assert_int_equal(state_list(".", &all, &err), 0);
    assert_int_equal(all.count, COUNT_OF(names));
    assert_int_equal(all.damaged_count, 0);
    state_list_release(&all);
}

/* The name of the file is a promise, and without a floor it still counts: what earlier
 * versions wrote.  They took the bundle's word for the time, up to the year 9999. */
static void
reads_files_of_earlier_versions(void **state)
{
    static const char FAR[] =
        "{\"stream\":\"far\",\"epoch\":1,\"serial\":\"7\",\"index\":\"sha256:" HEX "\","
        "\"created\":\"2242-07-13T00:00:00Z\",\"imported\":\"2026-11-23T05:09:00Z\"}\n";
    struct err err = ERR_INIT;
    struct trust_last got;

    (void)state;
    put("prod.json", GOOD);
    put("far.json", FAR);
    assert_int_equal(state_read(".", "prod", &got, &err), 1);
    assert_int_equal(got.serial, 42);
    assert_int_equal(got.floor, got.created);
    assert_int_equal(state_read(".", "far", &got, &err), 1);
    assert_true(got.created > got.floor);
    assert_int_equal(got.floor, got.imported + 400 * 86400);
}

static void
refuses_all_others(void **state)
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
        "{\"stream\":\"prod\",\"epoch\":1,\"serial\":\"42\",\"index\":\"sha256:" HEX
        "\",\"created\":\"2026-11-22T05:09:00Z\",\"imported\":\"2026-11-23T05:09:00Z\","
        "\"floor\":\"2026-11-22\"}",
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

/* Every cut, a file that is too long, and one of another stream. */
static void
reports_a_damaged_file(void **state)
{
    static char huge[STATE_FILE_MAX + 1];
    struct err err = ERR_INIT;
    struct trust_last last;

    (void)state;
    for (size_t len = 0; len < strlen(GOOD) - 1; len++) {
        err = (struct err)ERR_INIT;
        assert_int_equal(file_put("prod.json", GOOD, len, 0644, false, &err), 0);
        assert_int_equal(state_read(".", "prod", &last, &err), -1);
        assert_int_equal(err.kind, ERR_TRUST);
        assert_string_equal(err_reason_word(err.reason), "state");
        assert_non_null(strstr(err.msg, "./prod.json"));
        assert_non_null(strstr(err.hint, "move the file away"));
    }
    memset(huge, ' ', sizeof(huge));
    assert_int_equal(file_put("prod.json", huge, sizeof(huge), 0644, false, &err), 0);
    assert_int_equal(state_read(".", "prod", &last, &err), -1);
    assert_string_equal(err_reason_word(err.reason), "state");
    put("other.json", GOOD);
    assert_int_equal(state_read(".", "other", &last, &err), -1);
    assert_string_equal(err_reason_word(err.reason), "state");
    assert_int_equal(state_read(".", "third", &last, &err), 0);
}

static void
lists_other_files_beside_a_damaged_one(void **state)
{
    struct state_list all = STATE_LIST_INIT;
    struct err err = ERR_INIT;

    (void)state;
    put("half.json", "{\"stream\":");
    put("other.json", GOOD);
    put("prod.json", GOOD);
    put("unsafe.json", GOOD);
    assert_int_equal(chmod("unsafe.json", 0666), 0);
    assert_int_equal(mkdir("folder.json", 0755), 0);
    assert_int_equal(state_list(".", &all, &err), 0);
    assert_int_equal(all.count, 1);
    assert_string_equal(all.streams[0].stream, "prod");
    assert_int_equal(all.damaged_count, 4);
    assert_string_equal(all.damaged[0].path, "./folder.json");
    assert_string_equal(all.damaged[1].path, "./half.json");
    assert_non_null(strstr(all.damaged[1].why, "'./half.json' is damaged"));
    assert_non_null(strstr(all.damaged[2].why, "belongs to another stream"));
    assert_non_null(strstr(all.damaged[3].why, "writable by other users"));
    state_list_release(&all);
}

static void
refuses_a_folder_that_others_can_write(void **state)
{
    struct state_list all = STATE_LIST_INIT;
    struct trust_last last;
    struct err err = ERR_INIT;

    (void)state;
    put("prod.json", GOOD);
    assert_int_equal(chmod("prod.json", 0666), 0);
    assert_int_equal(state_read(".", "prod", &last, &err), -1);
    assert_int_equal(err.kind, ERR_USAGE);
    assert_int_equal(chmod("prod.json", 0644), 0);
    assert_int_equal(chmod(".", 0777), 0);
    assert_int_equal(state_read(".", "prod", &last, &err), -1);
    assert_int_equal(err.kind, ERR_USAGE);
    assert_non_null(strstr(err.hint, "chmod go-w"));
    assert_int_equal(state_read(".", "nothing", &last, &err), -1);
    assert_int_equal(state_list(".", &all, &err), -1);
    assert_int_equal(err.kind, ERR_USAGE);
    assert_int_equal(chmod(".", 0700), 0);
}

static void
locks_a_stream(void **state)
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
is_old_or_new_after_a_kill(void **state)
{
    struct err err = ERR_INIT;
    bool lived = false;
    int calls = 0;

    (void)state;
    for (; !lived; calls++) {
        struct trust_last before = last_of("prod", 1), after = last_of("prod", 2), got;

        assert_int_equal(state_write(".", &before, &err), 0);
        lived = remember_in_child(calls, &after);
        assert_int_equal(state_read(".", "prod", &got, &err), 1);
        if (memcmp(&got, &after, sizeof(after)) != 0) {
            assert_false(lived);
            assert_memory_equal(&got, &before, sizeof(before));
        }
    }
    assert_true(calls > 4); /* a write, two fsyncs and a rename, at least */
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(reads_what_it_wrote, enter_folder, leave_folder),
        cmocka_unit_test(refuses_all_others),
        cmocka_unit_test_setup_teardown(records_every_stream_name, enter_folder,
                                        leave_folder),
        cmocka_unit_test_setup_teardown(reads_files_of_earlier_versions, enter_folder,
                                        leave_folder),
        cmocka_unit_test_setup_teardown(reports_a_damaged_file, enter_folder,
                                        leave_folder),
        cmocka_unit_test_setup_teardown(lists_other_files_beside_a_damaged_one,
                                        enter_folder, leave_folder),
        cmocka_unit_test_setup_teardown(refuses_a_folder_that_others_can_write,
                                        enter_folder, leave_folder),
        cmocka_unit_test_setup_teardown(locks_a_stream, enter_folder, leave_folder),
        cmocka_unit_test_setup_teardown(is_old_or_new_after_a_kill, enter_folder,
                                        leave_folder),
    };

    return cmocka_run_group_tests_name("state", tests, NULL, NULL);
}
