/* SPDX-License-Identifier: Apache-2.0 */
/* Public keys that are none: anyone could sign for them, or they are a second encoding.
 */
#include "config.h"
#include "tests/unit/unit.h"

#include "base/text.h"
#include "io/crypto/hash.h"
#include "io/crypto/pki.h"
#include "io/crypto/pki_pem.h"

#include <string.h>

enum { DER_MAX = 1024 };

/* A SubjectPublicKeyInfo, in hex, as pki_public() takes it. */
static struct pki_key *
load_hex(const char *hex, struct err *err)
{
    CLEANUP(buf_release) struct buf text = BUF_INIT(4096);
    CLEANUP(buf_release) struct buf pem = BUF_INIT(4096);
    unsigned char der[DER_MAX];
    size_t len = strlen(hex) / 2;

    assert_true(len <= sizeof(der));
    assert_int_equal(text_unhex(der, hex, len), 0);
    assert_int_equal(base64_encode(der, len, &text), 0);
    assert_int_equal(buf_add_text(&pem, "-----BEGIN PUBLIC KEY-----\n"), 0);
    for (size_t i = 0; i < text.len; i += 64)
        assert_int_equal(buf_addf(&pem, "%.64s\n", text.data + i), 0);
    assert_int_equal(buf_add_text(&pem, "-----END PUBLIC KEY-----\n"), 0);
    return pki_public(pem.data, pem.len, "test.pub", err);
}

static void
assert_refused(const char *hex)
{
    struct err err = ERR_INIT;
    CLEANUP(pki_release) struct pki_key *key = load_hex(hex, &err);

    if (key)
        fail_msg("taken for a key: %s", hex);
    assert_int_equal(err.kind, ERR_USAGE);
    assert_non_null(strstr(err.msg, "is damaged"));
}

static void
assert_taken(const char *hex)
{
    struct err err = ERR_INIT;
    CLEANUP(pki_release) struct pki_key *key = load_hex(hex, &err);

    if (!key)
        fail_msg("%s: %s", err.msg, hex);
}

/* ---- Ed25519 ---- */

#define ED25519 "302a300506032b6570032100"

/* y in little endian; the highest bit is the sign of x, and both signs are tried. */
static void
with_both_signs(const char *y, void (*check)(const char *hex))
{
    char hex[128];

    for (unsigned sign = 0; sign < 2; sign++) {
        unsigned char last;

        assert_int_equal(text_unhex(&last, y + 62, 1), 0);
        snprintf(hex, sizeof(hex), ED25519 "%.62s%02x", y, last | sign << 7);
        check(hex);
    }
}

/* The eight points whose order divides 8; for x = 0 the other sign is a second encoding.
 */
static void
refuses_a_point_of_small_order(void **state)
{
    static const char *const table[] = {
        "0100000000000000000000000000000000000000000000000000000000000000", /* 1 */
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", /* 2 */
        "0000000000000000000000000000000000000000000000000000000000000000", /* 4 */
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05", /* 8 */
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a", /* 8 */
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(table); i++)
        with_both_signs(table[i], assert_refused);
}

/* From p = 2^255 - 19 to 2^255 - 1: p and p + 1 are 0 and 1 once more, of small order;
 * so are p + 3 and others on the curve, of large order. */
static void
refuses_a_y_that_is_not_reduced(void **state)
{
    (void)state;
    for (unsigned low = 0xed; low <= 0xff; low++) {
        char y[65];

        snprintf(y, sizeof(y), "%02x%s7f", low,
                 "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff");
        with_both_signs(y, assert_refused);
    }
}

/* y = 2 belongs to no x; 3 and 4 to two each, and so does the generator's 4/5. */
static void
refuses_a_point_off_the_curve(void **state)
{
    static const char *const on[] = {
        "0300000000000000000000000000000000000000000000000000000000000000",
        "0400000000000000000000000000000000000000000000000000000000000000",
        "5866666666666666666666666666666666666666666666666666666666666666",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
    };
    static const char *const beside[] = {
        "0200000000000000000000000000000000000000000000000000000000000000",
        "0700000000000000000000000000000000000000000000000000000000000000",
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(on); i++)
        with_both_signs(on[i], assert_taken);
    for (size_t i = 0; i < COUNT_OF(beside); i++)
        with_both_signs(beside[i], assert_refused);
}

static void
accepts_every_new_key(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 50; i++) {
        struct err err = ERR_INIT;
        CLEANUP(pki_release) struct pki_key *key = pki_generate(PKI_ED25519, &err);

        assert_non_null(key);
    }
}

/* ---- ECDSA ---- */

