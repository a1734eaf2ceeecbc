/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "tests/unit/unit.h"
#include "tests/unit/folder.h"

#include "io/file/file.h"
#include "io/file/volumes.h"

#include <fcntl.h>
#include <unistd.h>

enum { FILES = 3, CUT = 10, SIZE = 25 };

static const char ALPHABET[] = "abcdefghijklmnopqrstuvwxy";

static unsigned reads;

ssize_t __real_pread(int fd, void *out, size_t len, off_t at);
ssize_t __wrap_pread(int fd, void *out, size_t len, off_t at);

ssize_t
__wrap_pread(int fd, void *out, size_t len, off_t at)
{
    reads++;
    return __real_pread(fd, out, len, at);
}

static void
open_set(int fds[FILES], struct volumes *v)
{
    static const char *const names[FILES] = {"one", "two", "three"};

    for (size_t i = 0; i < FILES; i++) {
        fds[i] = open(names[i], O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
        assert_true(fds[i] >= 0);
    }
    *v = (struct volumes){.fds = fds, .count = FILES, .cut = CUT, .size = SIZE};
}

static void
close_set(int fds[FILES])
{
    for (size_t i = 0; i < FILES; i++)
        close(fds[i]);
}

static void
reads_and_writes_a_set_like_one_file(void **state)
{
    struct err err = ERR_INIT;
    struct volumes v;
    int fds[FILES];

    (void)state;
    open_set(fds, &v);
    assert_int_equal(volumes_write(&v, ALPHABET + 3, SIZE - 3, 3, &err), 0);
    assert_int_equal(volumes_write(&v, ALPHABET, 3, 0, &err), 0);
    assert_int_equal(count_files(), FILES);
    assert_int_equal(lseek(fds[0], 0, SEEK_END), CUT);
    assert_int_equal(lseek(fds[1], 0, SEEK_END), CUT);
    assert_int_equal(lseek(fds[2], 0, SEEK_END), SIZE - 2 * CUT);
    for (size_t from = 0; from <= SIZE; from++) {
        for (size_t len = 0; len <= SIZE + 1; len++) {
            size_t want = len < SIZE - from ? len : SIZE - from;
            char got[SIZE + 1];

            assert_int_equal(volumes_read(&v, got, len, from, &err), want);
            assert_memory_equal(got, ALPHABET + from, want);
        }
    }
    close_set(fds);
}

static void
maps_a_range_within_one_volume(void **state)
{
    struct err err = ERR_INIT;
    struct volumes v;
    int fds[FILES];

    (void)state;
    open_set(fds, &v);
    assert_int_equal(volumes_write(&v, ALPHABET, SIZE, 0, &err), 0);
    for (size_t from = 0; from <= SIZE; from++) {
        for (size_t len = 1; len <= SIZE + 1; len++) {
            bool fits = from + len <= SIZE && from / CUT == (from + len - 1) / CUT;
            struct view view;

            if (volumes_view(&v, from, len, &view) < 0) {
                assert_false(fits);
                continue;
            }
            assert_true(fits);
            assert_memory_equal(view.bytes, ALPHABET + from, len);
            view_release(&view);
        }
    }
    close_set(fds);
}

/* The kernel would end the process that touches what is not there. */
static void
does_not_map_a_truncated_range(void **state)
{
    enum { LEN = 1 << 20 };
    struct volumes v;
    struct view view;
    int fds[FILES];

    (void)state;
    open_set(fds, &v);
    v = volumes_of_file(fds[0], LEN);
    assert_int_equal(ftruncate(fds[0], LEN), 0);
    assert_int_equal(volumes_view(&v, 12345, LEN - 12345, &view), 0);
    view_release(&view);
    assert_int_equal(ftruncate(fds[0], LEN / 2), 0);
    assert_int_equal(volumes_view(&v, 12345, LEN - 12345, &view), -1);
    close_set(fds);
}

/* A volume that lost its end: what comes after is not taken for what should be there. */
static void
ends_a_read_at_a_short_volume(void **state)
{
    struct err err = ERR_INIT;
    struct volumes v;
    char got[SIZE];
    int fds[FILES];

    (void)state;
    open_set(fds, &v);
    assert_int_equal(volumes_write(&v, ALPHABET, SIZE, 0, &err), 0);
    assert_int_equal(ftruncate(fds[1], 4), 0);
    assert_int_equal(volumes_read(&v, got, SIZE, 0, &err), CUT + 4);
    close_set(fds);
}

static void
reports_how_far_a_range_was_filled(void **state)
{
    static const struct {
        const char *what;
        uint64_t written, zeros, offset, filled, used;
    } cases[] = {
        {"nothing", 0, 0, 0, 0, 0},
        {"all", 1 << 20, 0, 0, 1 << 20, 1 << 20},
        {"half", 1 << 19, 0, 0, 1 << 19, 1 << 19},
        {"half, then zeros", 1 << 19, 1 << 19, 0, 1 << 20, 1 << 19},
        {"only zeros", 0, 1 << 20, 0, 1 << 20, 0},
        {"from the middle", 1 << 19, 0, 1 << 18, 1 << 18, 1 << 18},
        {"behind the end", 1 << 19, 0, 1 << 20, 0, 0},
    };
    static char bytes[1 << 20];
    struct err err = ERR_INIT;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        int fd = open("file", O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
        const struct volumes v = volumes_of_file(fd, 1 << 20);
        uint64_t filled, used;

        memset(bytes, 'x', cases[i].written);
        memset(bytes + cases[i].written, 0, sizeof(bytes) - cases[i].written);
        assert_int_equal(
            volumes_write(&v, bytes, cases[i].written + cases[i].zeros, 0, &err), 0);
        assert_int_equal(ftruncate(fd, 1 << 20), 0);
        assert_int_equal(volumes_used(&v, cases[i].offset, (1 << 20) - cases[i].offset,
                                      &filled, &used, &err),
                         0);
        if (used != cases[i].used || (filled != cases[i].filled && filled != 1 << 20))
            fail_msg("%s: %d filled, %d used", cases[i].what, (int)filled, (int)used);
        close(fd);
    }
}

static void
copies_ranges_across_boundaries(void **state)
{
    struct err err = ERR_INIT;
    struct volumes set, file;
    uint64_t copied;
    char got[SIZE];
    int fds[FILES], fd = open("file", O_RDWR | O_CREAT | O_CLOEXEC, 0600);

    (void)state;
    open_set(fds, &set);
    file = volumes_of_file(fd, SIZE);
    assert_int_equal(volumes_write(&set, ALPHABET, SIZE, 0, &err), 0);
    assert_int_equal(volumes_copy(&set, 2, &file, 5, 20, &copied, &err), 0);
    assert_int_equal(copied, 20);
    assert_int_equal(volumes_read(&file, got, SIZE, 5, &err), 20);
    assert_memory_equal(got, ALPHABET + 2, 20);

    assert_int_equal(volumes_copy(&file, 5, &set, 3, 20, &copied, &err), 0);
    assert_int_equal(volumes_read(&set, got, 20, 3, &err), 20);
    assert_memory_equal(got, ALPHABET + 2, 20);

    /* A source that ends early is not a failure, a target that cannot be written is. */
    assert_int_equal(volumes_copy(&file, 20, &set, 0, 20, &copied, &err), 0);
    assert_int_equal(copied, 5);
    close(fd);
    fd = open("file", O_RDONLY | O_CLOEXEC);
    file = volumes_of_file(fd, SIZE);
    assert_int_equal(volumes_copy(&set, 0, &file, 0, 5, &copied, &err), -1);
    assert_int_equal(err.kind, ERR_LOCAL);
    close(fd);
    close_set(fds);
}

/* Two volumes that begin alike: that is looked for once, however much is wrong. */
static void
reports_duplicates_once(void **state)
{
    struct err err = ERR_INIT;
    struct volumes v;
    int fds[FILES];

    (void)state;
    open_set(fds, &v);
    assert_int_equal(volumes_write(&v, ALPHABET, CUT, 0, &err), 0);
    assert_int_equal(volumes_write(&v, ALPHABET + CUT, CUT, CUT, &err), 0);
    assert_int_equal(volumes_write(&v, ALPHABET, SIZE - 2 * CUT, 2 * CUT, &err), 0);
    assert_int_equal(ftruncate(fds[0], SIZE - 2 * CUT), 0);
    v.twins = volume_twins_new(FILES);
    reads = 0;
    for (size_t i = 0; i < 1000; i++) {
        struct err why = ERR_INIT;

        err_set(&why, ERR_INTEGRITY, "wrong");
        volumes_blame(&v, i % FILES * CUT, 1, &why);
        assert_string_equal(
            why.hint, i % FILES == 1 ? "copy volume 2 again"
                                     : "volumes 1 and 3 contain the same bytes: copy "
                                       "both again");
    }
    assert_int_equal(reads, 2 * FILES); /* each up to its end */
    volume_twins_free(v.twins);
    close_set(fds);
}

/* Offset of the next byte outside a hole, or the end. */
static void
skips_holes(void **state)
{
    enum { HOLE = 1 << 20, SHORT = 100 };
    struct err err = ERR_INIT;
    struct volumes v;
    int fds[FILES];

    (void)state;
    open_set(fds, &v);
    v.cut = HOLE;
    v.size = 3 * HOLE;
    for (size_t i = 0; i < FILES; i++)
        assert_int_equal(ftruncate(fds[i], HOLE), 0);
    if (lseek(fds[0], 0, SEEK_DATA) == 0)
        skip(); /* no support for holes here */
    assert_int_equal(volumes_write(&v, "x", 1, 5 * HOLE / 2, &err), 0);
    assert_int_equal(volumes_next_data(&v, 0, 3 * HOLE), 5 * HOLE / 2);
    assert_int_equal(volumes_next_data(&v, 7, 2 * HOLE), 2 * HOLE + 7);
    assert_int_equal(volumes_next_data(&v, 5 * HOLE / 2, SHORT), 5 * HOLE / 2);
    assert_int_equal(volumes_next_data(&v, HOLE, SHORT), HOLE + SHORT);
    assert_int_equal(volumes_next_data(&v, HOLE, 0), HOLE);
    close_set(fds);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(reads_and_writes_a_set_like_one_file,
                                        enter_folder, leave_folder),
        cmocka_unit_test_setup_teardown(maps_a_range_within_one_volume, enter_folder,
                                        leave_folder),
        cmocka_unit_test_setup_teardown(does_not_map_a_truncated_range, enter_folder,
                                        leave_folder),
        cmocka_unit_test_setup_teardown(ends_a_read_at_a_short_volume, enter_folder,
                                        leave_folder),
        cmocka_unit_test_setup_teardown(reports_how_far_a_range_was_filled, enter_folder,
                                        leave_folder),
        cmocka_unit_test_setup_teardown(copies_ranges_across_boundaries, enter_folder,
                                        leave_folder),
        cmocka_unit_test_setup_teardown(reports_duplicates_once, enter_folder,
                                        leave_folder),
        cmocka_unit_test_setup_teardown(skips_holes, enter_folder, leave_folder),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
