/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "tests/unit/unit.h"

#include "io/crypto/hash.h"

static const struct {
    enum digest_alg alg;
    const char *text, *hex;
} vectors[] = {
    {DIGEST_SHA256, "",
     "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
    {DIGEST_SHA256, "abc",
     "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
    {DIGEST_SHA256, "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
     "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
    {DIGEST_SHA512, "",
     "cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce"
     "47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e"},
    {DIGEST_SHA512, "abc",
     "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
     "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"},
};

static void
assert_hex(const struct digest *d, const char *expected)
{
    char hex[2 * DIGEST_RAW_MAX + 1];

    digest_hex(d, hex);
    assert_string_equal(hex, expected);
}

static void
computes_published_digests(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(vectors); i++) {
        struct err err = ERR_INIT;
        struct digest d;

        assert_int_equal(hash_bytes(vectors[i].alg, vectors[i].text,
                                    strlen(vectors[i].text), &d, &err),
                         0);
        assert_int_equal(d.alg, vectors[i].alg);
        assert_hex(&d, vectors[i].hex);
    }
}

static void
hashes_pieces_like_the_whole(void **state)
{
    CLEANUP(hash_release) struct hash h = HASH_INIT;
    struct err err = ERR_INIT;
    struct digest d;
    char piece[1000];

    (void)state;
    memset(piece, 'a', sizeof(piece));
    assert_int_equal(hash_start(&h, DIGEST_SHA256, &err), 0);
    for (size_t i = 0; i < 1000; i++)
        assert_int_equal(hash_add(&h, piece, sizeof(piece), &err), 0);
    assert_int_equal(hash_add(&h, piece, 0, &err), 0);
    assert_int_equal(hash_finish(&h, &d, &err), 0);
    assert_hex(&d, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

static void
restarts(void **state)
{
    CLEANUP(hash_release) struct hash h = HASH_INIT;
    struct err err = ERR_INIT;
    struct digest d;

    (void)state;
    assert_int_equal(hash_start(&h, DIGEST_SHA512, &err), 0);
    assert_int_equal(hash_add(&h, "dropped", 7, &err), 0);
    for (size_t i = 0; i < COUNT_OF(vectors); i++) {
        const char *text = vectors[i].text;

        assert_int_equal(hash_start(&h, vectors[i].alg, &err), 0);
        assert_int_equal(hash_add(&h, text, strlen(text), &err), 0);
        assert_int_equal(hash_finish(&h, &d, &err), 0);
        assert_hex(&d, vectors[i].hex);
    }
    hash_release(&h);
    hash_release(&h);
}

static const struct {
    const char *bytes;
    size_t len;
    const char *text;
} base64[] = {
    {"", 0, ""},
    {"f", 1, "Zg=="},
    {"fo", 2, "Zm8="},
    {"foo", 3, "Zm9v"},
    {"foob", 4, "Zm9vYg=="},
    {"fooba", 5, "Zm9vYmE="},
    {"foobar", 6, "Zm9vYmFy"},
    {"\0\0\0", 3, "AAAA"},
    {"\0", 1, "AA=="},
    {"\xff\xff\xff", 3, "////"},
    {"\xfb\xef\xbe", 3, "++++"},
    {"\x00\x10\x83\x10\x51\x87\x20\x92\x8b", 9, "ABCDEFGHIJKL"},
};

static void
encodes_and_decodes_base64(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(base64); i++) {
        CLEANUP(buf_release) struct buf text = BUF_INIT(strlen(base64[i].text));
        CLEANUP(buf_release) struct buf back = BUF_INIT(base64[i].len); /* just enough */

        assert_int_equal(base64_encode(base64[i].bytes, base64[i].len, &text), 0);
        assert_int_equal(text.len, strlen(base64[i].text));
        assert_memory_equal(text.data ? text.data : "", base64[i].text, text.len);
        assert_int_equal(base64_decode(base64[i].text, text.len, &back), 0);
        assert_int_equal(back.len, base64[i].len);
        if (back.len > 0)
            assert_memory_equal(back.data, base64[i].bytes, back.len);
    }
}

static void
refuses_non_canonical_base64(void **state)
{
    static const char *const table[] = {
        "A",         "AA",      "AAA",     "AAAAA", "=",        "==",       "===",
        "====",      "A===",    "=AAA",    "A=AA",  "AA=A",     "AA==AAAA", "AAA=AAAA",
        "AAAA====",  "Zg",      "Zg=",     "Zh==",  "Zm9=",     " Zg==",    "Zg== ",
        "Zg==\n",    "Zm9v\n",  "Zm\n9v",  "Zm9 ",  "Zm9v====", "Zm-v",     "Zm_v",
        "Zm9v Zm9v", "Zm9\x00", "Zm9\xc3", "Zm.v",  "Zm9v=",    "\tZm9",    "Zm9-",
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        CLEANUP(buf_release) struct buf out = BUF_INIT(100);
        /* One of them ends with a NUL that counts. */
        size_t len = strcmp(table[i], "Zm9") == 0 ? 4 : strlen(table[i]);

        assert_int_equal(buf_add_text(&out, "kept"), 0);
        assert_int_equal(base64_decode(table[i], len, &out), -1);
        assert_int_equal(out.len, 4);
        assert_string_equal(out.data, "kept");
    }
}

/* An end of two characters is canonical only if its spare bits are zero. */
static void
refuses_spare_bits_in_base64(void **state)
{
    static const char digits[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

    (void)state;
    for (size_t i = 0; i < 64; i++) {
        CLEANUP(buf_release) struct buf out = BUF_INIT(100);
        char one[] = "AA==", two[] = "AAA=";

        one[1] = two[2] = digits[i];
        assert_int_equal(base64_decode(one, 4, &out), i % 16 == 0 ? 0 : -1);
        assert_int_equal(base64_decode(two, 4, &out), i % 4 == 0 ? 0 : -1);
    }
}

static void
refuses_what_does_not_fit(void **state)
{
    CLEANUP(buf_release) struct buf small = BUF_INIT(5);

    (void)state;
    assert_int_equal(base64_encode("foobar", 6, &small), -1);
    assert_int_equal(base64_decode("Zm9vYmFy", 8, &small), -1);
    assert_int_equal(small.len, 0);
    assert_int_equal(base64_decode("Zm9vYmE=", 8, &small), 0);
    assert_string_equal(small.data, "fooba");
}

static void
appends_to_the_buffer(void **state)
{
    CLEANUP(buf_release) struct buf b = BUF_INIT(100);

    (void)state;
    assert_int_equal(buf_add_text(&b, "<"), 0);
    assert_int_equal(base64_encode("foo", 3, &b), 0);
    assert_int_equal(buf_add_text(&b, ">"), 0);
    assert_int_equal(base64_decode("Zm9v", 4, &b), 0);
    assert_string_equal(b.data, "<Zm9v>foo");
}

static void
random_bytes_differ(void **state)
{
    unsigned char one[32] = {0}, two[32] = {0};
    struct err err = ERR_INIT;

    (void)state;
    assert_int_equal(random_bytes(one, sizeof(one), &err), 0);
    assert_int_equal(random_bytes(two, sizeof(two), &err), 0);
    assert_memory_not_equal(one, two, sizeof(one));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(computes_published_digests),
        cmocka_unit_test(hashes_pieces_like_the_whole),
        cmocka_unit_test(restarts),
        cmocka_unit_test(encodes_and_decodes_base64),
        cmocka_unit_test(refuses_non_canonical_base64),
        cmocka_unit_test(refuses_spare_bits_in_base64),
        cmocka_unit_test(refuses_what_does_not_fit),
        cmocka_unit_test(appends_to_the_buffer),
        cmocka_unit_test(random_bytes_differ),
    };

    return cmocka_run_group_tests_name("hash", tests, NULL, NULL);
}
