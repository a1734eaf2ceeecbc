#include "config.h"
#include "tests/unit/unit.h"
#include "tests/unit/folder.h"

#include "io/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static void
make_file(const char *path, const char *text)
{
    struct err err = ERR_INIT;
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

    assert_true(fd >= 0);
    assert_int_equal(file_write_at(fd, text, strlen(text), 0, &err), 0);
    close(fd);
}

static void
assert_content(const char *path, const char *expected)
{
    CLEANUP(buf_release) struct buf b = BUF_INIT(1000);
    struct err err = ERR_INIT;

    assert_int_equal(file_slurp(path, &b, &err), 0);
    assert_int_equal(b.len, strlen(expected));
    assert_memory_equal(b.data, expected, b.len);
}

/* ---- going on with what an earlier run left ---- */

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
    assert_int_equal(output_begin_anew(&out, &err), 0);
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
    };

    return cmocka_run_group_tests_name("output", tests, NULL, NULL);
}
