/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "tests/unit/unit.h"
#include "tests/unit/folder.h"

#include "base/text.h"
#include "io/file/file.h"
#include "io/file/output.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- a disk that fails when told to: linked in place of the real calls ---- */

static int fail_fsync_at, fail_pwrite_at; /* the k-th call from now; 0: never */
static int fail_with;                     /* errno of that failure */
static size_t pwrite_at_most;             /* bytes a call; 0: all */

int __real_fsync(int fd);
int __wrap_fsync(int fd);
ssize_t __real_pwrite(int fd, const void *bytes, size_t len, off_t offset);
ssize_t __wrap_pwrite(int fd, const void *bytes, size_t len, off_t offset);

int
__wrap_fsync(int fd)
{
    if (fail_fsync_at > 0 && --fail_fsync_at == 0) {
        errno = fail_with;
        return -1;
    }
    return __real_fsync(fd);
}

ssize_t
__wrap_pwrite(int fd, const void *bytes, size_t len, off_t offset)
{
    if (fail_pwrite_at > 0 && --fail_pwrite_at == 0) {
        errno = fail_with;
        return -1;
    }
    if (pwrite_at_most > 0 && len > pwrite_at_most)
        len = pwrite_at_most;
    return __real_pwrite(fd, bytes, len, offset);
}

/* ---- each test works in an empty folder, which is its current one ---- */

static int
enter_calm_folder(void **state)
{
    fail_fsync_at = fail_pwrite_at = 0;
    pwrite_at_most = 0;
    return enter_folder(state);
}

/* ---- reading and writing in place ---- */

static void
reads_go_to_their_offset(void **state)
{
    static const struct {
        uint64_t offset;
        size_t len;
        const char *text;
    } table[] = {
        {0, 10, "0123456789"}, {0, 3, "012"}, {4, 3, "456"}, {8, 2, "89"},
        {8, 20, "89"},         {10, 5, ""},   {1000, 5, ""}, {3, 0, ""},
    };
    CLEANUP(file_close) int fd = -1;
    struct err err = ERR_INIT;

    (void)state;
    make_file("f", "0123456789");
    fd = open("f", O_RDONLY);
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        char out[32] = "";

        assert_int_equal(file_read_at(fd, out, table[i].len, table[i].offset, &err),
                         strlen(table[i].text));
        assert_string_equal(out, table[i].text);
    }
}

static void
a_failed_read_names_the_offset(void **state)
{
    CLEANUP(file_close) int fd = -1;
    struct err err = ERR_INIT;
    char out[4];

    (void)state;
    make_file("f", "0123456789");
    fd = open("f", O_WRONLY);
    assert_int_equal(file_read_at(fd, out, 4, 7, &err), -1);
    assert_int_equal(err.kind, ERR_LOCAL);
    assert_non_null(strstr(err.msg, "at byte 7"));
}

static void
writes_go_to_their_offset(void **state)
{
    CLEANUP(file_close) int fd = -1;
    struct err err = ERR_INIT;

    (void)state;
    for (pwrite_at_most = 0; pwrite_at_most < 4; pwrite_at_most++) {
        char out[16] = "";

        fd = open("f", O_RDWR | O_CREAT | O_TRUNC, 0600);
        assert_int_equal(file_write_at(fd, "world", 5, 6, &err), 0);
        assert_int_equal(file_write_at(fd, "hello", 5, 0, &err), 0);
        assert_int_equal(file_write_at(fd, "", 0, 99, &err), 0);
        file_write_soon(fd, 0, 11);
        assert_int_equal(file_read_at(fd, out, sizeof(out), 0, &err), 11);
        assert_memory_equal(out, "hello\0world", 11);
        file_close(&fd);
    }
}

static void
an_interrupted_write_goes_on(void **state)
{
    CLEANUP(file_close) int fd = open("f", O_RDWR | O_CREAT, 0600);
    struct err err = ERR_INIT;

    (void)state;
    pwrite_at_most = 2;
    fail_pwrite_at = 2;
    fail_with = EINTR;
    assert_int_equal(file_write_at(fd, "abcdef", 6, 0, &err), 0);
    assert_content("f", "abcdef");
}

