/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "tests/unit/unit.h"

#include "archive/docker_manifest.h"
#include "base/buf.h"

static int
parse(struct docker_manifest *out, const char *text, struct err *err)
{
    return docker_manifest_parse(out, text, strlen(text), err);
}

static void
reads_images_in_order(void **state)
{
    static const char text[] =
        "[{\"Config\":\"c.json\",\"RepoTags\":[\"a:1\",\"b:2\"],\"Layers\":[\"l/"
        "layer.tar\"],"
        "\"Parent\":\"x\"},{\"Config\":\"d.json\",\"RepoTags\":null},"
        "{\"Config\":\"\",\"Layers\":null}]";
    struct docker_manifest m = DOCKER_MANIFEST_INIT;
    struct err err = ERR_INIT;

    (void)state;
    assert_int_equal(parse(&m, text, &err), 0);
    assert_int_equal(m.count, 3);
    assert_string_equal(m.images[0].config, "c.json");
    assert_int_equal(m.images[0].tag_count, 2);
    assert_string_equal(m.images[0].tags[1], "b:2");
    assert_int_equal(m.images[0].layer_count, 1);
    assert_string_equal(m.images[0].layers[0], "l/layer.tar");
    assert_string_equal(m.images[1].config, "d.json");
    assert_int_equal(m.images[1].tag_count + m.images[1].layer_count, 0);
    docker_manifest_release(&m);
    assert_int_equal(parse(&m, "[]", &err), 0);
    assert_int_equal(m.count, 0);
    docker_manifest_release(&m);
}

static void
rejects_all_others(void **state)
{
    static const struct {
        const char *text, *message;
    } table[] = {
        {"{}", "JSON is not an array"},
        {"[1]", "image 1: it is not an object"},
        {"[{}]", "image 1: it has no string \"Config\""},
        {"[{\"Config\":\"c\"},{\"Config\":1}]", "image 2: it has no string \"Config\""},
        {"[{\"Config\":\"c\",\"Layers\":{}}]", "image 1: \"Layers\" is not an array"},
        {"[{\"Config\":\"c\",\"Layers\":[1]}]",
         "image 1: an element of \"Layers\" is not a string"},
        {"[{\"Config\":\"c\",\"RepoTags\":[null]}]",
         "image 1: an element of \"RepoTags\" is not a string"},
        {"[{\"Config\":\"c\",\"layers\":[]}]",
         "image 1: a key differs from a known one only by case"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        struct docker_manifest m = DOCKER_MANIFEST_INIT;
        struct err err = ERR_INIT;

        assert_int_equal(parse(&m, table[i].text, &err), -1);
        assert_string_equal(err.msg, table[i].message);
        assert_int_equal(err.kind, ERR_INTEGRITY);
        assert_null(m.images);
    }
}

/* Images that each have 1000 elements in one of their lists. */
static void
assert_bounded(const char *list, size_t images, const char *message)
{
    CLEANUP(buf_release) struct buf text = BUF_INIT(DOCKER_MANIFEST_BYTES_MAX);
    struct docker_manifest m = DOCKER_MANIFEST_INIT;
    struct err err = ERR_INIT;

    for (size_t i = 0; i < images; i++) {
        assert_int_equal(
            buf_addf(&text, "%s{\"Config\":\"\",\"%s\":[\"\"", i ? "," : "[", list), 0);
        for (int k = 1; k < 1000; k++)
            assert_int_equal(buf_add_text(&text, ",\"\""), 0);
        assert_int_equal(buf_add_text(&text, "]}"), 0);
    }
    assert_int_equal(buf_add_text(&text, "]"), 0);
    assert_int_equal(docker_manifest_parse(&m, text.data, text.len, &err),
                     message ? -1 : 0);
    if (message) {
        assert_string_equal(err.msg, message);
        assert_int_equal(err.kind, ERR_LIMIT);
    }
    docker_manifest_release(&m);
}

static void
bounds_what_it_reads(void **state)
{
    (void)state;
    assert_bounded("RepoTags", 10, NULL);
    assert_bounded("RepoTags", 11, "more than 10000 tags");
    assert_bounded("Layers", 200, NULL);
    assert_bounded("Layers", 201, "more than 200000 layers");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_images_in_order),
        cmocka_unit_test(rejects_all_others),
        cmocka_unit_test(bounds_what_it_reads),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
