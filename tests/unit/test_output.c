/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "tests/unit/unit.h"
#include "tests/unit/folder.h"

#include "io/file/file.h"
#include "io/file/output.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>
#include <unistd.h>

/* ---- resuming what an earlier run left ---- */

static void
an_unfinished_file_is_gone_on_with(void **state)
{
    CLEANUP(output_release) struct output out = OUTPUT_INIT;
    struct err err = ERR_INIT;

    (void)state;
    make_file("b.tar.partial", "old half, ");
    assert_int_equal(output_resume(&out, "b.tar", false, &err), 0);
    assert_true(out.is_resumed);
    assert_int_equal(out.left, 10);
    assert_int_equal(file_write_at(out.fd, "new half", 8, 10, &err), 0);
    assert_int_equal(output_publish(&out, &err), 0);
    assert_content("b.tar", "old half, new half");
    assert_int_equal(count_files(), 1);
}

static void
without_one_a_new_file_is_begun(void **state)
{
    CLEANUP(output_release) struct output out = OUTPUT_INIT;
    struct err err = ERR_INIT;
    uint64_t size;

    (void)state;
    assert_int_equal(output_resume(&out, "b.tar", false, &err), 0);
    assert_false(out.is_resumed);
    assert_int_equal(output_open_older(&out, &size), -1);
    output_release(&out);
    assert_int_equal(count_files(), 0);
}

static void
a_file_that_is_kept_stays_for_the_next_run(void **state)
{
    CLEANUP(output_release) struct output out = OUTPUT_INIT;
    struct err err = ERR_INIT;

    (void)state;
    assert_int_equal(output_resume(&out, "b.tar", false, &err), 0);
    out.keep = true;
    output_release(&out);
    out = (struct output)OUTPUT_INIT;
    assert_int_equal(output_resume(&out, "b.tar", false, &err), 0);
    assert_true(out.is_resumed);
    output_release(&out);
    assert_int_equal(count_files(), 0);
}

/* Two names, or a pipe: others could change it under our hands. */
static void
a_file_that_others_may_have_is_not_gone_on_with(void **state)
{
    struct err err = ERR_INIT;

    (void)state;
    for (int i = 0; i < 2; i++) {
        CLEANUP(output_release) struct output out = OUTPUT_INIT;

        if (i == 0) {
            make_file("b.tar.partial", "shared");
            assert_int_equal(link("b.tar.partial", "second"), 0);
        } else {
            assert_int_equal(mkfifo("b.tar.partial", 0600), 0);
        }
        assert_int_equal(output_resume(&out, "b.tar", false, &err), 0);
        assert_false(out.is_resumed);
        assert_int_equal(lseek(out.fd, 0, SEEK_END), 0);
    }
    assert_content("second", "shared");
}

static void
what_is_of_no_use_is_removed(void **state)
{
    CLEANUP(output_release) struct output out = OUTPUT_INIT;
    struct err err = ERR_INIT;

    (void)state;
    make_file("b.tar.partial", "garbage");
    assert_int_equal(output_resume(&out, "b.tar", false, &err), 0);
    assert_int_equal(output_restart(&out, &err), 0);
    assert_false(out.is_resumed);
    assert_int_equal(output_publish(&out, &err), 0);
    assert_content("b.tar", "");
    assert_int_equal(count_files(), 1);
}

static void
what_is_set_aside_lasts_until_publishing(void **state)
{
    CLEANUP(output_release) struct output out = OUTPUT_INIT;
    struct err err = ERR_INIT;
    uint64_t size;
    char got[8];
    int old;

    (void)state;
    make_file("b.tar.partial", "useful");
    assert_int_equal(output_resume(&out, "b.tar", false, &err), 0);
    old = output_set_aside(&out, &err);
    assert_int_equal(file_read_at(old, got, sizeof(got), 0, &err), 6);
    close(old);
    assert_content("b.tar.partial", "");
    assert_content("b.tar.partial.old", "useful");
    output_release(&out); /* this run fails, too */

    out = (struct output)OUTPUT_INIT;
    assert_int_equal(output_resume(&out, "b.tar", false, &err), 0);
    old = output_open_older(&out, &size);
    assert_true(old >= 0);
    assert_int_equal(size, 6);
    close(old);
    assert_int_equal(output_publish(&out, &err), 0);
    assert_int_equal(count_files(), 1);
}

/* ---- room, on file systems that are made up ---- */

static struct {
    bool is_on;
    long type;
    uint64_t free;
    bool has_no_size;
} made_up;

int __real_fstatfs(int fd, struct statfs *out);
int __wrap_fstatfs(int fd, struct statfs *out);
int __real_fstatvfs(int fd, struct statvfs *out);
int __wrap_fstatvfs(int fd, struct statvfs *out);

int
__wrap_fstatfs(int fd, struct statfs *out)
{
    int rc = __real_fstatfs(fd, out);

    if (made_up.is_on)
        out->f_type = made_up.type;
    return rc;
}

