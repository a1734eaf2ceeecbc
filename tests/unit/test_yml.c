/* SPDX-License-Identifier: Apache-2.0 */
/* YAML and JSON as trees, and the bounds before anything is built. */
#include "config.h"
#include "tests/unit/unit.h"

#include "base/buf.h"
#include "base/mem.h"
#include "io/yaml/yml.h"

/* Append a node as "text", [items] or {key: value}. */
static void
write_node(struct buf *out, const struct yml *node)
{
    bool is_list = node->kind == YML_LIST;

    if (node->kind == YML_TEXT) {
        assert_int_equal(buf_addf(out, node->is_plain ? "%s" : "'%s'", node->of.text), 0);
        return;
    }
    assert_int_equal(buf_add_text(out, is_list ? "[" : "{"), 0);
    for (size_t i = 0; i < node->count; i++) {
        assert_int_equal(buf_add_text(out, i > 0 ? "," : ""), 0);
        if (!is_list) {
            write_node(out, node->of.pairs[i].key);
            assert_int_equal(buf_add_text(out, ":"), 0);
        }
        write_node(out, is_list ? node->of.items[i] : node->of.pairs[i].value);
    }
    assert_int_equal(buf_add_text(out, is_list ? "]" : "}"), 0);
}

/* All documents with ' ' after each, then the kind of error if any. */
static void
assert_reads(const char *text, size_t len, const char *expected, const char *message)
{
    CLEANUP(yml_release) struct yml_stream *s = yml_open(text, len);
    CLEANUP(buf_release) struct buf out = BUF_INIT(1000);
    const struct yml *root;
    struct err err = ERR_INIT;
    int rc;

    while ((rc = yml_next(s, &root, &err)) == 1) {
        write_node(&out, root);
        assert_int_equal(buf_add_text(&out, " "), 0);
    }
    assert_string_equal(out.data ? out.data : "", expected);
    assert_int_equal(rc, message[0] == '\0' ? 0 : -1);
    if (!strstr(err.msg, message))
        fail_msg("%s: not '%s'", err.msg, message);
    if (rc < 0)
        assert_int_equal(yml_next(s, &root, &err), 0);
}

static void
reads_documents_as_written(void **state)
{
    static const struct {
        const char *text, *expected, *message;
    } cases[] = {
        {"", "", ""},
        {"# nothing\n", "", ""},
        {"a: 1.10\nb: on\nc: 0123\n", "{a:1.10,b:on,c:0123} ", ""},
        {"- a\n- 'b'\n- \"c\"\n", "[a,'b','c'] ", ""},
        {"{\"a\":[\"b\",1,null]}", "{'a':['b',1,null]} ", ""},
        {"{\"a\":\"\\/\"}", "{'a':'/'} ", ""},
        {"{\"a\":\"\\ud83d\\uDE00 \\\\ud83d\"}",
         "{'a':'\xef\xbf\xbd\xef\xbf\xbd \\ud83d'} ", ""},
        {"{\"a\":1}{\"b\":2}\n[3]", "{'a':1} {'b':2} [3] ", ""},
        {"{\"a\":\"\xc3\xa4\"}\n\n{\"b\":2}\n---\n{\"c\":3}\n",
         "{'a':'\xc3\xa4'} {'b':2} {'c':3} ", ""},
        {"{\"a\":1} b", "{'a':1} ", "invalid YAML: "},
        {"a\n---\nb\n...\n---\nc\n", "a b c ", ""},
        {"---\n---\na: b\n", " {a:b} ", ""},
        {"a: 1\na: 2\n", "{a:1,a:2} ", ""},
        {"a: &x [1]\nb: *x\n", "{a:[1],b:[1]} ", ""},
        {"a: &x 1\nb: &x 2\nc: *x\n", "{a:1,b:2,c:2} ", ""},
        {"image: {{ .Values.image }}\n", "{image:{{.Values.image:}:}} ", ""},
        {"[quay.io/a/b:1.0]", "[quay.io/a/b:1.0] ", ""},
        {"\xef\xbb\xbf"
         "a: b\r\n",
         "{a:b} ", ""},
        {"a\n---\nb: c: d\n", "a ", "invalid YAML: mapping values"},
        {"a: *x\n", "", "'*x' has no anchor"},
        {"&a [*a]", "", "'*a' refers to a value that contains it"},
        {"a: &a\n  b:\n    - *a\n", "", "refers to a value that contains it"},
        {"a: \x01\n", "", "invalid YAML: control characters"},
        {"a: \xff\n", "", "invalid YAML: "},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        print_message("# %s\n", cases[i].text);
        assert_reads(cases[i].text, strlen(cases[i].text), cases[i].expected,
                     cases[i].message);
    }
}

