/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "tests/unit/unit.h"

#include "io/json/json.h"
#include "io/json/json_write.h"

#include <pthread.h>
#include <stdatomic.h>
#include <time.h>
#include <unistd.h>

static struct js *
parse(const char *text, struct err *err)
{
    return js_parse(text, strlen(text), ERR_PROTOCOL, err);
}

static void
reads_strict_documents(void **state)
{
    static const char *const table[] = {
        "{}",
        " \t\r\n{ } \n",
        "{\"a\":1,\"A\":2}",
        "{\"\":null}",
        "{\"a\":\"\\u00e9\\ud83d\\ude00\\n\\/\"}",
        "{\"a\":\"caf\xc3\xa9\"}",
        "{\"a\":-1.5e3}",
        "{\"a\":-0}",
        "{\"a\":-0.0e0}",
        "{\"a\":1e-400}",
        "{\"a\":\"\x7f\"}",
        "{\"a\":\"\xef\xbf\xbf\"}", /* U+FFFF */
        "{\"a\":{\"a\":[{\"a\":1},{\"a\":1}]}}",
        "{\"a\":\"]}]}\\\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\"}",
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        struct err err = ERR_INIT;
        CLEANUP(js_release) struct js *root = parse(table[i], &err);

        if (!root)
            fail_msg("%s: %s", table[i], err.msg);
        assert_true(js_is_object(root));
    }
}

static void
refuses_all_others(void **state)
{
    static const struct {
        const char *text;
        size_t len; /* 0: up to the NUL */
    } table[] = {
        {"", 0},
        {" ", 0},
        {"[]", 0},
        {"null", 0},
        {"\"text\"", 0},
        {"1", 0},
        {"{", 0},
        {"}", 0},
        {"{}}", 0},
        {"{}{}", 0},
        {"{} x", 0},
        {"{}\0", 3},
        {"{\"a\":1}\0\0\0\0", 11},
        {"{} \n\0", 5},
        {"\0{}", 3},
        {"{\"a\":1\0}", 8}, /* the library takes these five for white space */
        {"{\"a\":-1.5\0}", 11},
        {"{\"a\":true\0}", 11},
        {"{\"a\":null\0,\"b\":2}", 17},
        {"{\"a\":[false\0]}", 14},
        {"{\"a\0\":1}", 8},
        {"{}\x1a", 0},
        {"{\"a\":\v1}", 0},
        {"{\"a\":1\f}", 0},
        {"{\"a\":\xc2\xa0"
         "1}",
         0},                   /* a no-break space */
        {"\xef\xbb\xbf{}", 0}, /* a byte order mark */
        {"\xff\xfe{\0}\0", 6},
        {"{\"a\":1,}", 0},
        {"{\"a\" 1}", 0},
        {"{a:1}", 0},
        {"{'a':1}", 0},
        {"{\"a\":1,\"a\":1}", 0},
        {"{\"b\":{\"a\":1,\"\\u0061\":2}}", 0},
        {"{\"b\":[[{\"c\":[{\"a\":1,\"x\":{},\"a\":1}]}]]}", 0},
        {"{\"a\":[1,]}", 0},
        {"{\"a\":01}", 0},
        {"{\"a\":-01}", 0},
        {"{\"a\":00}", 0},
        {"{\"a\":-}", 0},
        {"{\"a\":1.}", 0},
        {"{\"a\":1e}", 0},
        {"{\"a\":0x1}", 0},
        {"{\"a\":+1}", 0},
        {"{\"a\":.5}", 0},
        {"{\"a\":NaN}", 0},
        {"{\"a\":Infinity}", 0},
        {"{\"a\":1e400}", 0},
        {"{\"a\":-1e999}", 0},
        {"{\"a\":9223372036854775808}", 0},
        {"{\"a\":-9223372036854775809}", 0},
        {"{\"a\":True}", 0},
        {"{\"a\":\"\n\"}", 0},
        {"{\"a\":\"\\x41\"}", 0},
        {"{\"a\":\"\\u0000\"}", 0},
        {"{\"a\\u0000b\":1}", 0},
        {"{\"a\":\"\0\"}", 9},
        {"{\"a\":\"\\ud800\"}", 0},
        {"{\"a\":\"\\udc00\\ud800\"}", 0},
        {"{\"a\":\"\xff\"}", 0},
        {"{\"a\":\"\xc0\xaf\"}", 0},     /* "/" in two bytes */
        {"{\"a\":\"\xed\xa0\x80\"}", 0}, /* half a pair */
        {"{\"a\":\"\xc3\"}", 0},
        {"{\"a\":\"\xf4\x90\x80\x80\"}", 0}, /* beyond U+10FFFF */
        {"{\"a\":1 // note\n}", 0},
        {"{\"a\":1 /* note */}", 0},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        size_t len = table[i].len ? table[i].len : strlen(table[i].text);
        struct err err = ERR_INIT;
        struct js *root = js_parse(table[i].text, len, ERR_INTEGRITY, &err);

        js_close(root); /* the next document waits for it */
        if (root)
            fail_msg("line %zu of the table was accepted: %s", i, table[i].text);
        assert_int_equal(err.kind, ERR_INTEGRITY);
        assert_string_equal(err_reason_word(err.reason), "json");
    }
}

