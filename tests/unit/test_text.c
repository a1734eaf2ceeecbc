/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "tests/unit/unit.h"

#include "base/text.h"
#include "base/text_safe.h"

static void
parses_whole_numbers(void **state)
{
    static const struct {
        const char *text;
        uint64_t max, number;
    } table[] = {
        {"0", 0, 0},
        {"7", 7, 7},
        {"10", 10, 10},
        {"1234567890", UINT64_MAX, 1234567890},
        {"18446744073709551615", UINT64_MAX, UINT64_MAX},
        {"9223372036854775807", INT64_MAX, INT64_MAX},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        uint64_t n = 99;

        assert_int_equal(text_u64(table[i].text, strlen(table[i].text), table[i].max, &n),
                         0);
        assert_true(n == table[i].number);
    }
}

static void
refuses_other_numbers(void **state)
{
    static const struct {
        const char *text;
        uint64_t max;
    } table[] = {
        {"", UINT64_MAX},
        {"00", UINT64_MAX},
        {"01", UINT64_MAX},
        {"-1", UINT64_MAX},
        {"+1", UINT64_MAX},
        {" 1", UINT64_MAX},
        {"1 ", UINT64_MAX},
        {"1.0", UINT64_MAX},
        {"1e3", UINT64_MAX},
        {"0x10", UINT64_MAX},
        {"\xd9\xa1", UINT64_MAX}, /* an Arabic one */
        {"1", 0},
        {"11", 10},
        {"18446744073709551616", UINT64_MAX},
        {"18446744073709551620", UINT64_MAX},
        {"99999999999999999999999999", UINT64_MAX},
        {"9223372036854775808", INT64_MAX},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        uint64_t n = 99;

        assert_int_equal(text_u64(table[i].text, strlen(table[i].text), table[i].max, &n),
                         -1);
        assert_int_equal(n, 99);
    }
}

static void
reads_numbers_up_to_the_given_length(void **state)
{
    uint64_t n;

    (void)state;
    assert_int_equal(text_u64("123456", 3, UINT64_MAX, &n), 0);
    assert_int_equal(n, 123);
    assert_int_equal(text_u64("12\0", 3, UINT64_MAX, &n), -1);
}

static void
parses_amounts_of_bytes(void **state)
{
    static const struct {
        const char *text;
        uint64_t max, bytes;
    } table[] = {
        {"0", 0, 0},
        {"1000", UINT64_MAX, 1000},
        {"1k", UINT64_MAX, 1024},
        {"12K", UINT64_MAX, 12288},
        {"3M", UINT64_MAX, 3 << 20},
        {"3m", UINT64_MAX, 3 << 20},
        {"5G", UINT64_MAX, UINT64_C(5) << 30},
        {"1K", 1024, 1024},
        {"17179869183G", UINT64_MAX, UINT64_C(17179869183) << 30},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        uint64_t n = 99;

        print_message("# %s\n", table[i].text);
        assert_int_equal(
            text_bytes(table[i].text, strlen(table[i].text), table[i].max, &n), 0);
        assert_true(n == table[i].bytes);
    }
}

static void
refuses_malformed_amounts(void **state)
{
    static const struct {
        const char *text;
        uint64_t max;
    } table[] = {
        {"", UINT64_MAX},
        {"K", UINT64_MAX},
        {"1KB", UINT64_MAX},
        {"1 K", UINT64_MAX},
        {"1T", UINT64_MAX},
        {"-1K", UINT64_MAX},
        {"1.5M", UINT64_MAX},
        {"01K", UINT64_MAX},
        {"2K", 2047},
        {"1M", 1023},
        {"17179869184G", UINT64_MAX},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        uint64_t n = 99;

        print_message("# %s\n", table[i].text);
        assert_int_equal(
            text_bytes(table[i].text, strlen(table[i].text), table[i].max, &n), -1);
        assert_true(n == 99);
    }
}

static void
encodes_and_decodes_hex(void **state)
{
    static const unsigned char raw[] = {0x00, 0x01, 0x7f, 0x80, 0xab, 0xff};
    unsigned char back[sizeof(raw)];
    char hex[2 * sizeof(raw) + 1];

    (void)state;
    text_hex(hex, raw, sizeof(raw));
    assert_string_equal(hex, "00017f80abff");
    assert_int_equal(text_unhex(back, hex, sizeof(raw)), 0);
    assert_memory_equal(back, raw, sizeof(raw));
    text_hex(hex, raw, 0);
    assert_string_equal(hex, "");
}

static void
refuses_uppercase_hex(void **state)
{
    static const char *const table[] = {"0G", "g0", "AB", "aB", " 1",      "1 ",
                                        "/0", ":0", "`0", "@0", "\xff\xff"};
    unsigned char out;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(table); i++)
        assert_int_equal(text_unhex(&out, table[i], 1), -1);
}