/* On P-256; some are refused by the library already. */
static void
refuses_a_malformed_point(void **state)
{
    static const char *const taken[] = {
        /* uncompressed */
        "3059301306072a8648ce3d020106082a8648ce3d03010703420004000000000000000000"
        "0000000000000000000000000000000000000000000005459243b9aa581806fe913bce99"
        "817ade11ca503c64d9a3c533415c083248fbcc",
        /* compressed */
        "3039301306072a8648ce3d020106082a8648ce3d03010703220002000000000000000000"
        "0000000000000000000000000000000000000000000005",
        /* hybrid */
        "3059301306072a8648ce3d020106082a8648ce3d03010703420006000000000000000000"
        "0000000000000000000000000000000000000000000005459243b9aa581806fe913bce99"
        "817ade11ca503c64d9a3c533415c083248fbcc",
    };
    static const char *const refused[] = {
        /* infinity */
        "3019301306072a8648ce3d020106082a8648ce3d03010703020000",
        /* infinity, in full */
        "3059301306072a8648ce3d020106082a8648ce3d03010703420000000000000000000000"
        "000000000000000000000000000000000000000000000000000000000000000000000000"
        "00000000000000000000000000000000000000",
        /* 0, 0 */
        "3059301306072a8648ce3d020106082a8648ce3d03010703420004000000000000000000"
        "000000000000000000000000000000000000000000000000000000000000000000000000"
        "00000000000000000000000000000000000000",
        /* x + p */
        "3059301306072a8648ce3d020106082a8648ce3d03010703420004ffffffff0000000100"
        "0000000000000000000001000000000000000000000004459243b9aa581806fe913bce99"
        "817ade11ca503c64d9a3c533415c083248fbcc",
        /* x + p, compressed */
        "3039301306072a8648ce3d020106082a8648ce3d03010703220002ffffffff0000000100"
        "0000000000000000000001000000000000000000000004",
        /* no such y */
        "3059301306072a8648ce3d020106082a8648ce3d03010703420004000000000000000000"
        "0000000000000000000000000000000000000000000005459243b9aa581806fe913bce99"
        "817ade11ca503c64d9a3c533415c083248fbcd",
        /* no such x */
        "3039301306072a8648ce3d020106082a8648ce3d03010703220002000000000000000000"
        "0000000000000000000000000000000000000000000001",
        /* hybrid with the other sign */
        "3059301306072a8648ce3d020106082a8648ce3d03010703420007000000000000000000"
        "0000000000000000000000000000000000000000000005459243b9aa581806fe913bce99"
        "817ade11ca503c64d9a3c533415c083248fbcc",
        /* a byte less */
        "3058301306072a8648ce3d020106082a8648ce3d03010703410004000000000000000000"
        "0000000000000000000000000000000000000000000005459243b9aa581806fe913bce99"
        "817ade11ca503c64d9a3c533415c083248fb",
        /* a byte more */
        "305a301306072a8648ce3d020106082a8648ce3d03010703430004000000000000000000"
        "0000000000000000000000000000000000000000000005459243b9aa581806fe913bce99"
        "817ade11ca503c64d9a3c533415c083248fbcc00",
        /* another form */
        "3059301306072a8648ce3d020106082a8648ce3d03010703420005000000000000000000"
        "0000000000000000000000000000000000000000000005459243b9aa581806fe913bce99"
        "817ade11ca503c64d9a3c533415c083248fbcc",
        /* nothing */
        "3018301306072a8648ce3d020106082a8648ce3d030107030100",
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(taken); i++)
        assert_taken(taken[i]);
    for (size_t i = 0; i < COUNT_OF(refused); i++)
        assert_refused(refused[i]);
}

/* ---- RSA ---- */

/* Of 2048 bits; e is 65537 and its like, or what makes anyone a signer. */
static const char PRODUCT[] =
    "cbe2fa4f01f7c412e571f378fc33e9d0fa333793df52676cff17657b25cbb0e8dafa9c6a8758"
    "a003d813815dafea8373a137068de5c82284d4fd20bfd1f85dc8da41ea57540ee31cb7e65e0b"
    "c5ed1ca8395758a2af29e75cf8095677ff414d0473b23aabfd1cd6a546aa6c6d1e38853c2e6b"
    "ec9040c4e88407a96918d7ca241e74543f884148afb82cf26e606f8ea57b6e25cb983af5e1fb"
    "de01e742fbf9d58bfd2d1b7e6b8109385c01a9d97b9f4f585abfc43e3f410c4a1de19a8832ab"
    "5636c15baf37f76d6921f37ad9abeaa2809f868bce2e364fd9fcb03677bdddd9cd14d8fe6126"
    "9df1646dfe627bed3d0cb72f8dc296077110d176ecd5f93a5f551151";