static void
valid_json_that_does_not_fit_is_read_as_something_else(void **state)
{
    static const struct {
        const char *text, *a; /* NULL: not a string */
    } table[] = {
        {"{\"a\":\"x\\u0000y\"}", "x\xef\xbf\xbdy"},
        {"{\"a\":\"\\ud800\"}", "\xef\xbf\xbd"},
        {"{\"a\":\"\\uDC00\\uD800z\"}", "\xef\xbf\xbd\xef\xbf\xbdz"},
        {"{\"a\":\"\\ud800\\ud800\\udc00\"}", "\xef\xbf\xbd\xf0\x90\x80\x80"},
        {"{\"a\":\"\\ud83d\\ude00\"}", "\xf0\x9f\x98\x80"},
        {"{\"a\":\"\\\\u0000\"}", "\\u0000"},
        {"{\"a\\u0000\":1,\"a\":\"x\"}", "x"},
        {"{\"a\":1e400}", NULL},
        {"{\"a\":-1.5E+999}", NULL},
        {"{\"a\":9223372036854775808}", NULL},
        {"{\"a\":-123456789012345678901234567890}", NULL},
        {"{\"b\":[18446744073709551616,1e999],\"a\":\"99999999999999999999\"}",
         "99999999999999999999"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        struct err err = ERR_INIT;
        CLEANUP(js_release)
        struct js *root =
            js_parse_foreign(table[i].text, strlen(table[i].text), ERR_PROTOCOL, &err);
        const char *text = NULL;
        uint64_t number;

        if (!root)
            fail_msg("%s: %s", table[i].text, err.msg);
        assert_int_equal(js_string(root, "a", &text), table[i].a ? 1 : -1);
        assert_int_equal(js_u64(root, "a", &number), -1);
        if (table[i].a)
            assert_string_equal(text, table[i].a);
    }
}

static void
integers_that_fit_stay(void **state)
{
    static const char text[] = "{\"a\":9223372036854775807,\"b\":\"\\u0000\"}";
    struct err err = ERR_INIT;
    CLEANUP(js_release)
    struct js *root = js_parse_foreign(text, strlen(text), ERR_PROTOCOL, &err);
    uint64_t number = 0;

    (void)state;
    assert_non_null(root);
    assert_int_equal(js_u64(root, "a", &number), 1);
    assert_true(number == INT64_MAX);
}

static void
reads_arrays_where_one_is_expected(void **state)
{
    struct err err = ERR_INIT;
    CLEANUP(js_release)
    struct js *root = js_parse_foreign_array("[{},2]", 6, ERR_PROTOCOL, &err);

    (void)state;
    assert_non_null(root);
    assert_int_equal(js_length(root), 2);
    js_release(&root); /* a thread has one document open at a time */
    assert_null(js_parse_foreign_array("{}", 2, ERR_PROTOCOL, &err));
    assert_string_equal(err.msg, "JSON is not an array");
    assert_null(js_parse_foreign("[]", 2, ERR_PROTOCOL, &err));
    assert_string_equal(err.msg, "JSON is not an object");
}

static void
what_is_malformed_stays_malformed(void **state)
{
    static const char *const table[] = {
        "{\"a\":01e999}",
        "{\"a\":1.e999}",
        "{\"a\":1e+}",
        "{\"a\":\"\\u000\"}",
        "{\"a\":\"\\u00g0\"}",
        "{\"a\":\"\\ud800",
        "{\"a\":\"\\u0000\",}",
        "{\"a\":+1e999}",
        "{\"a\":--99999999999999999999}",
        "{\"a\\u0000\":1,\"a\\ufffd\":2}",
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        struct err err = ERR_INIT;
        struct js *root =
            js_parse_foreign(table[i], strlen(table[i]), ERR_PROTOCOL, &err);

        js_close(root);
        if (root)
            fail_msg("accepted: %s", table[i]);
    }
}

static void
what_does_not_fit_is_refused_in_our_words(void **state)
{
    static const char *const table[] = {"{\"a\":\"\\u0000\"}", "{\"a\":\"\\ud800\"}",
                                        "{\"a\":1e999}", "{\"a\":9223372036854775808}"};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        struct err err = ERR_INIT;

        assert_null(parse(table[i], &err));
        assert_non_null(strstr(err.msg, "a lone surrogate or a number out of range"));
    }
}

