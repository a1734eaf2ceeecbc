/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "tests/unit/unit.h"
#include "tests/unit/folder.h"

#include "io/file/split_set.h"

/* A file that begins like a bundle, or like anything else. */
static void
make_piece(const char *name, bool is_beginning)
{
    static const char begin[512] = "oci-layout", other[512] = "more";
    FILE *file = fopen(name, "wb");

    assert_non_null(file);
    assert_int_equal(fwrite(is_beginning ? begin : other, 512, 1, file), 1);
    fclose(file);
}

static void
finds_all_pieces_by_any_name(void **state)
{
    static const struct {
        const char *files[3]; /* the first begins like a bundle */
        const char *prefix;   /* that finds them, too; or NULL */
    } cases[] = {
        {{"xaa", "xab", "xac"}, "x"},
        {{"b.tar.aa", "b.tar.ab", "b.tar.ac"}, "b.tar"},
        {{"part-aaa", "part-aab", "part-aac"}, "part-"},
        {{"b.tar.000", "b.tar.001", "b.tar.002"}, "b.tar"},
        {{"x00", "x01", "x02"}, "x"},
        {{"b.tar.01", "b.tar.02", "b.tar.03"}, "b.tar"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        for (size_t k = 0; k < 3; k++)
            make_piece(cases[i].files[k], k == 0);
        for (size_t k = 0; k < 4; k++) {
            CLEANUP(volume_files_release) struct volume_files found = VOLUME_FILES_INIT;

            print_message("# %zu, %zu\n", i, k);
            assert_true(
                split_set_find(&found, k < 3 ? cases[i].files[k] : cases[i].prefix));
            assert_int_equal(found.count, 3);
            for (size_t n = 0; n < 3; n++) {
                assert_int_equal(found.items[n].number, n + 1);
                assert_string_equal(found.items[n].path, cases[i].files[n]);
            }
        }
        for (size_t k = 0; k < 3; k++)
            unlink(cases[i].files[k]);
    }
}

static void
takes_no_other_files_for_pieces(void **state)
{
    static const struct {
        const char *first, *second, *path;
        bool is_second_whole;
    } cases[] = {
        {"appaa", "appab", "appab", true},              /* two whole bundles */
        {"xaa", "xac", "xaa", false},                   /* a gap */
        {"b.tar.001", "b.tar.002", "b.tar.001", false}, /* volumes of a bundle */
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CLEANUP(volume_files_release) struct volume_files found = VOLUME_FILES_INIT;

        make_piece(cases[i].first, true);
        make_piece(cases[i].second, cases[i].is_second_whole);
        assert_false(split_set_find(&found, cases[i].path));
        assert_int_equal(found.count, 0);
        unlink(cases[i].first);
        unlink(cases[i].second);
    }
}

static void
numbers_paths_that_are_all_given(void **state)
{
    static const struct {
        const char *paths[2];
        bool is_set;
        size_t numbers[2];
    } cases[] = {
        {{"/b/xab", "/a/xaa"}, true, {2, 1}},   {{"/a/b.000", "/b/b.001"}, true, {1, 2}},
        {{"/a/b.01", "/b/b.02"}, true, {1, 2}}, {{"/a/xaa", "/b/x01"}, false, {0, 0}},
        {{"/a/xab", "/b/xac"}, false, {0, 0}}, /* without the first */
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CLEANUP(volume_files_release) struct volume_files found = VOLUME_FILES_INIT;

        print_message("# %zu\n", i);
        assert_int_equal(split_set_number(&found, cases[i].paths, 2), cases[i].is_set);
        assert_int_equal(found.count, cases[i].is_set ? 2 : 0);
        for (size_t n = 0; n < found.count; n++)
            assert_int_equal(found.items[n].number, cases[i].numbers[n]);
    }
}

int
main(void)
{
#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, enter_folder, leave_folder)
    const struct CMUnitTest tests[] = {
        IN_FOLDER(finds_all_pieces_by_any_name),
        IN_FOLDER(takes_no_other_files_for_pieces),
        cmocka_unit_test(numbers_paths_that_are_all_given),
    };

    return cmocka_run_group_tests_name("split_set", tests, NULL, NULL);
}