static const char PRIME[] =
    "eb42b7133a2826afc1bb75cef9a1f338deaabaab832dec76587ff2944370208cf8ce4df90dbb"
    "2e4eecc39d34c4cb0ebf62a749bb4f2929dd4a92c8adfbfbaeb15f1e7fa192db8581a85bc068"
    "7172ea5739bc78a7485141c91849fbc735ffcaabeda47546e1956e6f884963669c9bf9d3cca8"
    "e019f2a94ceb95b183fdd69593203ee87d5d09b32b1cdd352e4002fed6fdf9d303964de49169"
    "8cda81fb21884a2845d0e65cceb21d920b9ac0bd2e25ac38ed633951299cc2cfc75e7827256e"
    "dfaebc068a4a7c755dc4ac868efbee55ad8d57d40df4506107ddc8332bd9396591925afbf504"
    "e91eba3bd2f5174fb0c6c601abab94c409a167fcf3f350a4c065ebd1";
static const char SQUARE[] =
    "eb8afa8f81112fa47f7dffdb2a4e2bf46246ede3d37a2ca23a5ee79676fda585de9e7498262a"
    "4eb1c4b9ff266e2fd34e63f877939c1f966146e14ac82b2a4dc52998c3e3d988d881fd1f5f9a"
    "862e8cc04fe1aa11be65a0475ca9444f824e0775df75dac112a11de573ce38eb67fdf084cf23"
    "3c59a1a6ee33bd20cdd70811846b8a6d7b93ea50952d22a133449aca91d973a1e682538fac52"
    "cd4988bbbef2b0942bbe6ae2f7b8513dd83c6141ec09e397941b77ae760ec14c37da280965fe"
    "e308d13d85cdd320c9c83a7c00d2c4c4052f45d08fe5eb91fdf783268a2eb6b9009b53863fd8"
    "42b046c9cf6e79d892c2c82945114782dd25734a48f7f6f4b1888ff1";
static const char TIMES_THREE[] =
    "9679d1c5dbc179cc740e0ae81a8a46667747b0d7b2f05ab8edb1571210068a7f0ea46f8bb42d"
    "854b85177607d8d8177a8a62b743ead9aad06dddaa55623db237f1fbdd15344ca1b784ab5eb4"
    "4463e4bbd609d6af4f20c62843719353601526a9d464deb63c050acbfb75444d975e0fe7fb3a"
    "b8e7582b12d84289508f6d0c38cf3f0a120a5d516e3b56ff647c785e6e3b529759fced6dcaa0"
    "3e5ee4a4ab684f1b9b0c840ccc93551098445d220ab1044e73514824c46f83329e1ff3c7fc08"
    "3f8cd94e38503ceab14fdb113cf27f9d34fbafd697fda117a75ac4a1bd6e18e67cdb1e679a0f"
    "c87ed2b0f4a01429361b3409e0ee15a0c5ad9a9c3100938abbdb637b";

/* n of 2048 bits and e of up to 127 bytes, both in hex. */
static void
write_rsa(char out[2 * DER_MAX + 1], const char *n, const char *e)
{
    size_t e_len = strlen(e) / 2, numbers = 4 + 257 + 2 + e_len;

    snprintf(out, 2 * DER_MAX + 1,
             "3082%04zx300d06092a864886f70d01010105000382%04zx003082%04zx0282010100%s02%"
             "02zx%s",
             15 + 4 + 1 + 4 + numbers, 1 + 4 + numbers, numbers, n, e_len, e);
}

static void
refuses_degenerate_rsa_keys(void **state)
{
    static const struct {
        const char *n, *e;
        bool is_key;
    } table[] = {
        {PRODUCT, "010001", true},      {PRODUCT, "03", true},
        {PRODUCT, "00", false},         {PRODUCT, "01", false},
        {PRODUCT, "02", false},         {PRODUCT, "010000", false},
        {PRIME, "010001", false},       {SQUARE, "010001", false},
        {TIMES_THREE, "010001", false},
    };
    char hex[2 * DER_MAX + 1], even[sizeof(PRODUCT)];

    (void)state;
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        write_rsa(hex, table[i].n, table[i].e);
        if (table[i].is_key)
            assert_taken(hex);
        else
            assert_refused(hex);
    }
    memcpy(even, PRODUCT, sizeof(even));
    even[sizeof(even) - 2] = '4';
    write_rsa(hex, even, "010001");
    assert_refused(hex);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refuses_a_point_of_small_order),
        cmocka_unit_test(refuses_a_y_that_is_not_reduced),
        cmocka_unit_test(refuses_a_point_off_the_curve),
        cmocka_unit_test(accepts_every_new_key),
        cmocka_unit_test(refuses_a_malformed_point),
        cmocka_unit_test(refuses_degenerate_rsa_keys),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