/* The message quotes the document, so it must be harmless on a terminal. */
static void
messages_have_no_control_characters(void **state)
{
    struct err err = ERR_INIT;

    (void)state;
    assert_null(parse("{\"a\":\x1b[31m}", &err));
    assert_null(strchr(err.msg, '\x1b'));
    assert_null(parse("{\"a\":\"\xc2\x9b"
                      "31m\" x}",
                      &err));
    assert_null(strchr(err.msg, '\xc2'));
}

static void
nest(char *text, size_t depth)
{
    size_t at = (size_t)sprintf(text, "{\"a\":");

    memset(text + at, '[', depth - 1);
    memset(text + at + depth - 1, ']', depth - 1);
    memcpy(text + at + 2 * (depth - 1), "}", 2);
}

static void
limits_depth(void **state)
{
    char text[300];
    struct err err = ERR_INIT;
    struct js *root;

    (void)state;
    nest(text, 32);
    root = parse(text, &err);
    assert_non_null(root);
    js_close(root);
    nest(text, 33);
    assert_null(parse(text, &err));
    assert_non_null(strstr(err.msg, "32 levels"));
}

static void
refuses_a_depth_bomb(void **state)
{
    enum { LEVELS = 4000000 };
    char *text = malloc(LEVELS);
    struct err err = ERR_INIT;

    (void)state;
    assert_non_null(text);
    memset(text, '[', LEVELS);
    assert_null(js_parse(text, LEVELS, ERR_PROTOCOL, &err));
    assert_non_null(strstr(err.msg, "32 levels"));
    free(text);
}

