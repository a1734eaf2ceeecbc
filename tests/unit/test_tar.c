/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "tests/unit/unit.h"

#include "io/archive/tar.h"

enum { SIZE = 124, MTIME = 136, CHECKSUM = 148, TYPE = 156, MAGIC = 257 };

static const uint64_t GIB8 = UINT64_C(1) << 33;

/* Recompute the checksum after a change, as a forger would. */
static void
fix_checksum(unsigned char *block)
{
    unsigned sum = 0;
    char text[8];

    memset(block + CHECKSUM, ' ', 8);
    for (size_t i = 0; i < TAR_BLOCK; i++)
        sum += block[i];
    snprintf(text, sizeof(text), "%06o", sum);
    memcpy(block + CHECKSUM, text, 7);
}

static void
make(unsigned char *block, uint64_t size)
{
    struct err err = ERR_INIT;

    assert_int_equal(tar_header(block, "blobs/sha256/abc", size, 1234567890, &err), 0);
}

static void
writes_ustar_or_gnutar_headers(void **state)
{
    unsigned char block[TAR_BLOCK];

    (void)state;
    make(block, GIB8 - 1);
    assert_memory_equal(block, "blobs/sha256/abc\0", 17);
    assert_memory_equal(block + 100,
                        "000644 \0"
                        "000000 \0"
                        "000000 \0",
                        24);
    assert_memory_equal(block + SIZE, "77777777777 ", 12);
    assert_memory_equal(block + MTIME, "11145401322 ", 12);
    assert_int_equal(block[TYPE], '0');
    assert_memory_equal(block + MAGIC,
                        "ustar\0"
                        "00",
                        8);
    make(block, GIB8);
    assert_memory_equal(block + SIZE, "\x80\0\0\0\0\0\0\x02\0\0\0\0", 12);
    assert_memory_equal(block + MAGIC, "ustar  ", 8);
    assert_true(tar_is_zero(block + 265, TAR_BLOCK - 265)); /* no names, no prefix */
}

static void
reads_what_it_wrote(void **state)
{
    static const uint64_t sizes[] = {0,
                                     1,
                                     511,
                                     512,
                                     4097,
                                     UINT64_C(8589934591),
                                     UINT64_C(8589934592),
                                     UINT64_C(1) << 40,
                                     (UINT64_C(1) << 62) - 1};
    static const uint64_t times[] = {0, 1, 1234567890, TAR_MTIME_MAX};
    char name[TAR_NAME_MAX + 1];

    (void)state;
    for (size_t i = 0; i < COUNT_OF(sizes) * COUNT_OF(times); i++) {
        uint64_t size = sizes[i % COUNT_OF(sizes)], mtime = times[i / COUNT_OF(sizes)];
        size_t len = i == 0 ? 1 : i == 1 ? TAR_NAME_MAX : 10 + i;
        unsigned char block[TAR_BLOCK];
        struct tar_entry e;
        struct err err = ERR_INIT;

        memset(name, 'n', len);
        name[len] = '\0';
        assert_int_equal(tar_header(block, name, size, mtime, &err), 0);
        assert_int_equal(tar_parse(block, &e, &err), 0);
        assert_string_equal(e.name, name);
        assert_int_equal(e.size, size);
        assert_int_equal(e.mtime, mtime);
    }
}

static void
refuses_what_does_not_fit(void **state)
{
    unsigned char block[TAR_BLOCK], before[TAR_BLOCK];
    char name[TAR_NAME_MAX + 2];
    struct err err = ERR_INIT;

    (void)state;
    memset(block, 7, sizeof(block));
    memcpy(before, block, sizeof(block));
    memset(name, 'n', sizeof(name) - 1);
    name[sizeof(name) - 1] = '\0';
    assert_int_equal(tar_header(block, name, 0, 0, &err), -1);
    assert_int_equal(err.kind, ERR_INTERNAL);
    assert_int_equal(tar_header(block, "", 0, 0, &err), -1);
    assert_int_equal(tar_header(block, "n", UINT64_C(1) << 62, 0, &err), -1);
    assert_int_equal(tar_header(block, "n", 0, TAR_MTIME_MAX + 1, &err), -1);
    assert_memory_equal(block, before, sizeof(block));
}

static void
expect_refused(const unsigned char *block, const char *field)
{
    struct tar_entry e, before;
    struct err err = ERR_INIT;

    memset(&e, 7, sizeof(e));
    before = e;
    assert_int_equal(tar_parse(block, &e, &err), -1);
    assert_int_equal(err.kind, ERR_INTEGRITY);
    assert_string_equal(err_reason_word(err.reason), "header");
    assert_memory_equal(&e, &before, sizeof(e));
    if (!strstr(err.msg, field))
        fail_msg("'%s' does not name the %s field", err.msg, field);
}

static void
refuses_every_flipped_bit(void **state)
{
    static const uint64_t sizes[] = {4097, UINT64_C(8589934593)};
    unsigned char block[TAR_BLOCK];

    (void)state;
    for (size_t i = 0; i < COUNT_OF(sizes); i++) {
        make(block, sizes[i]);
        for (size_t bit = 0; bit < 8 * TAR_BLOCK; bit++) {
            block[bit / 8] ^= (unsigned char)(1 << bit % 8);
            expect_refused(block, "field");
            block[bit / 8] ^= (unsigned char)(1 << bit % 8);
        }
    }
}