static void
escapes_remote_text(void **state)
{
    static const struct {
        const char *text, *safe;
        size_t len;
    } table[] = {
        {"", "", 0},
        {"plain ~text!", "plain ~text!", 12},
        {"a\nb\r\tc", "a\\x0ab\\x0d\\x09c", 6},
        {"\x1b[31mred", "\\x1b[31mred", 8},
        {"back\\slash", "back\\x5cslash", 10},
        {"caf\xc3\xa9", "caf\\xc3\\xa9", 5},
        {"\x7f\x80\xff", "\\x7f\\x80\\xff", 3},
        {"nul\0!", "nul\\x00!", 5},
        {"cut here", "cut", 3},
    };
    char out[TEXT_SAFE_MAX];

    (void)state;
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        text_safe(out, table[i].text, table[i].len);
        assert_string_equal(out, table[i].safe);
    }
}

static void
cuts_long_remote_text(void **state)
{
    char text[200], out[TEXT_SAFE_MAX];

    (void)state;
    memset(text, 'a', sizeof(text));
    text_safe(out, text, 80);
    assert_int_equal(strlen(out), 80);
    text_safe(out, text, 81);
    assert_int_equal(strlen(out), 83);
    assert_string_equal(out + 80, "...");

    memset(text, '\n', sizeof(text)); /* the longest there can be */
    text_safe(out, text, sizeof(text));
    assert_int_equal(strlen(out), TEXT_SAFE_MAX - 1);
    assert_string_equal(out + 320, "...");
}

static void
cuts_words_of_a_server(void **state)
{
    static const struct {
        const char *text;
        size_t size;
        const char *shown;
    } table[] = {
        {"", 8, ""},
        {"abc", 16, "abc"},
        {"abcdefgh", 8, "a..."},
        {"\033[31m", 16, "\\x1b[31m"},
        {"\n\n\n\n", 8, "\\x0a..."},
        {"abcdefghijklmnop", 16, "abcdefghi..."},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        char out[17];

        memset(out, '!', sizeof(out));
        text_safe_in(out, table[i].size, table[i].text, strlen(table[i].text));
        assert_string_equal(out, table[i].shown);
        assert_int_equal(out[16], '!');
    }
}

static void
escapes_lines_once(void **state)
{
    static const struct {
        const char *text;
        size_t size;
        const char *shown;
    } table[] = {
        {"", 4, ""},
        {"abc", 4, "abc"},
        {"abcd", 4, "..."},
        {"abcdefgh", 8, "abcd..."},
        {"\033", 5, "\\x1b"},
        {"\033", 4, "..."},
        {"a\nb\x9b\x7f\xc3\xa9 \t~", 64, "a\\x0ab\\x9b\\x7f\\xc3\\xa9 \\x09~"},
        {"C:\\dir \\x1b", 64, "C:\\dir \\x1b"}, /* the backslash of an earlier time */
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        char out[65], again[65];

        memset(out, '!', sizeof(out));
        text_line(out, table[i].size, table[i].text, strlen(table[i].text));
        assert_string_equal(out, table[i].shown);
        assert_int_equal(out[64], '!');
        text_line(again, table[i].size, out, strlen(out));
        assert_string_equal(again, out);
    }
}

static void
finds_words_in_any_case(void **state)
{
    (void)state;
    assert_true(text_contains_nocase("The Project is Not Found.", "project"));
    assert_true(text_contains_nocase("project", "PROJECT"));
    assert_true(text_contains_nocase("a", ""));
    assert_false(text_contains_nocase("projec", "project"));
    assert_false(text_contains_nocase("", "project"));
}

static void
formats_sizes(void **state)
{
    static const struct {
        uint64_t bytes;
        const char *text;
    } table[] = {
        {0, "0 B"},
        {1, "1 B"},
        {1023, "1023 B"},
        {1024, "1.0 KiB"},
        {1536, "1.5 KiB"},
        {1048524, "1023.9 KiB"},
        {1048575, "1.0 MiB"}, /* not 1024.0 KiB */
        {1048576, "1.0 MiB"},
        {UINT64_C(5) << 30, "5.0 GiB"},
        {UINT64_C(1) << 40, "1.0 TiB"},
        {UINT64_C(1) << 50, "1.0 PiB"},
        {UINT64_MAX, "16.0 EiB"},
    };
    char out[TEXT_HUMAN_MAX];

    (void)state;
    for (size_t i = 0; i < COUNT_OF(table); i++)
        assert_string_equal(text_human(out, table[i].bytes), table[i].text);
}