/* 8 MiB of empty objects, each of which costs more than a hundred bytes in memory. */
static void
refuses_a_memory_bomb(void **state)
{
    enum { BYTES = 8 << 20 };
    char *text = malloc(BYTES + 16);
    struct err err = ERR_INIT;
    size_t at;
    struct js *root;

    (void)state;
    assert_non_null(text);
    at = (size_t)sprintf(text, "{\"a\":[");
    while (at < BYTES) {
        memcpy(text + at, "{},", 3);
        at += 3;
    }
    memcpy(text + at - 1, "]}", 2);
    assert_null(js_parse(text, at + 1, ERR_PROTOCOL, &err));
    assert_int_equal(err.kind, ERR_PROTOCOL);
    assert_non_null(strstr(err.msg, "64 MiB"));
    free(text);

    root = parse("{}", &err); /* and the next document is read as ever */
    assert_non_null(root);
    js_close(root);
}

/* The same text as one string costs little: the limit is on memory, not on length. */
static void
accepts_a_long_string(void **state)
{
    enum { BYTES = 8 << 20 };
    char *text = malloc(BYTES + 16);
    struct err err = ERR_INIT;
    const char *value;
    struct js *root;

    (void)state;
    assert_non_null(text);
    memcpy(text, "{\"a\":\"", 6);
    memset(text + 6, 'x', BYTES);
    memcpy(text + 6 + BYTES, "\"}", 2);
    root = js_parse(text, BYTES + 8, ERR_PROTOCOL, &err);
    free(text);
    assert_non_null(root);
    assert_int_equal(js_string(root, "a", &value), 1);
    assert_int_equal(strlen(value), BYTES);
    js_close(root);
}

static const char ALL[] =
    "{\"string\":\"text\",\"empty\":\"\",\"zero\":0,\"max\":9223372036854775807,"
    "\"negative\":-1,\"minus_zero\":-0,\"real\":1.0,\"exponent\":1e3,\"true\":true,"
    "\"false\":false,"
    "\"null\":null,\"object\":{\"x\":1},\"array\":[1,\"two\",{\"three\":3}]}";

static void
returns_members_of_the_requested_type(void **state)
{
    struct err err = ERR_INIT;
    CLEANUP(js_release) struct js *root = parse(ALL, &err);
    const struct js *child = NULL;
    const char *text = NULL;
    uint64_t number = 99;
    bool flag = false;

    (void)state;
    assert_int_equal(js_string(root, "string", &text), 1);
    assert_string_equal(text, "text");
    assert_int_equal(js_string(root, "empty", &text), 1);
    assert_string_equal(text, "");
    assert_int_equal(js_u64(root, "zero", &number), 1);
    assert_int_equal(number, 0);
    assert_int_equal(js_u64(root, "max", &number), 1);
    assert_true(number == INT64_MAX);
    assert_int_equal(js_u64(root, "minus_zero", &number), 1);
    assert_int_equal(number, 0);
    assert_int_equal(js_bool(root, "true", &flag), 1);
    assert_true(flag);
    assert_int_equal(js_bool(root, "false", &flag), 1);
    assert_false(flag);
    assert_int_equal(js_object(root, "object", &child), 1);
    assert_int_equal(js_u64(child, "x", &number), 1);
    assert_int_equal(number, 1);
    assert_int_equal(js_array(root, "array", &child), 1);
    assert_int_equal(js_length(child), 3);
}

static void
distinguishes_other_types_from_absent_members(void **state)
{
    static const char *const keys[] = {"string", "zero", "negative", "real",  "exponent",
                                       "true",   "null", "object",   "array", "nothing"};
    struct err err = ERR_INIT;
    CLEANUP(js_release) struct js *root = parse(ALL, &err);
    const struct js *child = root;
    const char *text = "untouched";
    uint64_t number = 99;
    bool flag = true;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(keys); i++) {
        const char *k = keys[i];
        int other = strcmp(k, "nothing") == 0 ? 0 : -1;

        assert_int_equal(js_has(root, k), other != 0);
        if (strcmp(k, "string") != 0)
            assert_int_equal(js_string(root, k, &text), other);
        if (strcmp(k, "zero") != 0)
            assert_int_equal(js_u64(root, k, &number), other);
        if (strcmp(k, "true") != 0)
            assert_int_equal(js_bool(root, k, &flag), other);
        if (strcmp(k, "object") != 0)
            assert_int_equal(js_object(root, k, &child), other);
        if (strcmp(k, "array") != 0)
            assert_int_equal(js_array(root, k, &child), other);
    }
    assert_string_equal(text, "untouched");
    assert_int_equal(number, 99);
    assert_true(flag);
    assert_ptr_equal(child, root);
}

