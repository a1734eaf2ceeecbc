/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "tests/unit/unit.h"

#include "base/buf.h"
#include "registry/config/toml.h"

/* The parsed items in order: "[t]", "[[e]]", "key=text;". */
static int
note_table(void *ctx, const char *name, bool is_element, unsigned line, struct err *err)
{
    struct buf *out = ctx;

    if (strcmp(name, "forbidden") == 0)
        return err_set(err, ERR_USAGE, "is forbidden");
    assert_int_equal(buf_addf(out, is_element ? "%u[[%s]]" : "%u[%s]", line, name), 0);
    return 0;
}

static int
note_value(void *ctx, const char *key, const struct toml_value *v, struct err *err)
{
    struct buf *out = ctx;

    if (strcmp(key, "forbidden") == 0)
        return err_set(err, ERR_USAGE, "is forbidden");
    assert_int_equal(buf_addf(out, "%s=", key), 0);
    if (v->kind == TOML_STRING)
        assert_int_equal(buf_addf(out, "<%s>", v->text), 0);
    if (v->kind == TOML_BOOL)
        assert_int_equal(buf_add_text(out, v->flag ? "true" : "false"), 0);
    for (size_t i = 0; v->kind == TOML_ARRAY && i < v->count; i++)
        assert_int_equal(buf_addf(out, "<%s>", v->items[i]), 0);
    assert_int_equal(buf_add_text(out, ";"), 0);
    return 0;
}

static int
read_text(const char *text, size_t len, struct buf *out, struct err *err)
{
    struct toml_reader reader = {.table = note_table, .value = note_value, .ctx = out};

    return toml_read("f", text, len, &reader, err);
}