/* With a good checksum, so that tar programs would take them. */
static void
refuses_every_other_field(void **state)
{
    static const struct {
        size_t at, len;
        const char *bytes, *field;
    } cases[] = {
        {0, 1, "\0", "name"},
        {0, 5, "blo s", "name"},
        {0, 5, "blo\ns", "name"},
        {0, 5, "blo\x80s", "name"},
        {50, 5, "after", "name"}, /* behind the NUL: others may read it */
        {100, 8, "000755 ", "mode"},
        {100, 8, "0000644", "mode"}, /* as GNU tar writes it */
        {108, 8, "000001 ", "uid"},
        {116, 8, "000001 ", "gid"},
        {SIZE, 12, "00000000001", "size"},  /* NUL instead of a blank */
        {SIZE, 12, "          1 ", "size"}, /* blanks instead of zeros */
        {SIZE, 12, "00000000009 ", "size"},
        {SIZE, 12, "-0000000001 ", "size"},
        {SIZE, 12, "\x80\0\0\0\0\0\0\0\0\0\0\x01", "size"}, /* small, but base-256 */
        {SIZE, 12, "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", "size"}, /* -1 */
        {SIZE, 12, "\x80\0\0\0\x80\0\0\0\0\0\0\0", "size"},                     /* 2^63 */
        {SIZE, 12, "\x80\0\0\0\x40\0\0\0\0\0\0\0", "size"},                     /* 2^62 */
        {SIZE, 12, "\x80\x01\0\0\0\0\0\0\0\0\0\0", "size"},                     /* 2^80 */
        {MTIME, 12, "11145401322", "mtime"},
        {MTIME, 12, "\x80\0\0\0\0\0\0\0\0\0\0\x01", "mtime"},
        {MTIME, 12, "\x80\0\0\0\0\0\0\x02\0\0\0\0", "mtime"},
        {TYPE, 1, "\0", "type"}, /* a regular file too, for old tars */
        {TYPE, 1, "1", "type"},  /* hard link */
        {TYPE, 1, "2", "type"},  /* symlink */
        {TYPE, 1, "3", "type"},  /* device */
        {TYPE, 1, "5", "type"},  /* directory */
        {TYPE, 1, "6", "type"},  /* pipe */
        {TYPE, 1, "7", "type"},
        {TYPE, 1, "x", "type"}, /* pax */
        {TYPE, 1, "g", "type"}, /* pax, global */
        {TYPE, 1, "L", "type"}, /* GNU long name */
        {TYPE, 1, "K", "type"},
        {TYPE, 1, "S", "type"}, /* GNU sparse */
        {TYPE, 1, "Z", "type"}, /* unknown, which libarchive takes for a file */
        {157, 1, "t", "link name"},
        {MAGIC, 8, "ustar  ", "magic"}, /* gnutar below 8 GiB */
        {MAGIC, 8, "\0\0\0\0\0\0\0", "magic"},
        {263, 2, "01", "version"},
        {265, 5, "root", "user name"},
        {297, 5, "root", "group name"},
        {329, 8, "000001 ", "device"},
        {345, 4, "dir", "prefix"},
        {511, 1, "x", "unused"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        unsigned char block[TAR_BLOCK];

        make(block, 1);
        memcpy(block + cases[i].at, cases[i].bytes, cases[i].len);
        fix_checksum(block);
        expect_refused(block, cases[i].field);
    }
}

static void
refuses_a_checksum_in_another_form(void **state)
{
    unsigned char block[TAR_BLOCK];

    (void)state;
    make(block, 1);
    fix_checksum(block); /* the helper writes what the library writes */
    assert_int_equal(
        tar_parse(block, &(struct tar_entry){.size = 0}, &(struct err)ERR_INIT), 0);
    memmove(block + CHECKSUM + 1, block + CHECKSUM, 7);
    block[CHECKSUM] = '0'; /* the same number with one digit more */
    expect_refused(block, "checksum");
}

static void
large_sizes_require_the_gnutar_form(void **state)
{
    unsigned char block[TAR_BLOCK];

    (void)state;
    make(block, GIB8);
    memcpy(block + MAGIC,
           "ustar\0"
           "00",
           8);
    fix_checksum(block);
    expect_refused(block, "magic");
}

static void
refuses_zero_blocks_as_headers(void **state)
{
    unsigned char block[TAR_BLOCK] = {0};

    (void)state;
    expect_refused(block, "name");
}

static void
computes_padding_and_zeros(void **state)
{
    unsigned char bytes[600] = {0};

    (void)state;
    assert_int_equal(tar_padded(0), 0);
    assert_int_equal(tar_padded(1), 512);
    assert_int_equal(tar_padded(512), 512);
    assert_int_equal(tar_padded(513), 1024);
    assert_int_equal(tar_padded((UINT64_C(1) << 62) - 1), UINT64_C(1) << 62);
    assert_true(tar_is_zero(NULL, 0));
    assert_true(tar_is_zero(bytes, sizeof(bytes)));
    for (size_t i = 0; i < sizeof(bytes); i++) {
        bytes[i] = 1;
        assert_false(tar_is_zero(bytes, sizeof(bytes)));
        assert_true(tar_is_zero(bytes, i));
        bytes[i] = 0;
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_ustar_or_gnutar_headers),
        cmocka_unit_test(reads_what_it_wrote),
        cmocka_unit_test(refuses_what_does_not_fit),
        cmocka_unit_test(refuses_every_flipped_bit),
        cmocka_unit_test(refuses_every_other_field),
        cmocka_unit_test(refuses_a_checksum_in_another_form),
        cmocka_unit_test(large_sizes_require_the_gnutar_form),
        cmocka_unit_test(refuses_zero_blocks_as_headers),
        cmocka_unit_test(computes_padding_and_zeros),
    };

    return cmocka_run_group_tests_name("tar", tests, NULL, NULL);
}
