/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "tests/unit/unit.h"

#include "oci/reference_lines.h"

static int
add_lines(struct reference_list *list, const char *text, size_t len, struct err_list *bad)
{
    struct err err = ERR_INIT;

    return reference_lines_add(list, text, len, "images.txt", bad, &err);
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
takes_one_reference_a_line(void **state)
{
    static const char text[] = "# a comment\n"
                               "nginx:1.27\n"
                               "\n"
                               "  \t \r\n"
                               "\tquay.io/a/b:1  # the other one\r\n"
                               "#c\n"
                               "  # d\n"
                               "nginx:1.27\n"
                               "docker://alpine\n"
                               "oci://charts/app:2\n"
                               "last.x/y";
    static const char mark[] = "\xef\xbb\xbf";
    char marked[sizeof(text) + sizeof(mark)];

    (void)state;
    snprintf(marked, sizeof(marked), "%s%s", mark, text);
    for (int i = 0; i < 2; i++) {
        CLEANUP(reference_list_release) struct reference_list list = REFERENCE_LIST_INIT;
        CLEANUP(err_list_release) struct err_list bad = ERR_LIST_INIT;
        const char *of = i == 0 ? text : marked;

        assert_int_equal(add_lines(&list, of, strlen(of), &bad), 0);
        assert_int_equal(bad.total, 0);
        assert_int_equal(list.count, 5);
        assert_name(&list, 0, "docker.io/library/nginx:1.27");
        assert_name(&list, 1, "quay.io/a/b:1");
        assert_name(&list, 2, "docker.io/library/alpine:latest");
        assert_name(&list, 3, "charts/app:2");
        assert_name(&list, 4, "last.x/y:latest");
        assert_string_equal(list.places[1].file, "images.txt");
        assert_int_equal(list.places[1].line, 5);
        assert_int_equal(add_lines(&list, "", 0, &bad), 0);
        assert_int_equal(list.count, 5);
    }
}

static void
ignores_targets_of_mappings(void **state)
{
    static const char text[] = "quay.io/a/b:1=reg.corp/x/b:1\n"
                               "docker://quay.io/a/c:1=docker://reg.corp/x/c:1\n"
                               "quay.io/a/d:1=not@a:target\n";
    CLEANUP(reference_list_release) struct reference_list list = REFERENCE_LIST_INIT;
    CLEANUP(err_list_release) struct err_list bad = ERR_LIST_INIT;

    (void)state;
    assert_int_equal(add_lines(&list, text, strlen(text), &bad), 0);
    assert_int_equal(bad.total, 0);
    assert_int_equal(list.count, 3);
    assert_name(&list, 0, "quay.io/a/b:1");
    assert_name(&list, 1, "quay.io/a/c:1");
    assert_name(&list, 2, "quay.io/a/d:1");
}

/* The path of an archive is passed on whole. */
static int
take_archive(void *ctx, const char *text, size_t len, const struct reference_place *place,
             struct err *err)
{
    (void)place;
    (void)err;
    snprintf(ctx, 100, "%.*s", (int)len, text);
    return 1;
}

static void
keeps_archives_with_an_equals_sign(void **state)
{
    static const char text[] = "oci:/srv/a=b/c\n";
    CLEANUP(err_list_release) struct err_list bad = ERR_LIST_INIT;
    char taken[100] = "";
    struct reference_list list = {.take = take_archive, .take_ctx = taken};

    (void)state;
    assert_int_equal(add_lines(&list, text, strlen(text), &bad), 0);
    assert_string_equal(taken, "oci:/srv/a=b/c");
}

static void
reports_every_bad_line_with_its_place(void **state)
{
    static const char list_line[] = "images.txt:1: not a single reference";
    static const struct {
        const char *text;
        size_t bad;
        const char *first, *last;
        enum err_reason reason;
    } cases[] = {
        {"nginx\n\nnginx:.x\nalpine\na/B\n", 2,
         "images.txt:3: ", "images.txt:5: ", REASON_NONE},
        {"---\n", 1, list_line, list_line, REASON_LIST_LINE},
        {"containers:\n", 1, list_line, list_line, REASON_LIST_LINE},
        {"a b\n", 1, list_line, list_line, REASON_LIST_LINE},
        {"\"nginx\"\n", 1, list_line, list_line, REASON_LIST_LINE},
        {"'nginx'\n", 1, list_line, list_line, REASON_LIST_LINE},
        {"nginx,alpine\n", 1, list_line, list_line, REASON_LIST_LINE},
        {"  image: nginx:1\n", 1, list_line, list_line, REASON_LIST_LINE},
        {"- nginx\n- alpine\n", 2, list_line, "images.txt:2: not a single reference",
         REASON_LIST_LINE},
        {"{\"image\":\"x\"}\n", 1, list_line, list_line, REASON_LIST_LINE},
        {"u:s3cret@host.x/a b\n", 1, list_line, list_line, REASON_LIST_LINE},
        {"nginx#x\n", 1, "images.txt:1: ", "images.txt:1: ", REASON_NONE},
        {"nginx\nalpine\rbusybox\n", 1,
         "images.txt:2: ", "images.txt:2: ", REASON_LIST_LINE},
        {"https://a.b/c\n", 1, "images.txt:1: ", "images.txt:1: ", REASON_NONE},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CLEANUP(reference_list_release) struct reference_list list = REFERENCE_LIST_INIT;
        CLEANUP(err_list_release) struct err_list bad = ERR_LIST_INIT;

        print_message("# %zu\n", i);
        assert_int_equal(add_lines(&list, cases[i].text, strlen(cases[i].text), &bad), 0);
        assert_int_equal(bad.total, cases[i].bad);
        assert_int_equal(bad.items[0].kind, ERR_USAGE);
        assert_int_equal(bad.items[0].reason, cases[i].reason);
        assert_memory_equal(bad.items[0].msg, cases[i].first, strlen(cases[i].first));
        assert_memory_equal(bad.items[bad.count - 1].msg, cases[i].last,
                            strlen(cases[i].last));
        assert_null(strstr(bad.items[0].msg, "s3cret"));
    }
}

static void
ends_at_what_is_no_text(void **state)
{
#define BYTES(s) s, sizeof(s) - 1
    static const struct {
        const char *bytes;
        size_t len;
        const char *message;
        size_t names;
    } cases[] = {
        {BYTES("\xff\xfen\0g\0\n\0"), "images.txt: UTF-16 text: expected UTF-8", 0},
        {BYTES("\xfe\xff\0n\0g\0\n"), "images.txt: UTF-16 text: expected UTF-8", 0},
        {BYTES("n\0g\0\n\0"), "images.txt: UTF-16 text: expected UTF-8", 0},
        {BYTES("\0n\0g\0\n"), "images.txt: UTF-16 text: expected UTF-8", 0},
        {BYTES("nginx\nalp\0ine\nb\0\n"), "images.txt:2: NUL byte: expected a text file",
         1},
        {BYTES("nginx # x\0y\n"), "images.txt:1: NUL byte: expected a text file", 0},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CLEANUP(reference_list_release) struct reference_list list = REFERENCE_LIST_INIT;
        CLEANUP(err_list_release) struct err_list bad = ERR_LIST_INIT;

        print_message("# %zu\n", i);
        assert_int_equal(add_lines(&list, cases[i].bytes, cases[i].len, &bad), 0);
        assert_int_equal(bad.total, 1);
        assert_string_equal(bad.items[0].msg, cases[i].message);
        assert_int_equal(bad.items[0].kind, ERR_USAGE);
        assert_int_equal(list.count, cases[i].names);
    }
}

static void
shows_the_other_place_of_two_digests(void **state)
{
#define A64 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define B64 "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
    static const char text[] = "a.x/b:1@sha256:" A64 "\n\na.x/b:1@sha256:" B64 "\n";
    CLEANUP(reference_list_release) struct reference_list list = REFERENCE_LIST_INIT;
    CLEANUP(err_list_release) struct err_list bad = ERR_LIST_INIT;

    (void)state;
    assert_int_equal(add_lines(&list, text, strlen(text), &bad), 0);
    assert_int_equal(bad.total, 1);
    assert_memory_equal(bad.items[0].msg, "images.txt:3: 'a.x/b:1'", 23);
    assert_non_null(strstr(bad.items[0].hint, "images.txt:1"));
}

static void
a_long_line_makes_no_long_message(void **state)
{
    CLEANUP(reference_list_release) struct reference_list list = REFERENCE_LIST_INIT;
    CLEANUP(err_list_release) struct err_list bad = ERR_LIST_INIT;
    const size_t len = 1U << 20;
    char *line = malloc(len);

    (void)state;
    assert_non_null(line);
    memset(line, 'a', len);
    assert_int_equal(add_lines(&list, line, len, &bad), 0);
    assert_int_equal(bad.total, 1);
    assert_true(strlen(bad.items[0].msg) < 200);
    free(line);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_one_reference_a_line),
        cmocka_unit_test(ignores_targets_of_mappings),
        cmocka_unit_test(keeps_archives_with_an_equals_sign),
        cmocka_unit_test(reports_every_bad_line_with_its_place),
        cmocka_unit_test(ends_at_what_is_no_text),
        cmocka_unit_test(shows_the_other_place_of_two_digests),
        cmocka_unit_test(a_long_line_makes_no_long_message),
    };

    return cmocka_run_group_tests_name("reference_lines", tests, NULL, NULL);
}