static void
finds_no_members_outside_objects(void **state)
{
    struct err err = ERR_INIT;
    CLEANUP(js_release) struct js *root = parse(ALL, &err);
    const struct js *array = NULL, *child;
    uint64_t number;
    const char *text;

    (void)state;
    assert_int_equal(js_array(root, "array", &array), 1);
    assert_int_equal(js_u64(array, "x", &number), -1);
    assert_int_equal(js_object(array, "x", &child), -1);
    assert_false(js_has(array, "x"));
    assert_int_equal(js_string(js_at(array, 99), "x", &text), -1);
    assert_null(js_at(array, 3));
    assert_int_equal(js_length(root), 0);
}

static void
returns_elements_by_index(void **state)
{
    struct err err = ERR_INIT;
    CLEANUP(js_release) struct js *root = parse(ALL, &err);
    const struct js *array = NULL;

    (void)state;
    assert_int_equal(js_array(root, "array", &array), 1);
    assert_null(js_text(js_at(array, 0)));
    assert_string_equal(js_text(js_at(array, 1)), "two");
    assert_null(js_text(js_at(array, 2)));
    assert_false(js_is_object(js_at(array, 1)));
    assert_true(js_is_object(js_at(array, 2)));
    assert_null(js_text(js_at(array, 3)));
}

static int
collect(const char *key, const struct js *value, void *ctx)
{
    struct buf *out = ctx;

    (void)value;
    assert_int_equal(buf_addf(out, "%s ", key), 0);
    return strcmp(key, "zero") == 0 ? 7 : 0;
}

static void
visits_members_in_order_until_stopped(void **state)
{
    CLEANUP(buf_release) struct buf keys = BUF_INIT(1000);
    struct err err = ERR_INIT;
    CLEANUP(js_release) struct js *root = parse(ALL, &err);
    const struct js *object = NULL;

    (void)state;
    assert_int_equal(js_each(root, collect, &keys), 7);
    assert_string_equal(keys.data, "string empty zero ");
    assert_int_equal(js_object(root, "object", &object), 1);
    assert_int_equal(js_each(object, collect, &keys), 0);
}

static void
keys_that_go_reads_as_others_are_found(void **state)
{
    static const char *const known[] = {"layers", "mediaType", "annotations", "kind",
                                        NULL};
    static const struct {
        const char *text, *key;
    } table[] = {
        {"{\"layers\":1,\"mediaType\":2,\"kind\":3}", NULL},
        {"{\"layer\":1,\"layerss\":2,\"other\":3,\"\":4}", NULL},
        {"{\"Layers\":1}", "Layers"},
        {"{\"layers\":1,\"LAYERS\":2}", "LAYERS"},
        {"{\"mediatype\":1}", "mediatype"},
        {"{\"layer\\u017f\":1}", "layer\xc5\xbf"}, /* long s */
        {"{\"\\u212aind\":1}", "\xe2\x84\xaaind"}, /* the Kelvin sign */
        {"{\"annotation\\u017f\":1}", "annotation\xc5\xbf"},
        {"{\"k\\u0131nd\":1}", NULL}, /* a dotless i folds to nothing */
        {"{\"layer\\u00df\":1}", NULL},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        struct err err = ERR_INIT;
        CLEANUP(js_release) struct js *root = parse(table[i].text, &err);
        const char *key = js_ambiguous_key(root, known);

        if (table[i].key)
            assert_string_equal(key, table[i].key);
        else
            assert_null(key);
    }
}

