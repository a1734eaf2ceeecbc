/* SPDX-License-Identifier: Apache-2.0 */
/* Indexes made of other ones. */
#include "config.h"
#include "tests/unit/unit.h"
#include "tests/unit/digest_of.h"

#include "oci/index_edit.h"

#define A                                                                                \
    "\"digest\":\"sha256:"                                                               \
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\""
#define B                                                                                \
    "\"digest\":\"sha256:"                                                               \
    "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb\""

static const char old[] =
    "{ \"x\" : [1, 2.5, null], \"schemaVersion\": 2, \"manifests\": ["
    "{\"mediaType\": \"a/a\", " A
    ", \"size\": 1, \"data\": \"YQ==\", \"z\": \"\\u00e4\"},"
    "{\"mediaType\": \"b/b\", " A ", \"size\": 1, \"annotations\": {\"k\": \"v\"}}],"
    "\"annotations\": {\"last\": \"one\"}}\n";

static void
changes_only_what_is_edited(void **state)
{
    static const struct {
        struct child_edit edits[2];
        const char *children;
    } cases[] = {
        {{{.drop = false}, {.drop = false}},
         "{\"mediaType\":\"a/a\"," A ",\"size\":1,\"data\":\"YQ==\",\"z\":\"\xc3\xa4\"},"
         "{\"mediaType\":\"b/b\"," A ",\"size\":1,\"annotations\":{\"k\":\"v\"}}"},
        {{{.drop = true}, {.drop = false}},
         "{\"mediaType\":\"b/b\"," A ",\"size\":1,\"annotations\":{\"k\":\"v\"}}"},
        {{{.drop = true}, {.drop = true}}, ""},
        {{{.replace = true, .size = 7}, {.drop = true}},
         "{\"mediaType\":\"a/a\"," B ",\"size\":7,\"z\":\"\xc3\xa4\"}"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CLEANUP(buf_release) struct buf out = BUF_INIT(4096);
        CLEANUP(buf_release) struct buf want = BUF_INIT(4096);
        struct child_edit edits[2] = {cases[i].edits[0], cases[i].edits[1]};
        struct err err = ERR_INIT;

        edits[0].digest = edits[1].digest = digest_of(0xbb);
        assert_int_equal(index_edit(old, strlen(old), edits, 2, &out, &err), 0);
        assert_int_equal(
            buf_addf(&want,
                     "{\"x\":[1,2.5,null],\"schemaVersion\":2,"
                     "\"manifests\":[%s],\"annotations\":{\"last\":\"one\"}}",
                     cases[i].children),
            0);
        assert_string_equal(out.data, want.data);
    }
}

static void
refuses_another_index(void **state)
{
    CLEANUP(buf_release) struct buf out = BUF_INIT(4096), small = BUF_INIT(10);
    struct child_edit edits[3] = {{.drop = false}};
    struct err err = ERR_INIT;

    (void)state;
    assert_int_equal(index_edit(old, strlen(old), edits, 3, &out, &err), -1);
    assert_int_equal(err.kind, ERR_INTERNAL);
    assert_int_equal(index_edit("{}", 2, edits, 0, &out, &err), -1);
    assert_int_equal(err.kind, ERR_INTERNAL);
    assert_int_equal(index_edit(old, strlen(old), edits, 2, &small, &err), -1);
    assert_int_equal(err.kind, ERR_LIMIT);
}

/* ---- lists of referrers ---- */

static const char typed[] = "{\"schemaVersion\":2,\"artifactType\":\"x/type\","
                            "\"config\":{\"mediaType\":\"x/config\"},"
                            "\"annotations\":{\"k\":\"v\"}}";
static const char untyped[] = "{\"config\":{\"mediaType\":\"x/config\"}}";
static const char bare[] = "{\"manifests\":[]}";

static struct attachment
attachment(const char *text, unsigned char byte)
{
    return (struct attachment){text, strlen(text), "t/t", digest_of(byte)};
}

static void
starts_and_extends_lists(void **state)
{
    const struct attachment items[] = {attachment(typed, 0xaa), attachment(untyped, 0xbb),
                                       attachment(bare, 0xcc)};
    CLEANUP(buf_release) struct buf one = BUF_INIT(4096), two = BUF_INIT(4096);
    CLEANUP(buf_release) struct buf three = BUF_INIT(4096);
    struct err err = ERR_INIT;
    size_t added;

    (void)state;
    assert_int_equal(index_attach(NULL, 0, items, 2, &one, &added, &err), 0);
    assert_int_equal(added, 2);
    assert_string_equal(one.data,
                        "{\"schemaVersion\":2,\"mediaType\":"
                        "\"application/vnd.oci.image.index.v1+json\",\"manifests\":["
                        "{\"mediaType\":\"t/t\"," A ",\"size\":101,"
                        "\"annotations\":{\"k\":\"v\"},\"artifactType\":\"x/type\"},"
                        "{\"mediaType\":\"t/t\"," B ",\"size\":35,"
                        "\"artifactType\":\"x/config\"}]}");
    assert_int_equal(index_attach(one.data, one.len, items, 2, &two, &added, &err), 0);
    assert_int_equal(added, 0);
    assert_int_equal(index_attach(old, strlen(old), items, 3, &three, &added, &err), 0);
    assert_int_equal(added, 2); /* the first is there, whatever it is called */
    assert_non_null(strstr(three.data, "\"z\":\"\xc3\xa4\""));
    assert_non_null(strstr(three.data, "\"size\":16}]"));
    assert_non_null(strstr(three.data, "\"annotations\":{\"last\":\"one\"}}"));
}

static void
refuses_what_is_not_a_list(void **state)
{
    static const char *const lists[] = {"{\"manifests\":7}", "[]", "x",
                                        "{\"manifests\":["};
    const struct attachment good = attachment(typed, 0xaa), bad = attachment("{", 0xbb);

    (void)state;
    for (size_t i = 0; i < COUNT_OF(lists); i++) {
        CLEANUP(buf_release) struct buf out = BUF_INIT(4096);
        struct err err = ERR_INIT;
        size_t added;

        assert_int_equal(
            index_attach(lists[i], strlen(lists[i]), &good, 1, &out, &added, &err), -1);
        assert_int_equal(err.kind, ERR_PROTOCOL);
    }
    {
        CLEANUP(buf_release) struct buf out = BUF_INIT(4096);
        struct err err = ERR_INIT;
        size_t added;

        assert_int_equal(index_attach(NULL, 0, &bad, 1, &out, &added, &err), -1);
        assert_int_equal(err.kind, ERR_PROTOCOL);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(changes_only_what_is_edited),
        cmocka_unit_test(refuses_another_index),
        cmocka_unit_test(starts_and_extends_lists),
        cmocka_unit_test(refuses_what_is_not_a_list),
    };

    return cmocka_run_group_tests_name("index_edit", tests, NULL, NULL);
}
