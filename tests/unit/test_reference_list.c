/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "tests/unit/unit.h"

#include "oci/reference_list.h"

#define A64 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define B64 "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"

static int
add(struct reference_list *list, const char *text, struct err *err)
{
    return reference_list_add(list, text, strlen(text), NULL, err);
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
keeps_order_and_drops_duplicates(void **state)
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
keeps_digests_apart(void **state)
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

static struct reference_place
line_of(const char *file, size_t line)
{
    return (struct reference_place){.file = file, .line = line};
}

static void
keeps_where_each_was_given(void **state)
{
    CLEANUP(reference_list_release)
    struct reference_list list = {.takes_repositories = true};
    const struct reference_place three = line_of("a.txt", 3), nine = line_of("a.txt", 9);
    const struct reference_place *place;
    struct reference ref;
    struct err err = ERR_INIT;

    (void)state;
    assert_int_equal(reference_parse(&ref, "a.x/b:1", 7, &err), 0);
    assert_null(reference_list_place(&list, &ref));
    assert_int_equal(reference_list_add(&list, "a.x/b", 5, &three, &err), 0);
    place = reference_list_place(&list, &ref); /* a tag of that repository */
    assert_non_null(place);
    assert_int_equal(place->line, 3);
    assert_int_equal(reference_list_add(&list, "a.x/b:1", 7, &nine, &err), 0);
    place = reference_list_place(&list, &ref);
    assert_int_equal(place->line, 9);
    assert_string_equal(place->file, "a.txt");
    assert_int_equal(reference_parse(&ref, "a.x/other:1", 11, &err), 0);
    assert_null(reference_list_place(&list, &ref));
}

static void
knows_a_tag_given_with_and_without_a_digest(void **state)
{
    static const struct {
        const char *first, *second;
        bool has_bare;
        size_t line; /* of the digest */
    } cases[] = {
        {"a.x/b:1", "a.x/b:1@sha256:" A64, true, 2},
        {"a.x/b:1@sha256:" A64, "a.x/b:1", true, 1},
        {"a.x/b:1@sha256:" A64, "a.x/b:1@sha256:" A64, false, 1},
        {"a.x/b:1", "a.x/b:1", false, 1},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CLEANUP(reference_list_release) struct reference_list list = REFERENCE_LIST_INIT;
        const struct reference_place one = line_of("l", 1), two = line_of("l", 2);
        struct err err = ERR_INIT;

        print_message("# %zu\n", i);
        assert_int_equal(
            reference_list_add(&list, cases[i].first, strlen(cases[i].first), &one, &err),
            0);
        assert_int_equal(reference_list_add(&list, cases[i].second,
                                            strlen(cases[i].second), &two, &err),
                         0);
        assert_int_equal(list.count, 1);
        assert_int_equal(list.places[0].has_bare, cases[i].has_bare);
        assert_int_equal(list.places[0].line, cases[i].line);
    }
}

static void
limits_the_number(void **state)
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
        cmocka_unit_test(keeps_order_and_drops_duplicates),
        cmocka_unit_test(keeps_digests_apart),
        cmocka_unit_test(keeps_where_each_was_given),
        cmocka_unit_test(knows_a_tag_given_with_and_without_a_digest),
        cmocka_unit_test(limits_the_number),
    };

    return cmocka_run_group_tests_name("reference_list", tests, NULL, NULL);
}