static void
reads_documents(void **state)
{
    static const struct {
        const char *text, *read;
    } table[] = {
        {"", ""},
        {"\n\n  # nothing\n\t\r\n", ""},
        {"# no end of line", ""},
        {"a = \"x\"", "a=<x>;"},
        {"a=true\nb = false # no\r\n", "a=true;b=false;"},
        {"a_B-9 = 'x\\y'", "a_B-9=<x\\y>;"},
        {"\"a b\" = ''\n'c.d' = \"\"", "a b=<>;c.d=<>;"},
        {"a = \"\\\"\\\\\\t#\"  # \"", "a=<\"\\\t#>;"},
        {"a = \"\xc3\xa9\"", "a=<\xc3\xa9>;"},
        {"a = []\nb=[ ]", "a=;b=;"},
        {"a = [\"x\"]", "a=<x>;"},
        {"a = [ 'x' ,\"y\", ]", "a=<x><y>;"},
        {"a = [ # one\n  'x', # two\r\n\n  'y'\n  # three\n]\nb=true",
         "a=<x><y>;b=true;"},
        {"[t]\na=true\n[u]\na=true", "1[t]a=true;3[u]a=true;"},
        {"\n[[e]]\na=true\n\n  [[e]] # again\na=true", "2[[e]]a=true;5[[e]]a=true;"},
        {"[[e]]\n[[ e . f ]]\n[e.g]", "1[[e]]2[[e.f]]3[e.g]"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        CLEANUP(buf_release) struct buf out = BUF_INIT(4096);
        struct err err = ERR_INIT;
        int rc = read_text(table[i].text, strlen(table[i].text), &out, &err);

        print_message("# %zu: %s\n", i, err.msg);
        assert_int_equal(rc, 0);
        assert_string_equal(out.data ? out.data : "", table[i].read);
    }
}

static void
refuses_all_others(void **state)
{
    static const struct {
        const char *text;
        unsigned line;
    } table[] = {
        {"a", 1},
        {"a =", 1},
        {"a = \n'x'", 1},
        {"= 'x'", 1},
        {"\n\na = 1", 3},
        {"a = 1.5", 1},
        {"a = truest", 1},
        {"a = True", 1},
        {"a = 2020-01-01", 1},
        {"a = {}", 1},
        {"a = 'x' b = 'y'", 1},
        {"a = 'x", 1},
        {"a = \"x\nb\"", 1},
        {"a = \"x\\", 1},
        {"a = \"\\x41\"", 1},
        {"a = \"\\u0041\"", 1},
        {"a = \"\"\"x\"\"\"", 1},
        {"a = '''x'''", 1},
        {"a.b = 'x'", 1},
        {"a = 'x'\na = 'x'", 2},
        {"[t]\na = 'x'\n'a' = 'x'", 3},
        {"\xc3\xa9 = 'x'", 1},
        {"a = [1]", 1},
        {"a = [true]", 1},
        {"a = [['x']]", 1},
        {"a = ['x' 'y']", 1},
        {"a = [,]", 1},
        {"a = ['x',,]", 1},
        {"\na = [\n'x',\n", 4},
        {"a = ['x'", 1},
        {"[", 1},
        {"[]", 1},
        {"[t", 1},
        {"[[t]", 1},
        {"[t.]", 1},
        {"[.t]", 1},
        {"['t']", 1},
        {"[t] x", 1},
        {"[ [t]]", 1},
        {"\n[t]\n[t]", 3},
        {"a='x'\rb='x'", 1},
        {"\n# bell \a", 2},
        {"\n\na = 'x\x7f'", 3},
        {"[t]\n[forbidden]", 2},
        {"\nforbidden = [\n'x'\n]\n", 2},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        CLEANUP(buf_release) struct buf out = BUF_INIT(4096);
        struct err err = ERR_INIT;
        char start[32];

        assert_int_equal(read_text(table[i].text, strlen(table[i].text), &out, &err), -1);
        assert_int_equal(err.kind, ERR_USAGE);
        snprintf(start, sizeof(start), "'f' line %u: ", table[i].line);
        print_message("# %zu: %s\n", i, err.msg);
        assert_int_equal(strncmp(err.msg, start, strlen(start)), 0);
    }
}

static void
refuses_a_zero_byte(void **state)
{
    static const char text[] = "a = 'x\0y'";
    CLEANUP(buf_release) struct buf out = BUF_INIT(4096);
    struct err err = ERR_INIT;

    (void)state;
    assert_int_equal(read_text(text, sizeof(text) - 1, &out, &err), -1);
    assert_int_equal(err.kind, ERR_USAGE);
}

enum what { LONG_STRING, LONG_ARRAY, MANY_KEYS, MANY_TABLES, ONLY_LINES };

/* A document with so many of something. */
static void
make_document(struct buf *text, enum what what, size_t count)
{
    static const char *const before[] = {"a = '", "a = [", "", "", ""};
    static const char *const after[] = {"'", "]", "", "", ""};
    static const char *const each[] = {"x", "'',", "=true\n", "]\n", "\n"};

    buf_clear(text);
    assert_int_equal(buf_add_text(text, before[what]), 0);
    for (size_t i = 0; i < count; i++) {
        if (what == MANY_KEYS || what == MANY_TABLES)
            assert_int_equal(buf_addf(text, "%s%zu", what == MANY_TABLES ? "[t" : "k", i),
                             0);
        assert_int_equal(buf_add_text(text, each[what]), 0);
    }
    assert_int_equal(buf_add_text(text, after[what]), 0);
}

static void
limits_sizes(void **state)
{
    static const size_t most[] = {TOML_TEXT_MAX, TOML_KEYS_MAX, TOML_KEYS_MAX,
                                  TOML_KEYS_MAX, TOML_BYTES_MAX};
    struct buf text = BUF_INIT(2 * TOML_BYTES_MAX), out = BUF_INIT(TOML_BYTES_MAX);

    (void)state;
    for (enum what what = LONG_STRING; what <= ONLY_LINES; what++) {
        for (int beyond = 0; beyond < 2; beyond++) {
            struct err err = ERR_INIT;

            print_message("# %d %d\n", (int)what, beyond);
            buf_clear(&out);
            make_document(&text, what, most[what] + (size_t)beyond);
            assert_int_equal(read_text(text.data, text.len, &out, &err), -beyond);
            assert_int_equal(err.kind, beyond ? ERR_LIMIT : ERR_NONE);
        }
    }
    buf_release(&text);
    buf_release(&out);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_documents),
        cmocka_unit_test(refuses_all_others),
        cmocka_unit_test(refuses_a_zero_byte),
        cmocka_unit_test(limits_sizes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
