/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "tests/unit/unit.h"

#include "oci/reference_list.h"

#define A64 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define B64 "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"

static int
add(struct reference_list *list, const char *text, struct err *err)
{
    return reference_list_add(list, text, strlen(text), err);
}

static int
add_lines(struct reference_list *list, const char *text, struct err *err)
{
    return reference_list_add_lines(list, text, strlen(text), "images.txt", err);
}

static void
assert_name(const struct reference_list *list, size_t i, const char *expected)
{
    char name[REFERENCE_TEXT_MAX];

    assert_true(i < list->count);
    reference_name(&list->items[i], name);
    assert_string_equal(name, expected);
}

static void
test_order_and_duplicates(void **state)
{
    CLEANUP(reference_list_release) struct reference_list list = REFERENCE_LIST_INIT;
    struct err err = ERR_INIT;

    (void)state;
    assert_int_equal(add(&list, "b.x/b", &err), 0);
    assert_int_equal(add(&list, "nginx", &err), 0);
    assert_int_equal(add(&list, "docker.io/library/nginx:latest", &err), 0);
    assert_int_equal(add(&list, "a.x/a", &err), 0);
    assert_int_equal(add(&list, "b.x/b:latest", &err), 0);
    assert_int_equal(list.count, 3);
    assert_name(&list, 0, "b.x/b:latest");
    assert_name(&list, 1, "docker.io/library/nginx:latest");
    assert_name(&list, 2, "a.x/a:latest");
}

static void
test_digests(void **state)
{
    CLEANUP(reference_list_release) struct reference_list list = REFERENCE_LIST_INIT;
    struct err err = ERR_INIT;

    (void)state;
    assert_int_equal(add(&list, "nginx:1", &err), 0);
    assert_int_equal(add(&list, "nginx:1@sha256:" A64, &err), 0);
    assert_int_equal(add(&list, "nginx:1", &err), 0);
    assert_int_equal(list.count, 1);
    assert_true(list.items[0].has_digest);
    assert_int_equal(list.items[0].digest.raw[0], 0xaa);
    assert_int_equal(add(&list, "nginx:1@sha256:" A64, &err), 0);
    assert_int_equal(add(&list, "nginx:1@sha256:" B64, &err), -1);
    assert_int_equal(err.kind, ERR_USAGE);
    assert_int_equal(list.count, 1);
    assert_int_equal(list.items[0].digest.raw[0], 0xaa);
    /* without a tag the digest is part of the name */
    assert_int_equal(add(&list, "nginx@sha256:" A64, &err), 0);
    assert_int_equal(add(&list, "nginx@sha256:" B64, &err), 0);
    assert_int_equal(list.count, 3);
}

static void
test_lines(void **state)
{
    static const char text[] = "# a comment\n"
                               "nginx:1.27\n"
                               "\n"
                               "  \t \r\n"
                               "\tquay.io/a/b:1  # the other one\r\n"
                               "#c\n"
                               "  # d\n"
                               "nginx:1.27\n"
                               "last.x/y";
    CLEANUP(reference_list_release) struct reference_list list = REFERENCE_LIST_INIT;
    struct err err = ERR_INIT;

    (void)state;
    assert_int_equal(add_lines(&list, text, &err), 0);
    assert_int_equal(list.count, 3);
    assert_name(&list, 0, "docker.io/library/nginx:1.27");
    assert_name(&list, 1, "quay.io/a/b:1");
    assert_name(&list, 2, "last.x/y:latest");
    assert_int_equal(add_lines(&list, "", &err), 0);
    assert_int_equal(list.count, 3);
}

static void
test_bad_lines(void **state)
{
    static const struct {
        const char *text, *where;
    } cases[] = {
        {"nginx\n\nnginx:\n", "images.txt:3: "},
        {"a b\n", "images.txt:1: "},
        {"nginx#x\n", "images.txt:1: "},
        {"\xef\xbb\xbfnginx\n", "images.txt:1: "},
        {"nginx\nalpine\rbusybox\n", "images.txt:2: "},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CLEANUP(reference_list_release) struct reference_list list = REFERENCE_LIST_INIT;
        struct err err = ERR_INIT;

        print_message("# %zu\n", i);
        assert_int_equal(add_lines(&list, cases[i].text, &err), -1);
        assert_int_equal(err.kind, ERR_USAGE);
        assert_memory_equal(err.msg, cases[i].where, strlen(cases[i].where));
    }
}

static void
test_nul(void **state)
{
    static const char text[] = "nginx\nalp\0ine\n", hidden[] = "nginx # x\0y\n";
    CLEANUP(reference_list_release) struct reference_list list = REFERENCE_LIST_INIT;
    struct err err = ERR_INIT;

    (void)state;
    assert_int_equal(reference_list_add_lines(&list, text, sizeof(text) - 1, "f", &err),
                     -1);
    assert_int_equal(err.kind, ERR_USAGE);
    assert_memory_equal(err.msg, "f:2: ", 5);
    assert_int_equal(
        reference_list_add_lines(&list, hidden, sizeof(hidden) - 1, "f", &err), -1);
}

static void
test_long_line(void **state)
{
    CLEANUP(reference_list_release) struct reference_list list = REFERENCE_LIST_INIT;
    struct err err = ERR_INIT;
    const size_t len = 1U << 20;
    char *line = malloc(len + 1);

    (void)state;
    assert_non_null(line);
    memset(line, 'a', len);
    line[len] = '\0';
    assert_int_equal(add_lines(&list, line, &err), -1);
    assert_int_equal(err.kind, ERR_USAGE);
    assert_true(strlen(err.msg) < 200);
    free(line);
}

static void
test_maximum(void **state)
{
    CLEANUP(reference_list_release) struct reference_list list = REFERENCE_LIST_INIT;
    struct err err = ERR_INIT;
    char text[32];

    (void)state;
    for (int i = 0; i < REFERENCE_LIST_MAX; i++) {
        snprintf(text, sizeof(text), "a.x/b:%d", i);
        assert_int_equal(add(&list, text, &err), 0);
    }
    assert_int_equal(list.count, REFERENCE_LIST_MAX);
    assert_int_equal(add(&list, "a.x/b:17", &err), 0); /* nothing new */
    assert_int_equal(add(&list, "a.x/b", &err), -1);
    assert_int_equal(err.kind, ERR_LIMIT);
    assert_int_equal(list.count, REFERENCE_LIST_MAX);
    assert_name(&list, REFERENCE_LIST_MAX - 1, "a.x/b:9999");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_order_and_duplicates),
        cmocka_unit_test(test_digests),
        cmocka_unit_test(test_lines),
        cmocka_unit_test(test_bad_lines),
        cmocka_unit_test(test_nul),
        cmocka_unit_test(test_long_line),
        cmocka_unit_test(test_maximum),
    };

    return cmocka_run_group_tests_name("reference_list", tests, NULL, NULL);
}