int
__wrap_fstatvfs(int fd, struct statvfs *out)
{
    int rc = __real_fstatvfs(fd, out);

    if (made_up.is_on) {
        out->f_bavail = made_up.free;
        out->f_frsize = 1;
        out->f_blocks = made_up.has_no_size ? 0 : 1;
    }
    return rc;
}

static void
room_and_limits_are_known_before_the_first_byte(void **state)
{
    enum { EXT4 = 0xef53, FAT = 0x4d44, EXFAT = 0x2011bab0 };
    static const uint64_t gib = UINT64_C(1) << 30, fat_max = UINT64_C(4294967295);
    static const struct {
        const char *name;
        long type;
        uint64_t free, size, largest;
        const char *hint; /* a part of it; NULL: it fits */
    } cases[] = {
        {"room", EXT4, 10 << 20, 10 << 20, 10 << 20, NULL},
        {"a byte too few", EXT4, 10 << 20, (10 << 20) + 1, (10 << 20) + 1, "free some"},
        {"FAT, up to its limit", FAT, 100 * gib, fat_max, fat_max, NULL},
        {"FAT, a byte more", FAT, 100 * gib, fat_max + 1, fat_max + 1,
         "ext4, xfs or exfat"},
        {"FAT, in volumes", FAT, 100 * gib, 50 * gib, fat_max - 511, NULL},
        {"FAT, large volumes", FAT, 100 * gib, 50 * gib, 5 * gib, "ext4, xfs or exfat"},
        {"FAT, full", FAT, gib, 2 * gib, 2 * gib, "free some"},
        {"exFAT", EXFAT, 100 * gib, 50 * gib, 50 * gib, NULL},
    };
    CLEANUP(output_release) struct output out = OUTPUT_INIT;
    struct err err = ERR_INIT;

    (void)state;
    assert_int_equal(output_resume(&out, "b.tar", false, &err), 0);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        int rc;

        err = (struct err)ERR_INIT;
        made_up.is_on = true;
        made_up.type = cases[i].type;
        made_up.free = cases[i].free;
        rc = output_check_room(&out, 1, cases[i].size, cases[i].largest, &err);
        made_up.is_on = false;
        if (rc != (cases[i].hint ? -1 : 0))
            fail_msg("%s: %s", cases[i].name, err.msg);
        if (!cases[i].hint)
            continue;
        assert_int_equal(err.kind, ERR_LOCAL);
        if (!strstr(err.hint, cases[i].hint))
            fail_msg("%s: hint '%s'", cases[i].name, err.hint);
        assert_int_equal(err.reason, strstr(cases[i].hint, "ext4") ? REASON_FILE_TOO_LARGE
                                                                   : REASON_NONE);
    }
}

/* A resumed file has its space already. */
static void
what_is_on_the_disk_needs_no_more_room(void **state)
{
    CLEANUP(output_release) struct output out = OUTPUT_INIT;
    static const char bytes[1 << 20] = {1};
    struct err err = ERR_INIT;
    int rc;

    (void)state;
    assert_int_equal(output_resume(&out, "b.tar", false, &err), 0);
    assert_int_equal(file_write_at(out.fd, bytes, sizeof(bytes), 0, &err), 0);
    assert_int_equal(fsync(out.fd), 0);
    made_up.is_on = true;
    made_up.free = 0;
    rc = output_check_room(&out, 1, sizeof(bytes), sizeof(bytes), &err);
    made_up.is_on = false;
    assert_int_equal(rc, 0);
}

static void
a_file_system_without_a_size_may_have_room(void **state)
{
    static const struct {
        bool has_no_size;
        int rc;
    } cases[] = {{false, -1}, {true, 0}};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CLEANUP(output_release) struct output out = OUTPUT_INIT;
        struct err err = ERR_INIT;
        int rc;

        assert_int_equal(output_resume(&out, "b.tar", false, &err), 0);
        made_up.is_on = true;
        made_up.free = 0;
        made_up.has_no_size = cases[i].has_no_size;
        rc = output_check_room(&out, 1, 1 << 20, 1 << 20, &err);
        made_up.is_on = made_up.has_no_size = false;
        assert_int_equal(rc, cases[i].rc);
    }
}

int
main(void)
{
#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, enter_folder, leave_folder)
    const struct CMUnitTest tests[] = {
        IN_FOLDER(an_unfinished_file_is_gone_on_with),
        IN_FOLDER(without_one_a_new_file_is_begun),
        IN_FOLDER(a_file_that_is_kept_stays_for_the_next_run),
        IN_FOLDER(a_file_that_others_may_have_is_not_gone_on_with),
        IN_FOLDER(what_is_of_no_use_is_removed),
        IN_FOLDER(what_is_set_aside_lasts_until_publishing),
        IN_FOLDER(room_and_limits_are_known_before_the_first_byte),
        IN_FOLDER(what_is_on_the_disk_needs_no_more_room),
        IN_FOLDER(a_file_system_without_a_size_may_have_room),
    };

    return cmocka_run_group_tests_name("output", tests, NULL, NULL);
}