/* before, then count times a piece, then after. */
static void
assert_limit(const char *before, size_t count, const char *piece, const char *after,
             const char *message)
{
    CLEANUP(buf_release) struct buf text = BUF_INIT(YML_BYTES_MAX + 100);
    CLEANUP(yml_release) struct yml_stream *s = NULL;
    const struct yml *root;
    struct err err = ERR_INIT;
    int rc;

    assert_int_equal(buf_add_text(&text, before), 0);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(buf_add_text(&text, piece), 0);
    assert_int_equal(buf_add_text(&text, after), 0);
    s = yml_open(text.data, text.len);
    do
        rc = yml_next(s, &root, &err);
    while (rc == 1);
    print_message("# %s: %s\n", message, err.msg);
    assert_int_equal(rc, message[0] == '\0' ? 0 : -1);
    if (rc < 0) {
        assert_int_equal(err.kind, ERR_LIMIT);
        assert_non_null(strstr(err.msg, message));
    }
}

static void
stops_at_its_limits(void **state)
{
    static const char kib[] = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
                              "aaaaaaaa";

    (void)state;
    assert_limit("", YML_DEPTH_MAX - 1, "- ", "a", "");
    assert_limit("", YML_DEPTH_MAX, "- ", "a", "128 levels of nesting");
    assert_limit("", 200000, "[", "", "128 levels of nesting");
    assert_limit("", 200000, "{", "", "128 levels of nesting");
    assert_limit("", 200000, "- ", "", "128 levels of nesting");
    assert_limit("", YML_DOCUMENTS_MAX, "---\n", "", "");
    assert_limit("", YML_DOCUMENTS_MAX + 1, "---\n", "", "100000 documents");
    assert_limit("[", YML_NODES_MAX - 1, "1,", "]", "");
    assert_limit("[", YML_NODES_MAX, "1,", "]", "1000000 values in a document");
    assert_limit("a: ", YML_SCALAR_MAX / 64, kib, "", "");
    assert_limit("a: ", YML_SCALAR_MAX / 64, kib, "b", "1048576 bytes in one value");
    assert_limit("[&a x,", YML_ALIASES_MAX, "*a,", "]", "");
    assert_limit("[&a x,", YML_ALIASES_MAX + 1, "*a,", "]", "10000 aliases");
    assert_limit("[", YML_ALIASES_MAX + 1, "&a x,", "]", "10000 anchors");
    assert_limit("", YML_TAGS_MAX + 1, "\n%TAG !a! x", "\n--- a", "100 %TAG directives");
    assert_limit("#", YML_BYTES_MAX, "#", "", "33554432 bytes");
}

/* Nine aliases of the level below, twelve times. */
static void
expands_no_bomb(void **state)
{
    CLEANUP(buf_release) struct buf text = BUF_INIT(10000);

    (void)state;
    assert_int_equal(buf_add_text(&text, "a0: &a0 [x,x,x,x,x,x,x,x,x]\n"), 0);
    for (int i = 1; i < 12; i++) {
        assert_int_equal(buf_addf(&text, "a%d: &a%d [", i, i), 0);
        for (int k = 0; k < 9; k++)
            assert_int_equal(buf_addf(&text, "*a%d,", i - 1), 0);
        assert_int_equal(buf_add_text(&text, "]\n"), 0);
    }
    assert_limit(text.data, 0, "", "", "1000000 values in a document");
    buf_clear(&text);
    assert_int_equal(buf_add_text(&text, "- &a '"), 0);
    for (int i = 0; i < 8000; i++)
        assert_int_equal(buf_add_text(&text, "x"), 0);
    assert_int_equal(buf_add_text(&text, "'\n"), 0);
    assert_limit(text.data, 9000, "- *a\n", "", "bytes of text in a document");
    assert_limit("- &a ", 1,
                 "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[",
                 "]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]\n"
                 "- [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[*a"
                 "]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]\n",
                 "128 levels of nesting");
}

/* ---- merges ---- */

static int
append_key(void *ctx, const struct yml *key, const struct yml *value)
{
    struct buf *out = ctx;

    return buf_addf(out, "%s=%s ", key->of.text, value->of.text);
}

