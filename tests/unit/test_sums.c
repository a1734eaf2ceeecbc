/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "tests/unit/unit.h"
#include "tests/unit/digest_of.h"

#include "bundle/format/sums.h"

/* printf '%s' '{"imageLayoutVersion":"1.0.0"}' | sha256sum */
#define LAYOUT   "18f0797eab35a4597c1e9624aa4f15fd91f6254e5538c1e0d193b2a95dd4acc6"
#define A        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define B        "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define C        "cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc"
#define D        "dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd"
#define LEFT_OUT "#omitted sha256:" D " 0\n#omitted sha256:" C " 9223372036854775807\n"
#define FIRST    LAYOUT "  oci-layout\n"
#define GOOD     FIRST B "  blobs/sha256/" B "\n" A "  blobs/sha256/" A "\n"

static void
lists_members_in_order(void **state)
{
    struct bundle_member members[] = {{.digest = digest_of(0xbb)},
                                      {.digest = digest_of(0xaa)}};
    struct bundle_omitted omitted[] = {{digest_of(0xdd), 0, false},
                                       {digest_of(0xcc), INT64_MAX, false}};
    struct buf out = BUF_INIT(1000);
    struct err err = ERR_INIT;

    (void)state;
    assert_int_equal(sums_write(&out, members, 2, NULL, 0, &err), 0);
    assert_string_equal(out.data, GOOD);
    buf_clear(&out);
    assert_int_equal(sums_write(&out, members, 2, omitted, 2, &err), 0);
    assert_string_equal(out.data, GOOD LEFT_OUT);
    buf_release(&out);
}

static void
refuses_a_long_text(void **state)
{
    struct bundle_member members[] = {{.digest = digest_of(0xbb)}};
    struct err err = ERR_INIT;

    (void)state;
    for (size_t max = 0; max < strlen(FIRST) + 144; max += 40) {
        struct buf out = BUF_INIT(max);

        assert_int_equal(sums_write(&out, members, 1, NULL, 0, &err), -1);
        assert_int_equal(err.kind, ERR_LIMIT);
        buf_release(&out);
    }
}

static void
reads_what_it_wrote(void **state)
{
    static const char with_comments[] = GOOD LEFT_OUT;
    CLEANUP(sums_release) struct sums sums = SUMS_INIT;
    struct digest a = digest_of(0xaa), b = digest_of(0xbb), c = digest_of(0xcc),
                  d = digest_of(0xdd);
    struct err err = ERR_INIT;

    (void)state;
    assert_int_equal(sums_read(&sums, FIRST, strlen(FIRST), &err), 0);
    assert_int_equal(sums.file_count, 1);
    assert_int_equal(sums.omitted_count, 0);
    sums_release(&sums);
    assert_int_equal(sums_read(&sums, with_comments, strlen(with_comments), &err), 0);
    assert_int_equal(sums.file_count, 3);
    assert_true(digest_equal(&sums.files[1], &b));
    assert_true(digest_equal(&sums.files[2], &a));
    assert_int_equal(sums.omitted_count, 2);
    assert_true(digest_equal(&sums.omitted[0].digest, &d));
    assert_int_equal(sums.omitted[0].size, 0);
    assert_true(digest_equal(&sums.omitted[1].digest, &c));
    assert_int_equal(sums.omitted[1].size, INT64_MAX);
}

/* The listing does not care that another file has the bytes of oci-layout. */
static void
accepts_a_blob_equal_to_oci_layout(void **state)
{
    static const char text[] = FIRST LAYOUT "  blobs/sha256/" LAYOUT "\n";
    CLEANUP(sums_release) struct sums sums = SUMS_INIT;
    struct err err = ERR_INIT;

    (void)state;
    assert_int_equal(sums_read(&sums, text, strlen(text), &err), 0);
}