static void
a_failed_write_says_what_to_do(void **state)
{
    static const struct {
        int number;
        const char *hint;
    } table[] = {
        {ENOSPC, "free some space"},
        {EDQUOT, "free some space"},
        {EFBIG, "does not support files of this size"},
        {EIO, ""},
    };

    (void)state;
    pwrite_at_most = 4;
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        CLEANUP(file_close) int fd = open("f", O_RDWR | O_CREAT, 0600);
        struct err err = ERR_INIT;

        fail_pwrite_at = 2;
        fail_with = table[i].number;
        assert_int_equal(file_write_at(fd, "abcdefgh", 8, 100, &err), -1);
        assert_int_equal(err.kind, ERR_LOCAL);
        assert_non_null(strstr(err.msg, "at byte 104"));
        assert_non_null(strstr(err.msg, strerror(table[i].number)));
        assert_non_null(strstr(err.hint, table[i].hint));
    }
}

/* ---- whole small files ---- */

static void
a_file_is_slurped_up_to_the_maximum(void **state)
{
    static const size_t sizes[] = {0, 1, 10, 65535, 65536, 65537, 200000};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(sizes); i++) {
        CLEANUP(buf_release) struct buf fits = BUF_INIT(sizes[i] + 1);
        CLEANUP(buf_release) struct buf exact = BUF_INIT(sizes[i] + 1);
        CLEANUP(buf_release) struct buf small = BUF_INIT(sizes[i]);
        CLEANUP(file_close) int fd = open("f", O_RDWR | O_CREAT | O_TRUNC, 0600);
        struct err err = ERR_INIT;

        assert_int_equal(ftruncate(fd, (off_t)sizes[i]), 0);
        assert_int_equal(file_slurp("f", &fits, &err), 0);
        assert_int_equal(fits.len, sizes[i]);

        /* A byte in front leaves just enough room, or one too few. */
        assert_int_equal(buf_add(&exact, ">", 1), 0);
        assert_int_equal(file_slurp("f", &exact, &err), 0);
        assert_int_equal(exact.len, sizes[i] + 1);
        assert_int_equal(exact.data[0], '>');
        if (sizes[i] == 0)
            continue;
        assert_int_equal(buf_add(&small, ">", 1), 0);
        assert_int_equal(file_slurp("f", &small, &err), -1);
        assert_int_equal(err.kind, ERR_LIMIT);
        assert_string_equal(small.data, ">");
        assert_int_equal(small.len, 1);
    }
}

static void
a_pipe_is_slurped_to_its_end(void **state)
{
    CLEANUP(buf_release) struct buf b = BUF_INIT(100);
    struct err err = ERR_INIT;
    int ends[2];

    (void)state;
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], "some text", 9), 9);
    close(ends[1]);
    assert_int_equal(file_slurp_fd(ends[0], "a pipe", &b, &err), 0);
    assert_string_equal(b.data, "some text");
    close(ends[0]);
    assert_int_equal(file_slurp_fd(ends[0], "a pipe", &b, &err), -1);
    assert_int_equal(err.kind, ERR_LOCAL);
    assert_non_null(strstr(err.msg, "'a pipe'"));
}