static void
finds_unknown_keys(void **state)
{
    static const char *const known[] = {"a", "b", NULL};
    struct err err = ERR_INIT;
    struct js *root;

    (void)state;
    root = parse("{\"b\":1,\"a\":2}", &err);
    assert_null(js_unknown_key(root, known));
    js_close(root);
    root = parse("{\"b\":1,\"A\":2,\"c\":3}", &err);
    assert_string_equal(js_unknown_key(root, known), "A");
    js_close(root);
    root = parse("{}", &err);
    assert_null(js_unknown_key(root, known));
    js_close(root);
    js_close(NULL);
}

/* ---- one document at a time ---- */

static atomic_int opened;

static void *
open_another(void *arg)
{
    struct err err = ERR_INIT;
    struct js *root = parse("{}", &err);

    (void)arg;
    atomic_fetch_add(&opened, 1);
    js_close(root);
    return NULL;
}

/* An array of numbers in that many bytes, which costs the whole budget. */
static struct js *
parse_large(struct err *err)
{
    static char text[1 << 20];
    size_t used = (size_t)sprintf(text, "{\"a\":[1");

    while (used < sizeof(text) - 4)
        used += (size_t)sprintf(text + used, ",1");
    used += (size_t)sprintf(text + used, "]}");
    return js_parse(text, used, ERR_PROTOCOL, err);
}

static void
opens_small_documents_concurrently(void **state)
{
    struct err err = ERR_INIT;
    pthread_t thread;
    struct js *root;

    (void)state;
    alarm(60); /* instead of hanging for ever */
    root = parse("{}", &err);
    assert_int_equal(pthread_create(&thread, NULL, open_another, NULL), 0);
    pthread_join(thread, NULL); /* while the first one is open */
    assert_int_equal(atomic_exchange(&opened, 0), 1);
    js_close(root);
    alarm(0);
}