static void
refuses_malformed_texts(void **state)
{
    static const struct {
        const char *text;
        enum err_kind kind;
        const char *message;
    } cases[] = {
        {"", ERR_INTEGRITY, "no file"},
        {"\n", ERR_INTEGRITY, "line 1"},
        {LAYOUT "  oci-layout", ERR_INTEGRITY, "missing newline"},
        {LAYOUT "  oci-layout\r\n", ERR_INTEGRITY, "line 1"},
        {LAYOUT " *oci-layout\n", ERR_INTEGRITY, "line 1"},
        {LAYOUT "  ./oci-layout\n", ERR_INTEGRITY, "line 1"},
        {LAYOUT "  index.json\n", ERR_INTEGRITY, "line 1"},
        {A "  blobs/sha256/" A "\n", ERR_INTEGRITY, "oci-layout"},
        {FIRST "\n", ERR_INTEGRITY, "line 2"},
        {FIRST FIRST, ERR_INTEGRITY, "line 2"},
        {FIRST A "  blobs/sha256/" A "\n\n", ERR_INTEGRITY, "line 3"},
        {FIRST A "  blobs/sha256/" A, ERR_INTEGRITY, "missing newline"},
        {FIRST A "  blobs/sha256/" B "\n", ERR_INTEGRITY, "that digest"},
        {FIRST A "  blobs/sha512/" A "\n", ERR_INTEGRITY, "that digest"},
        {FIRST A "  blobs/sha256/" A "a\n", ERR_INTEGRITY, "that digest"},
        {FIRST A "  blobs/sha256/" A " \n", ERR_INTEGRITY, "that digest"},
        {FIRST A "\tblobs/sha256/" A "\n", ERR_INTEGRITY, "line 2"},
        {FIRST "A" A "  blobs/sha256/" A "\n", ERR_INTEGRITY, "line 2"},
        {FIRST A "\n", ERR_INTEGRITY, "line 2"},
        {FIRST A "  \n", ERR_INTEGRITY, "that digest"},
        {GOOD B "  blobs/sha256/" B "\n", ERR_INTEGRITY, "twice"},
        {GOOD "# a note\n", ERR_INTEGRITY, "comment"},
        {GOOD "#absentsha256:" A " 5\n", ERR_INTEGRITY, "comment"},
        {GOOD "#absent sha256:" A " 5\n", ERR_PROTOCOL, "newer sealift"},
        {GOOD "#omitted sha256:" A " 5\n", ERR_INTEGRITY, "twice"},
        {GOOD "#omitted sha256:" C " 5\n#omitted sha256:" C " 5\n", ERR_INTEGRITY,
         "twice"},
        {"#omitted sha256:" C " 5\n" GOOD, ERR_INTEGRITY, "after the omitted objects"},
        {"#omitted sha256:" C " 5\n", ERR_INTEGRITY, "no file"},
        {GOOD "#omitted sha256:" C "\n", ERR_INTEGRITY, "omitted object"},
        {GOOD "#omitted sha256:" C " \n", ERR_INTEGRITY, "omitted object"},
        {GOOD "#omitted sha256:" C "  5\n", ERR_INTEGRITY, "omitted object"},
        {GOOD "#omitted sha256:" C " 05\n", ERR_INTEGRITY, "omitted object"},
        {GOOD "#omitted sha256:" C " 5 \n", ERR_INTEGRITY, "omitted object"},
        {GOOD "#omitted sha256:" C " -5\n", ERR_INTEGRITY, "omitted object"},
        {GOOD "#omitted sha256:" C " 9223372036854775808\n", ERR_INTEGRITY,
         "omitted object"},
        {GOOD "#omitted sha256:" C "c 5\n", ERR_INTEGRITY, "omitted object"},
        {GOOD "#omitted sha512:" C C " 5\n", ERR_INTEGRITY, "omitted object"},
        {GOOD "#omitted " C " 5\n", ERR_INTEGRITY, "omitted object"},
        {GOOD "#omitted \n", ERR_INTEGRITY, "omitted object"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct sums sums = SUMS_INIT;
        struct err err = ERR_INIT;

        assert_int_equal(sums_read(&sums, cases[i].text, strlen(cases[i].text), &err),
                         -1);
        assert_int_equal(err.kind, cases[i].kind);
        if (err.kind == ERR_INTEGRITY)
            assert_string_equal(err_reason_word(err.reason), "sums");
        if (!strstr(err.msg, cases[i].message))
            fail_msg("case %zu: %s", i, err.msg);
        assert_null(sums.files);
        assert_null(sums.omitted);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lists_members_in_order),
        cmocka_unit_test(refuses_a_long_text),
        cmocka_unit_test(reads_what_it_wrote),
        cmocka_unit_test(accepts_a_blob_equal_to_oci_layout),
        cmocka_unit_test(refuses_malformed_texts),
    };

    return cmocka_run_group_tests_name("sums", tests, NULL, NULL);
}