static void
what_cannot_be_read_is_told_apart(void **state)
{
    static const struct {
        const char *path;
        enum err_kind slurp, open;
    } table[] = {
        {"absent", ERR_NOT_FOUND, ERR_NOT_FOUND},
        {"absent/f", ERR_NOT_FOUND, ERR_NOT_FOUND},
        {"f/under", ERR_NOT_FOUND, ERR_NOT_FOUND},
        {"", ERR_NOT_FOUND, ERR_NOT_FOUND},
        {"loop", ERR_LOCAL, ERR_LOCAL},
        {"folder", ERR_LOCAL, ERR_USAGE},
    };

    (void)state;
    make_file("f", "x");
    assert_int_equal(mkdir("folder", 0700), 0);
    assert_int_equal(symlink("loop", "loop"), 0);
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        CLEANUP(buf_release) struct buf b = BUF_INIT(100);
        struct err err = ERR_INIT;
        uint64_t size = 7;

        assert_int_equal(file_slurp(table[i].path, &b, &err), -1);
        assert_int_equal(err.kind, table[i].slurp);
        assert_int_equal(file_open_regular(table[i].path, &size, &err), -1);
        assert_int_equal(err.kind, table[i].open);
        assert_int_equal(size, 7);
    }
}

static void
only_regular_files_are_opened(void **state)
{
    CLEANUP(file_close) int fd = -1;
    struct err err = ERR_INIT;
    uint64_t size;

    (void)state;
    make_file("f", "12345");
    assert_int_equal(symlink("f", "link"), 0);
    assert_int_equal(mkfifo("pipe", 0600), 0);
    fd = file_open_regular("link", &size, &err);
    assert_true(fd >= 0);
    assert_int_equal(size, 5);
    alarm(60); /* a pipe without a writer must not hang */
    assert_int_equal(file_open_regular("pipe", &size, &err), -1);
    assert_int_equal(err.kind, ERR_USAGE);
    assert_int_equal(file_open_regular("/dev/null", &size, &err), -1);
    assert_int_equal(err.kind, ERR_USAGE);
    alarm(0);
}

static mode_t
mode_of(const char *path)
{
    struct stat st;

    assert_int_equal(stat(path, &st), 0);
    return st.st_mode & 07777;
}

static void
a_file_is_put_with_its_mode(void **state)
{
    struct err err = ERR_INIT;
    mode_t old = umask(0);

    (void)state;
    assert_int_equal(file_put("key", "secret", 6, 0600, true, &err), 0);
    umask(077);
    assert_int_equal(file_put("pub", "", 0, 0644, true, &err), 0);
    umask(old);
    assert_content("key", "secret");
    assert_content("pub", "");
    assert_int_equal(mode_of("key"), 0600);
    assert_int_equal(mode_of("pub"), 0644);
    assert_int_equal(count_files(), 2);
}

static void
an_existing_file_is_replaced_or_kept(void **state)
{
    struct err err = ERR_INIT;

    (void)state;
    make_file("f", "old");
    assert_int_equal(file_put("f", "new", 3, 0600, true, &err), -1);
    assert_int_equal(err.kind, ERR_CONFLICT);
    assert_content("f", "old");
    assert_int_equal(file_put("./f", "newer", 5, 0600, false, &err), 0);
    assert_content("f", "newer");
    assert_int_equal(mode_of("f"), 0600);
    assert_int_equal(count_files(), 1);
}

/* A process that has the file of an interrupted run open must not read what is written
 * next.
 */
static void
an_old_partial_file_is_not_written_to(void **state)
{
    CLEANUP(file_close) int spy = -1;
    struct err err = ERR_INIT;
    char seen[8];

    (void)state;
    make_file("key.partial", "");
    assert_int_equal(chmod("key.partial", 0666), 0);
    spy = open("key.partial", O_RDONLY);
    assert_int_equal(file_put("key", "secret", 6, 0600, true, &err), 0);
    assert_content("key", "secret");
    assert_int_equal(mode_of("key"), 0600);
    assert_int_equal(file_read_at(spy, seen, sizeof(seen), 0, &err), 0);
    assert_int_equal(count_files(), 1);
}