static void
large_documents_exclude_others(void **state)
{
    struct timespec nap = {.tv_nsec = 30 * 1000 * 1000};
    struct err err = ERR_INIT;
    pthread_t threads[3];
    struct js *root;

    (void)state;
    alarm(60); /* instead of hanging for ever */
    root = parse_large(&err);
    assert_non_null(root);
    for (size_t i = 0; i < COUNT_OF(threads); i++)
        assert_int_equal(pthread_create(&threads[i], NULL, open_another, NULL), 0);
    nanosleep(&nap, NULL);
    assert_int_equal(atomic_load(&opened), 0);
    js_close(root);
    for (size_t i = 0; i < COUNT_OF(threads); i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(atomic_load(&opened), 3);
    alarm(0);
}

/* ---- output ---- */

static void
output_is_compact_and_in_order(void **state)
{
    CLEANUP(buf_release) struct buf out = BUF_INIT(1000);
    struct jsout *root = jsout_object(), *list = jsout_array(), *inner = jsout_object();
    struct err err = ERR_INIT;

    (void)state;
    jsout_put_text(root, "z", "last letter first");
    jsout_put_u64(root, "a", 0);
    jsout_put_u64(root, "max", INT64_MAX);
    jsout_put_bool(root, "yes", true);
    jsout_put_bool(root, "no", false);
    jsout_put_text(root, "none", NULL);
    jsout_append_text(list, "one");
    jsout_append_text(list, NULL);
    jsout_put_u64(inner, "n", 2);
    jsout_append(list, inner);
    jsout_append(list, jsout_array());
    jsout_put(root, "list", list);
    jsout_put(root, "empty", jsout_object());
    assert_int_equal(jsout_write(root, &out, &err), 0);
    assert_string_equal(
        out.data, "{\"z\":\"last letter first\",\"a\":0,\"max\":9223372036854775807,"
                  "\"yes\":true,\"no\":false,\"none\":null,"
                  "\"list\":[\"one\",null,{\"n\":2},[]],\"empty\":{}}");
}

static void
output_is_escaped(void **state)
{
    static const struct {
        const char *text, *json;
    } table[] = {
        {"", "\"\""},
        {"a\"b\\c/d", "\"a\\\"b\\\\c/d\""},
        {"\n\r\t\b\f", "\"\\n\\r\\t\\b\\f\""},
        {"\x01\x1b\x1f", "\"\\u0001\\u001B\\u001F\""},
        {"caf\xc3\xa9", "\"caf\xc3\xa9\""},
        {"\xf0\x9f\x98\x80", "\"\xf0\x9f\x98\x80\""},
        /* Not UTF-8: as in a message. */
        {"a\xff"
         "b",
         "\"a\\\\xffb\""},
        {"\xc3\xa9\xc3", "\"\\\\xc3\\\\xa9\\\\xc3\""},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        CLEANUP(buf_release) struct buf out = BUF_INIT(1000), expected = BUF_INIT(1000);
        struct jsout *root = jsout_object();
        struct err err = ERR_INIT;
        struct js *again;
        const char *text;

        jsout_put_text(root, "t", table[i].text);
        assert_int_equal(jsout_write(root, &out, &err), 0);
        assert_int_equal(buf_addf(&expected, "{\"t\":%s}", table[i].json), 0);
        assert_string_equal(out.data, expected.data);

        again = parse(out.data, &err); /* and we read what we write */
        assert_non_null(again);
        assert_int_equal(js_string(again, "t", &text), 1);
        js_close(again);
    }
}

static void
writes_nothing_when_output_does_not_fit(void **state)
{
    CLEANUP(buf_release) struct buf out = BUF_INIT(30);
    struct jsout *root = jsout_object();
    struct err err = ERR_INIT;

    (void)state;
    assert_int_equal(buf_add_text(&out, "before"), 0);
    jsout_put_text(root, "key", "a value that is too long for the rest");
    assert_int_equal(jsout_write(root, &out, &err), -1);
    assert_int_equal(err.kind, ERR_LIMIT);
    assert_string_equal(out.data, "before");
    assert_int_equal(out.len, 6);

    root = jsout_object();
    jsout_put_text(root, "key", "fits");
    assert_int_equal(jsout_write(root, &out, &err), 0);
    assert_string_equal(out.data, "before{\"key\":\"fits\"}");
    jsout_free(jsout_array());
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_strict_documents),
        cmocka_unit_test(refuses_all_others),
        cmocka_unit_test(valid_json_that_does_not_fit_is_read_as_something_else),
        cmocka_unit_test(integers_that_fit_stay),
        cmocka_unit_test(reads_arrays_where_one_is_expected),
        cmocka_unit_test(what_is_malformed_stays_malformed),
        cmocka_unit_test(what_does_not_fit_is_refused_in_our_words),
        cmocka_unit_test(messages_have_no_control_characters),
        cmocka_unit_test(limits_depth),
        cmocka_unit_test(refuses_a_depth_bomb),
        cmocka_unit_test(refuses_a_memory_bomb),
        cmocka_unit_test(accepts_a_long_string),
        cmocka_unit_test(returns_members_of_the_requested_type),
        cmocka_unit_test(distinguishes_other_types_from_absent_members),
        cmocka_unit_test(finds_no_members_outside_objects),
        cmocka_unit_test(returns_elements_by_index),
        cmocka_unit_test(visits_members_in_order_until_stopped),
        cmocka_unit_test(keys_that_go_reads_as_others_are_found),
        cmocka_unit_test(finds_unknown_keys),
        cmocka_unit_test(opens_small_documents_concurrently),
        cmocka_unit_test(large_documents_exclude_others),
        cmocka_unit_test(output_is_compact_and_in_order),
        cmocka_unit_test(output_is_escaped),
        cmocka_unit_test(writes_nothing_when_output_does_not_fit),
    };

    return cmocka_run_group_tests_name("json", tests, NULL, NULL);
}
