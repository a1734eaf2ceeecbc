/* SPDX-License-Identifier: Apache-2.0 */
/* The names that files name, and their places. */
#include "config.h"
#include "tests/unit/unit.h"

#include "lists/found_list.h"

#define HEX "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"

static int
add_name(struct found_list *list, const char *text, enum confidence confidence,
         struct err *err)
{
    struct reference ref;
    const struct found_place place = {.file = "a.yaml",
                                      .line = 1,
                                      .confidence = confidence,
                                      .kind = "",
                                      .object = "",
                                      .path = ""};

    assert_int_equal(reference_parse(&ref, text, strlen(text), err), 0);
    return found_list_add(list, &ref, &place, err);
}

static void
names_parse_back(void **state)
{
    static const struct {
        const char *text, *name;
    } cases[] = {
        {"nginx", "docker.io/library/nginx:latest"},
        {"quay.io/a/b:1", "quay.io/a/b:1"},
        {"quay.io/a/b@sha256:" HEX, "quay.io/a/b@sha256:" HEX},
        {"quay.io/a/b:1@sha256:" HEX, "quay.io/a/b:1@sha256:" HEX},
        {"oci://charts/app:2", "oci://charts/app:2"},
        {"oci://quay.io/app:2", "quay.io/app:2"},
        {"localhost/app:2", "localhost/app:2"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        char name[FOUND_NAME_MAX], again[FOUND_NAME_MAX];
        struct reference ref;
        struct err err = ERR_INIT;

        assert_int_equal(
            reference_parse(&ref, cases[i].text, strlen(cases[i].text), &err), 0);
        found_name(&ref, name);
        assert_string_equal(name, cases[i].name);
        assert_int_equal(reference_parse(&ref, name, strlen(name), &err), 0);
        found_name(&ref, again);
        assert_string_equal(again, name);
    }
}

static void
keeps_the_highest_confidence_and_some_places(void **state)
{
    CLEANUP(found_list_release) struct found_list list = FOUND_LIST_INIT;
    struct err err = ERR_INIT;

    (void)state;
    assert_int_equal(add_name(&list, "quay.io/b/b:1", CONFIDENCE_MAYBE, &err), 0);
    for (size_t i = 0; i < 2 * FOUND_PLACES_OF_NAME; i++)
        assert_int_equal(add_name(&list, "quay.io/a/a:1", CONFIDENCE_LIKELY, &err), 0);
    assert_int_equal(add_name(&list, "quay.io/a/a:1", CONFIDENCE_SURE, &err), 0);
    found_list_sort(&list);
    assert_int_equal(list.count, 2);
    assert_string_equal(list.items[0]->name, "quay.io/a/a:1");
    assert_int_equal(list.items[0]->confidence, CONFIDENCE_SURE);
    assert_int_equal(list.items[0]->place_count, FOUND_PLACES_OF_NAME);
    assert_int_equal(list.items[0]->total, 2 * FOUND_PLACES_OF_NAME + 1);
    assert_int_equal(list.items[1]->confidence, CONFIDENCE_MAYBE);
}

static void
bounds_the_number_of_names(void **state)
{
    CLEANUP(found_list_release) struct found_list list = FOUND_LIST_INIT;
    struct err err = ERR_INIT;
    char name[64];

    (void)state;
    for (int i = 0; i < FOUND_MAX; i++) {
        snprintf(name, sizeof(name), "quay.io/a/n%d:1", i);
        assert_int_equal(add_name(&list, name, CONFIDENCE_SURE, &err), 0);
    }
    assert_int_equal(add_name(&list, name, CONFIDENCE_SURE, &err), 0);
    assert_int_equal(add_name(&list, "quay.io/a/more:1", CONFIDENCE_SURE, &err), -1);
    assert_int_equal(err.kind, ERR_LIMIT);
    assert_string_equal(err.msg, "more than 50000 image names");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_parse_back),
        cmocka_unit_test(keeps_the_highest_confidence_and_some_places),
        cmocka_unit_test(bounds_the_number_of_names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