/* Whatever the disk does: the old file stays, nothing else does. */
static void
every_disk_failure_leaves_the_old_file(void **state)
{
    static const int numbers[] = {ENOSPC, EIO};

    (void)state;
    make_file("f", "old");
    pwrite_at_most = 3;
    for (size_t i = 0; i < COUNT_OF(numbers); i++) {
        for (int k = 1; k <= 4; k++) { /* three writes, then the flush */
            struct err err = ERR_INIT;

            fail_with = numbers[i];
            *(k < 4 ? &fail_pwrite_at : &fail_fsync_at) = k < 4 ? k : 1;
            assert_int_equal(file_put("f", "a new one", 9, 0600, false, &err), -1);
            assert_int_equal(err.kind, ERR_LOCAL);
            assert_non_null(strstr(err.msg, strerror(numbers[i])));
            assert_non_null(strstr(err.msg, "'f'"));
            assert_content("f", "old");
            assert_int_equal(count_files(), 1);
        }
    }
    fail_pwrite_at = fail_fsync_at = 0;
}

/* ---- outputs ---- */

static void
an_output_appears_when_published(void **state)
{
    CLEANUP(output_release) struct output out = OUTPUT_INIT;
    struct err err = ERR_INIT;

    (void)state;
    assert_int_equal(output_open(&out, "bundle.tar", false, &err), 0);
    assert_int_equal(access("bundle.tar", F_OK), -1);
    assert_int_equal(access("bundle.tar.partial", F_OK), 0);
    assert_int_equal(file_write_at(out.fd, "content", 7, 0, &err), 0);
    assert_int_equal(output_publish(&out, &err), 0);
    assert_int_equal(out.fd, -1);
    output_release(&out);
    output_release(&out);
    assert_content("bundle.tar", "content");
    assert_int_equal(count_files(), 1);
}

static void
an_output_given_up_leaves_nothing(void **state)
{
    struct output out = OUTPUT_INIT;
    struct err err = ERR_INIT;

    (void)state;
    assert_int_equal(output_open(&out, "bundle.tar", false, &err), 0);
    assert_int_equal(file_write_at(out.fd, "content", 7, 0, &err), 0);
    output_release(&out);
    assert_int_equal(count_files(), 0);
    output_release(&out);
}

static void
an_output_that_cannot_be_flushed_is_not_published(void **state)
{
    CLEANUP(output_release) struct output out = OUTPUT_INIT;
    struct err err = ERR_INIT;

    (void)state;
    assert_int_equal(output_open(&out, "bundle.tar", false, &err), 0);
    fail_fsync_at = 1;
    fail_with = EIO;
    assert_int_equal(output_publish(&out, &err), -1);
    assert_int_equal(err.kind, ERR_LOCAL);
    output_release(&out);
    assert_int_equal(count_files(), 0);
}

/* The file is whole by then; only its name might be lost when the power fails. */
static void
a_folder_that_cannot_be_flushed_is_an_error(void **state)
{
    CLEANUP(output_release) struct output out = OUTPUT_INIT;
    struct err err = ERR_INIT;

    (void)state;
    assert_int_equal(output_open(&out, "bundle.tar", false, &err), 0);
    assert_int_equal(file_write_at(out.fd, "content", 7, 0, &err), 0);
    fail_fsync_at = 2;
    fail_with = EIO;
    assert_int_equal(output_publish(&out, &err), -1);
    assert_int_equal(err.kind, ERR_LOCAL);
    assert_non_null(strstr(err.msg, "folder"));
    output_release(&out);
    assert_content("bundle.tar", "content");
    assert_int_equal(count_files(), 1);
}

static void
one_run_at_a_time_writes_an_output(void **state)
{
    CLEANUP(output_release) struct output first = OUTPUT_INIT, second = OUTPUT_INIT;
    struct err err = ERR_INIT;

    (void)state;
    assert_int_equal(output_open(&first, "bundle.tar", false, &err), 0);
    assert_int_equal(file_write_at(first.fd, "first", 5, 0, &err), 0);
    assert_int_equal(output_open(&second, "bundle.tar", true, &err), -1);
    assert_int_equal(err.kind, ERR_CONFLICT);
    output_release(&second);
    assert_int_equal(access("bundle.tar.partial", F_OK), 0); /* still the first one's */
    assert_int_equal(output_publish(&first, &err), 0);
    assert_content("bundle.tar", "first");

    second = (struct output)OUTPUT_INIT;
    assert_int_equal(output_open(&second, "bundle.tar", true, &err), 0);
    output_release(&second);
    assert_content("bundle.tar", "first");
}