static void
compares_letters_without_case(void **state)
{
    (void)state;
    assert_true(text_same_nocase("Bearer", 6, "bEARER"));
    assert_true(text_same_nocase("Bearer realm", 6, "bearer"));
    assert_true(text_same_nocase("", 0, ""));
    assert_false(text_same_nocase("Bearer", 6, "Beare"));
    assert_false(text_same_nocase("Beare", 5, "Bearer"));
    assert_false(text_same_nocase("[", 1, "{")); /* 32 apart, and no letters */
    assert_false(text_same_nocase("@", 1, "`"));
}

static void
classifies_characters(void **state)
{
    (void)state;
    for (int c = -128; c < 256; c++) {
        bool digit = c >= '0' && c <= '9';
        bool lower = c >= 'a' && c <= 'z', upper = c >= 'A' && c <= 'Z';

        assert_int_equal(text_is_digit((char)c), digit);
        assert_int_equal(text_is_alnum((char)c), digit || lower || upper);
        assert_int_equal(text_lower((char)c), upper ? c + 32 : (char)c);
    }
}

static void
finds_a_prefix(void **state)
{
    (void)state;
    assert_true(text_starts("sha256:00", "sha256:"));
    assert_true(text_starts("sha256:", "sha256:"));
    assert_true(text_starts("x", ""));
    assert_false(text_starts("sha256", "sha256:"));
    assert_false(text_starts("", "x"));
}

static void
computes_distances(void **state)
{
    static const struct {
        const char *a, *b;
        size_t distance;
    } table[] = {
        {"", "", 0},
        {"", "abc", 3},
        {"library", "library", 0},
        {"library", "libary", 1},
        {"kitten", "sitting", 3},
        {"ab", "ba", 2},
        {"flaw", "lawn", 2},
    };
    char longest[2 * TEXT_DISTANCE_MAX];

    (void)state;
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        assert_int_equal(text_distance(table[i].a, table[i].b), table[i].distance);
        assert_int_equal(text_distance(table[i].b, table[i].a), table[i].distance);
    }
    memset(longest, 'x', sizeof(longest) - 1);
    longest[sizeof(longest) - 1] = '\0';
    assert_int_equal(text_distance(longest, longest + 10), 0);
    assert_int_equal(text_distance(longest, ""), TEXT_DISTANCE_MAX);
}

static void
counts_have_the_form_of_the_noun_that_fits(void **state)
{
    char out[TEXT_COUNT_MAX];

    (void)state;
    assert_string_equal(text_count(out, 0, "image", "images"), "0 images");
    assert_string_equal(text_count(out, 1, "image", "images"), "1 image");
    assert_string_equal(text_count(out, 2, "child of an index", "children of indexes"),
                        "2 children of indexes");
}

static void
patterns_match_whole_texts(void **state)
{
    static const struct {
        const char *text, *pattern;
        bool expected;
    } rows[] = {
        {"a/b:1", "a/b:1", true},  {"a/b:1", "a/b", false}, {"a/b:1", "a/b*", true},
        {"a/b:1", "*", true},      {"", "*", true},         {"", "", true},
        {"a", "", false},          {"a/b:1", "*:1", true},  {"a/b:1", "*b*1*", true},
        {"aab", "a*ab", true},     {"aab", "a*b*b", false}, {"a/b:1", "*:2", false},
        {"aaaab", "*aab", true},   {"a[b", "a[b", true},    {"ab", "a?", false},
        {"abc", "***abc***", true}};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        print_message("# case: %s %s\n", rows[i].text, rows[i].pattern);
        assert_int_equal(text_matches(rows[i].text, rows[i].pattern), rows[i].expected);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(computes_distances),
        cmocka_unit_test(parses_whole_numbers),
        cmocka_unit_test(refuses_other_numbers),
        cmocka_unit_test(reads_numbers_up_to_the_given_length),
        cmocka_unit_test(parses_amounts_of_bytes),
        cmocka_unit_test(refuses_malformed_amounts),
        cmocka_unit_test(encodes_and_decodes_hex),
        cmocka_unit_test(refuses_uppercase_hex),
        cmocka_unit_test(escapes_remote_text),
        cmocka_unit_test(cuts_long_remote_text),
        cmocka_unit_test(cuts_words_of_a_server),
        cmocka_unit_test(escapes_lines_once),
        cmocka_unit_test(finds_words_in_any_case),
        cmocka_unit_test(formats_sizes),
        cmocka_unit_test(compares_letters_without_case),
        cmocka_unit_test(classifies_characters),
        cmocka_unit_test(finds_a_prefix),
        cmocka_unit_test(counts_have_the_form_of_the_noun_that_fits),
        cmocka_unit_test(patterns_match_whole_texts),
    };

    return cmocka_run_group_tests_name("text", tests, NULL, NULL);
}
