/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "tests/unit/unit.h"

#include "base/digest.h"

#define HEX32 "0123456789abcdef0123456789abcdef"
#define HEX64 HEX32 HEX32

static void
formats_and_parses_digests(void **state)
{
    static const struct {
        const char *text;
        enum digest_alg alg;
        size_t size;
    } table[] = {
        {"sha256:" HEX64, DIGEST_SHA256, 32},
        {"sha512:" HEX64 HEX64, DIGEST_SHA512, 64},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        char text[DIGEST_TEXT_MAX], hex[2 * DIGEST_RAW_MAX + 1];
        struct err err = ERR_INIT;
        struct digest d;

        assert_int_equal(
            digest_parse(&d, table[i].text, strlen(table[i].text), ERR_PROTOCOL, &err),
            0);
        assert_int_equal(d.alg, table[i].alg);
        assert_int_equal(digest_size(&d), table[i].size);
        assert_memory_equal(d.raw, "\x01\x23\x45\x67\x89\xab\xcd\xef", 8);
        for (size_t j = table[i].size; j < DIGEST_RAW_MAX; j++)
            assert_int_equal(d.raw[j], 0);
        digest_text(&d, text);
        assert_string_equal(text, table[i].text);
        digest_hex(&d, hex);
        assert_string_equal(hex, table[i].text + 7);
        assert_int_equal(err.kind, ERR_NONE);
    }
}

static void
reads_up_to_the_given_length(void **state)
{
    static const char text[] = "sha256:" HEX64 "0123 and more";
    struct err err = ERR_INIT;
    struct digest d;

    (void)state;
    assert_int_equal(digest_parse(&d, text, 7 + 64, ERR_PROTOCOL, &err), 0);
    assert_int_equal(digest_parse(&d, text, 7 + 65, ERR_PROTOCOL, &err), -1);
    assert_int_equal(digest_parse(&d, text, 7 + 63, ERR_PROTOCOL, &err), -1);
}

static void
refuses_malformed_digests(void **state)
{
    static const char *const table[] = {
        "",
        "sha256",
        "sha256:",
        HEX64,
        "sha256:" HEX32,
        "sha256:" HEX64 "0",
        "sha256:" HEX64 HEX64,
        "sha512:" HEX64,
        "SHA256:" HEX64,
        "sha384:" HEX64 HEX32,
        "md5:" HEX32,
        "sha256-" HEX64,
        " sha256:" HEX64,
        "sha256: " HEX32 HEX32,
        "sha256:" HEX32 "0123456789ABCDEF0123456789abcdef",
        "sha256:" HEX32 "0123456789abcdeg0123456789abcdef",
        "sha256:../../../../../../../../../../../../../../../../../../etc/passwd.",
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        struct err err = ERR_INIT;
        struct digest d, before;

        memset(&d, 0x55, sizeof(d));
        before = d;
        assert_int_equal(
            digest_parse(&d, table[i], strlen(table[i]), ERR_INTEGRITY, &err), -1);
        assert_int_equal(err.kind, ERR_INTEGRITY);
        assert_string_equal(err_reason_word(err.reason), "digest");
        assert_memory_equal(&d, &before, sizeof(d));
        assert_null(strstr(err.msg, "passwd")); /* remote text is not quoted */
    }
}

static struct digest
digest_of(const char *text)
{
    struct err err = ERR_INIT;
    struct digest d;

    assert_int_equal(digest_parse(&d, text, strlen(text), ERR_PROTOCOL, &err), 0);
    return d;
}

static void
compares_algorithm_and_bytes(void **state)
{
    /* In rising order. */
    const struct digest sorted[] = {
        digest_of("sha256:" HEX64),
        digest_of("sha256:"
                  "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdf0"),
        digest_of("sha256:f" HEX32 "123456789abcdef0123456789abcdef"),
        digest_of("sha512:" HEX64 HEX64),
        digest_of("sha512:f" HEX64 HEX32 "123456789abcdef0123456789abcdef"),
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(sorted); i++) {
        for (size_t j = 0; j < COUNT_OF(sorted); j++) {
            int order = digest_compare(&sorted[i], &sorted[j]);

            assert_int_equal(digest_equal(&sorted[i], &sorted[j]), i == j);
            assert_int_equal(order < 0, i < j);
            assert_int_equal(order > 0, i > j);
        }
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(formats_and_parses_digests),
        cmocka_unit_test(reads_up_to_the_given_length),
        cmocka_unit_test(refuses_malformed_digests),
        cmocka_unit_test(compares_algorithm_and_bytes),
    };

    return cmocka_run_group_tests_name("digest", tests, NULL, NULL);
}