static void
what_a_killed_run_left_is_in_nobodys_way(void **state)
{
    CLEANUP(output_release) struct output out = OUTPUT_INIT;
    struct err err = ERR_INIT;

    (void)state;
    make_file("bundle.tar.partial", "a long rest of an earlier run");
    assert_int_equal(output_open(&out, "bundle.tar", false, &err), 0);
    assert_int_equal(file_write_at(out.fd, "new", 3, 0, &err), 0);
    assert_int_equal(output_publish(&out, &err), 0);
    assert_content("bundle.tar", "new");
    assert_int_equal(count_files(), 1);
}

/* A link under the partial name could lead anywhere. */
static void
a_link_in_place_of_the_partial_file_is_not_followed(void **state)
{
    CLEANUP(output_release) struct output out = OUTPUT_INIT;
    struct err err = ERR_INIT;

    (void)state;
    make_file("victim", "precious");
    assert_int_equal(symlink("victim", "bundle.tar.partial"), 0);
    assert_int_equal(output_open(&out, "bundle.tar", true, &err), -1);
    assert_int_equal(err.kind, ERR_LOCAL);
    output_release(&out);
    assert_content("victim", "precious");
    assert_int_equal(count_files(), 2);
}

static void
an_existing_output_needs_force(void **state)
{
    CLEANUP(output_release) struct output out = OUTPUT_INIT;
    struct err err = ERR_INIT;

    (void)state;
    make_file("bundle.tar", "old");
    assert_int_equal(output_check("bundle.tar", false, &err), -1);
    assert_int_equal(err.kind, ERR_CONFLICT);
    assert_int_equal(output_check("bundle.tar", true, &err), 0);
    assert_int_equal(output_open(&out, "bundle.tar", false, &err), -1);
    assert_int_equal(err.kind, ERR_CONFLICT);
    output_release(&out);
    assert_int_equal(count_files(), 1);

    out = (struct output)OUTPUT_INIT;
    assert_int_equal(output_open(&out, "bundle.tar", true, &err), 0);
    assert_content("bundle.tar", "old"); /* until the very end */
    assert_int_equal(file_write_at(out.fd, "new", 3, 0, &err), 0);
    assert_int_equal(output_publish(&out, &err), 0);
    assert_content("bundle.tar", "new");
}

static void
a_file_that_appears_meanwhile_is_kept(void **state)
{
    CLEANUP(output_release) struct output out = OUTPUT_INIT;
    struct err err = ERR_INIT;

    (void)state;
    assert_int_equal(output_open(&out, "bundle.tar", false, &err), 0);
    make_file("bundle.tar", "another file");
    assert_int_equal(output_publish(&out, &err), -1);
    assert_int_equal(err.kind, ERR_CONFLICT);
    output_release(&out);
    assert_content("bundle.tar", "another file");
    assert_int_equal(count_files(), 1);
}

static void
only_regular_files_can_be_outputs(void **state)
{
    static const struct {
        const char *path;
        enum err_kind kind;
    } table[] = {
        {"folder", ERR_USAGE}, {"folder/", ERR_USAGE},   {"pipe", ERR_USAGE},
        {"link", ERR_USAGE},   {"dangling", ERR_USAGE},  {"", ERR_USAGE},
        {".", ERR_USAGE},      {"..", ERR_USAGE},        {"folder/..", ERR_USAGE},
        {"/", ERR_USAGE},      {"/dev/null", ERR_USAGE}, {"absent/f", ERR_NOT_FOUND},
        {"pipe/f", ERR_LOCAL},
    };
    size_t before;

    (void)state;
    assert_int_equal(mkdir("folder", 0700), 0);
    assert_int_equal(mkfifo("pipe", 0600), 0);
    assert_int_equal(symlink("/etc/passwd", "link"), 0);
    assert_int_equal(symlink("nothing", "dangling"), 0);
    before = count_files();
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        struct output out = OUTPUT_INIT;
        struct err err = ERR_INIT;

        assert_int_equal(output_check(table[i].path, true, &err), -1);
        assert_int_equal(err.kind, table[i].kind);
        assert_int_equal(output_open(&out, table[i].path, true, &err), -1);
        assert_int_equal(err.kind, table[i].kind);
        output_release(&out);
        assert_int_equal(count_files(), before);
    }
}

