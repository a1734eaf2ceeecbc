/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "tests/unit/folder.h"

#include "io/file/file.h"
#include "io/file/scratch.h"

#include <stdbool.h>
#include <sys/statvfs.h>

static fsblkcnt_t free_blocks = 1000, all_blocks = 2000; /* of 1 KiB */

int __wrap_fstatvfs(int fd, struct statvfs *out);

int
__wrap_fstatvfs(int fd, struct statvfs *out)
{
    (void)fd;
    *out = (struct statvfs){
        .f_bavail = free_blocks, .f_blocks = all_blocks, .f_frsize = 1024};
    return 0;
}

static void
prefers_the_given_folder(void **state)
{
    (void)state;
    setenv("TMPDIR", "/from/variable", 1);
    assert_string_equal(scratch_folder("given"), "given");
    assert_string_equal(scratch_folder(NULL), "/from/variable");
    setenv("TMPDIR", "", 1);
    assert_string_equal(scratch_folder(NULL), "/var/tmp");
    unsetenv("TMPDIR");
    assert_string_equal(scratch_folder(NULL), "/var/tmp");
}

static void
creates_a_file_without_a_name(void **state)
{
    struct err err = ERR_INIT;
    int fd = scratch_open(".", &err);
    char text[3];

    (void)state;
    assert_true(fd >= 0);
    assert_int_equal(count_files(), 0);
    assert_int_equal(file_write_at(fd, "abc", 3, 0, &err), 0);
    assert_int_equal(file_read_at(fd, text, 3, 0, &err), 3);
    assert_memory_equal(text, "abc", 3);
    file_close(&fd);
    make_file("file", "");
    assert_int_equal(scratch_open("file", &err), -1);
    assert_int_equal(scratch_open("missing", &err), -1);
    assert_int_equal(err.kind, ERR_NOT_FOUND);
}

static void
asks_for_space(void **state)
{
    struct err err = ERR_INIT;

    (void)state;
    assert_int_equal(scratch_check_room(0, "dir", 1000 << 10, &err), 0);
    assert_int_equal(scratch_check_room(0, "dir", (1000 << 10) + 1, &err), -1);
    assert_int_equal(err.kind, ERR_LOCAL);
    assert_string_equal(err.msg, "temporary files in 'dir' need 1000.0 KiB, but only "
                                 "1000.0 KiB is available");
    assert_true(err.hint[0] != '\0');
    all_blocks = 0; /* not reported */
    assert_int_equal(scratch_check_room(0, "dir", UINT64_MAX, &err), 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(prefers_the_given_folder),
        cmocka_unit_test_setup_teardown(creates_a_file_without_a_name, enter_folder,
                                        leave_folder),
        cmocka_unit_test(asks_for_space),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