static void
merges_maps(void **state)
{
    static const struct {
        const char *text, *pairs, *image;
    } cases[] = {
        {"x: {a: 1, image: b}", "a=1 image=b ", "b"},
        {"y: &y {a: 1, image: b}\nx: {<<: *y, a: 2}", "image=b a=2 ", "b"},
        {"y: &y {image: b}\nx: {<<: *y, image: c}", "image=c ", "c"},
        {"y: &y {image: b}\nz: &z {image: c, d: 1}\nx: {<<: [*y, *z]}",
         "image=b image=c d=1 ", "b"},
        {"y: &y {image: b}\nz: &z {<<: *y}\nx: {<<: *z}", "image=b ", "b"},
        {"x: {\"<<\": 1, a: 2}", "<<=1 a=2 ", NULL},
        {"x: {<<: text, a: 2}", "a=2 ", NULL},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CLEANUP(yml_release)
        struct yml_stream *s = yml_open(cases[i].text, strlen(cases[i].text));
        CLEANUP(buf_release) struct buf out = BUF_INIT(1000);
        const struct yml *root;
        struct err err = ERR_INIT;
        const char *image;

        print_message("# %s\n", cases[i].text);
        assert_int_equal(yml_next(s, &root, &err), 1);
        assert_int_equal(yml_each(yml_get(root, "x"), append_key, &out), 0);
        assert_string_equal(out.data, cases[i].pairs);
        image = yml_get_text(yml_get(root, "x"), "image");
        assert_true(image ? cases[i].image && strcmp(image, cases[i].image) == 0
                          : !cases[i].image);
    }
}

static void
bounds_merged_keys(void **state)
{
    CLEANUP(buf_release) struct buf text = BUF_INIT(100000);

    (void)state;
    assert_int_equal(buf_add_text(&text, "y: &y {"), 0);
    for (int i = 0; i < YML_MERGED_MAX; i++)
        assert_int_equal(buf_addf(&text, "k%d: 1,", i), 0);
    assert_int_equal(buf_add_text(&text, "}\n"), 0);
    assert_limit(text.data, 0, "", "x: {<<: *y}\n", "1000 keys in a mapping with '<<'");
}

/* Also where a JSON text follows another one. */
static void
knows_lines_of_all_texts(void **state)
{
    static const char text[] = "{\"a\":\n\"\xc3\xa4\"}\n\n{\"b\":\n1}\n{\"c\":[}";
    CLEANUP(yml_release) struct yml_stream *s = yml_open(text, strlen(text));
    const struct yml *root;
    struct err err = ERR_INIT;

    (void)state;
    assert_int_equal(yml_next(s, &root, &err), 1);
    assert_int_equal(yml_get(root, "a")->line, 2);
    assert_int_equal(yml_next(s, &root, &err), 1);
    assert_int_equal(yml_get(root, "b")->line, 5);
    assert_int_equal(yml_next(s, &root, &err), -1);
    assert_int_equal(yml_error_line(s), 6);
}

static void
knows_null(void **state)
{
    static const char text[] = "[~, null, NULL, '', 'null', nulls, [], '~']";
    static const bool expected[] = {true, true, true, false, false, false, false, false};
    CLEANUP(yml_release) struct yml_stream *s = yml_open(text, strlen(text));
    const struct yml *root;
    struct err err = ERR_INIT;

    (void)state;
    assert_int_equal(yml_next(s, &root, &err), 1);
    assert_int_equal(root->count, COUNT_OF(expected));
    for (size_t i = 0; i < root->count; i++)
        assert_int_equal(yml_is_null(root->of.items[i]), expected[i]);
}

static void
knows_lines_and_columns(void **state)
{
    static const char text[] = "a: b\nc:\n  - d: e\n";
    CLEANUP(yml_release) struct yml_stream *s = yml_open(text, strlen(text));
    const struct yml *root, *e;
    struct err err = ERR_INIT;

    (void)state;
    assert_int_equal(yml_next(s, &root, &err), 1);
    e = yml_get(yml_get(root, "c")->of.items[0], "d");
    assert_int_equal(e->line, 3);
    assert_int_equal(e->column, 8);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_documents_as_written),
        cmocka_unit_test(stops_at_its_limits),
        cmocka_unit_test(expands_no_bomb),
        cmocka_unit_test(merges_maps),
        cmocka_unit_test(bounds_merged_keys),
        cmocka_unit_test(knows_lines_of_all_texts),
        cmocka_unit_test(knows_null),
        cmocka_unit_test(knows_lines_and_columns),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