static void
an_output_may_be_in_another_folder(void **state)
{
    CLEANUP(output_release) struct output out = OUTPUT_INIT;
    struct err err = ERR_INIT;

    (void)state;
    assert_int_equal(mkdir("folder", 0700), 0);
    assert_int_equal(output_open(&out, "folder/b.tar", false, &err), 0);
    assert_int_equal(access("folder/b.tar.partial", F_OK), 0);
    assert_int_equal(output_publish(&out, &err), 0);
    assert_content("folder/b.tar", "");
    unlink("folder/b.tar");
}

static void
room_is_reserved_or_missed(void **state)
{
    CLEANUP(output_release) struct output out = OUTPUT_INIT;
    struct err err = ERR_INIT;
    struct stat st;

    (void)state;
    assert_int_equal(output_open(&out, "bundle.tar", false, &err), 0);
    assert_int_equal(output_reserve(&out, 0, &err), 0);
    assert_int_equal(output_reserve(&out, 1234567, &err), 0);
    assert_int_equal(fstat(out.fd, &st), 0);
    assert_int_equal(st.st_size, 1234567);
    assert_int_equal(output_reserve(&out, UINT64_C(1) << 60, &err), -1);
    assert_int_equal(err.kind, ERR_LOCAL);
    assert_non_null(strstr(err.msg, "1.0 EiB"));
}

#define IN_FOLDER(test)                                                                  \
    cmocka_unit_test_setup_teardown(test, enter_calm_folder, leave_folder)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(reads_go_to_their_offset),
        IN_FOLDER(a_failed_read_names_the_offset),
        IN_FOLDER(writes_go_to_their_offset),
        IN_FOLDER(an_interrupted_write_goes_on),
        IN_FOLDER(a_failed_write_says_what_to_do),
        IN_FOLDER(a_file_is_slurped_up_to_the_maximum),
        IN_FOLDER(a_pipe_is_slurped_to_its_end),
        IN_FOLDER(what_cannot_be_read_is_told_apart),
        IN_FOLDER(only_regular_files_are_opened),
        IN_FOLDER(a_file_is_put_with_its_mode),
        IN_FOLDER(an_existing_file_is_replaced_or_kept),
        IN_FOLDER(an_old_partial_file_is_not_written_to),
        IN_FOLDER(every_disk_failure_leaves_the_old_file),
        IN_FOLDER(an_output_appears_when_published),
        IN_FOLDER(an_output_given_up_leaves_nothing),
        IN_FOLDER(an_output_that_cannot_be_flushed_is_not_published),
        IN_FOLDER(a_folder_that_cannot_be_flushed_is_an_error),
        IN_FOLDER(one_run_at_a_time_writes_an_output),
        IN_FOLDER(what_a_killed_run_left_is_in_nobodys_way),
        IN_FOLDER(a_link_in_place_of_the_partial_file_is_not_followed),
        IN_FOLDER(an_existing_output_needs_force),
        IN_FOLDER(a_file_that_appears_meanwhile_is_kept),
        IN_FOLDER(only_regular_files_can_be_outputs),
        IN_FOLDER(an_output_may_be_in_another_folder),
        IN_FOLDER(room_is_reserved_or_missed),
    };

    return cmocka_run_group_tests_name("file", tests, NULL, NULL);
}
