/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "tests/unit/unit.h"

#include "base/mem.h"
#include "bundle/reader/reader.h"
#include "io/crypto/hash.h"
#include "io/archive/tar.h"
#include "tests/unit/bundle_fixture.h"
#include "bundle/reader/head.h"
#include "bundle/reader/member_read.h"
#include "oci/graph_walk.h"

#include <sys/mman.h>
#include <unistd.h>

enum { BUNDLE_MAX = 32 << 20 };

/* ---- good bundles ---- */

static void
accepts_valid_bundles(void **state)
{
    static const size_t signatures[] = {0, 1, 2, 64};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(signatures); i++) {
        struct fixture f;

        fixture_standard(&f, signatures[i]);
        fixture_expect(&f, NULL, "good");
        fixture_release(&f);
    }
}

static void
reports_the_content(void **state)
{
    struct fixture_parts parts;
    struct fixture f;
    struct buf bytes = BUF_INIT(BUNDLE_MAX), body = BUF_INIT(1000);
    struct err err = ERR_INIT;
    struct bundle_untrusted *u;
    struct bundle_preview *p;
    const struct bundle_content *c;
    const struct signature_file *signatures;
    size_t count;
    int fd;

    (void)state;
    fixture_parts(&parts);
    fixture_make(&f, &parts, 2);
    fixture_render(&f, &bytes);
    fd = fixture_file(bytes.data, bytes.len);
    u = bundle_head(volumes_of_file(fd, bytes.len), &err);
    assert_non_null(u);
    assert_memory_equal(bundle_raw_index(u, &count), f.members[1].body, f.members[1].len);
    assert_int_equal(count, f.members[1].len);
    signatures = bundle_signatures(u, &count);
    assert_int_equal(count, 2);
    assert_string_equal(signatures[0].name, "00000000000000ff.sigstore.json");
    assert_string_equal(signatures[1].name, "00000000000000fe.p7s");
    assert_int_equal(signatures[1].len, 600);
    p = bundle_preview(u, &err);
    assert_non_null(p);
    c = bundle_preview_content(p);
    assert_int_equal(c->set.count, 2);
    assert_int_equal(c->total, bytes.len);
    assert_int_equal(c->member_count, parts.blob_count);
    for (size_t i = 0; i < c->member_count; i++) {
        uint32_t id = c->object_of_member[i];

        assert_true(digest_equal(&c->members[i].digest, &parts.blobs[i].digest));
        assert_int_equal(c->member_of_object[id], i);
        assert_true(digest_equal(&graph_object(c->set.graph, id)->digest,
                                 &parts.blobs[i].digest));
        assert_int_equal(bundle_read_member(c, i, &body, &err), 0);
        assert_int_equal(body.len, parts.blobs[i].size);
        assert_memory_equal(body.data, parts.bodies[i], body.len);
    }
    bundle_preview_release(&p);
    bundle_untrusted_release(&u);
    buf_release(&body);
    buf_release(&bytes);
    fixture_release(&f);
    close(fd);
}

static void
accepts_trailing_zeros(void **state)
{
    struct fixture f;
    struct buf bytes = BUF_INIT(BUNDLE_MAX);
    size_t end;

    (void)state;
    fixture_standard(&f, 1);
    fixture_render(&f, &bytes);
    end = bytes.len;
    assert_int_equal(buf_resize(&bytes, end + BUNDLE_TRAILING_MAX + 1), 0);
    memset(bytes.data + end, 0, BUNDLE_TRAILING_MAX + 1);
    fixture_expect_bytes(bytes.data, end + 1, NULL, "one zero");
    fixture_expect_bytes(bytes.data, end + BUNDLE_TRAILING_MAX, NULL, "64 KiB");
    fixture_expect_bytes(bytes.data, end + BUNDLE_TRAILING_MAX + 1, "trailing",
                         "a zero too many");
    bytes.data[end + 700] = 1;
    fixture_expect_bytes(bytes.data, end + 1024, "trailing", "no zero");
    memcpy(bytes.data + end, bytes.data, end);
    fixture_expect_bytes(bytes.data, end + end, "trailing", "the archive twice");
    buf_release(&bytes);
    fixture_release(&f);
}

/* ---- members added, removed, moved, renamed ---- */

static void
detects_a_missing_member(void **state)
{
    struct fixture f;

    (void)state;
    fixture_standard(&f, 0);
    for (size_t i = 0; i < f.count; i++) {
        struct fixture g;

        fixture_standard(&g, 0);
        fixture_remove(&g, i);
        fixture_expect(&g, "missing", f.members[i].name);
        fixture_release(&g);
    }
    fixture_release(&f);
}

static void
detects_a_repeated_member(void **state)
{
    (void)state;
    for (size_t from = 0; from < 11; from++) {
        for (size_t to = from + 1; to <= 11; to++) {
            struct fixture f;

            fixture_standard(&f, 2);
            assert_int_equal(f.count, 11);
            fixture_copy(&f, from, to);
            fixture_expect(&f, "duplicate", f.members[from].name);
            fixture_release(&f);
        }
    }
}

/* Signatures may stand in any order; everything else has one place. */
static void
detects_a_moved_member(void **state)
{
    (void)state;
    for (size_t from = 0; from < 11; from++) {
        for (size_t to = 0; to < 11; to++) {
            struct fixture f;
            bool is_same = from == to, are_signatures = from / 2 == 1 && to / 2 == 1;

            fixture_standard(&f, 2);
            fixture_move(&f, from, to);
            fixture_expect(&f, is_same || are_signatures ? NULL : "order",
                           f.members[to].name);
            fixture_release(&f);
        }
    }
}

static void
detects_an_extra_member(void **state)
{
    static const char *const names[] = {
        "readme",
        "./index.json",
        "Index.json",
        "manifest.json",
        "blobs/",
        "blobs/sha256/",
        "blobs/sha256/../../etc/passwd",
        "/etc/passwd",
        "blobs/sha256/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        "signatures/readme",
        "signatures/0123456789ABCDEF.p7s",
    };

    (void)state;
    for (size_t n = 0; n < COUNT_OF(names); n++) {
        for (size_t at = 0; at <= 11; at++) {
            bool is_blob = strlen(names[n]) == 77;
            struct fixture f;

            fixture_standard(&f, 2);
            fixture_insert(&f, at, names[n], "x");
            /* before SHA256SUMS the expected blobs are unknown */
            fixture_expect(&f, is_blob && at < 6 ? "order" : "extra", names[n]);
            fixture_release(&f);
        }
    }
}

static void
detects_a_renamed_member(void **state)
{
    (void)state;
    for (size_t i = 0; i < 11; i++) {
        struct fixture f;

        fixture_standard(&f, 2);
        snprintf(f.members[i].name, sizeof(f.members[i].name), "renamed");
        fixture_expect(&f, "extra", "renamed");
        fixture_release(&f);
    }
}

/* Already the head says so, or the bundle would pass for an unsigned one. */
static void
detects_a_misplaced_signature(void **state)
{
    (void)state;
    for (size_t at = 4; at <= 9; at++) { /* behind SHA256SUMS, ... behind the last blob */
        struct buf bytes = BUF_INIT(BUNDLE_MAX);
        struct err err = ERR_INIT;
        struct fixture f;
        int fd;

        fixture_standard(&f, 0);
        assert_int_equal(f.count, 9);
        fixture_insert(&f, at, "signatures/0123456789abcdef.sigstore.json", "{}");
        fixture_render(&f, &bytes);
        fd = fixture_file(bytes.data, bytes.len);
        assert_null(bundle_head(volumes_of_file(fd, bytes.len), &err));
        assert_int_equal(err.kind, ERR_INTEGRITY);
        assert_string_equal(err_reason_word(err.reason), "order");
        close(fd);
        buf_release(&bytes);
        fixture_release(&f);
    }
}

static void
accepts_only_plain_files(void **state)
{
    static const char types[] = "1234567xgLKSZV";

    (void)state;
    for (size_t i = 0; i < 11; i++) {
        for (const char *type = types; *type != '\0'; type++) {
            struct fixture f;

            fixture_standard(&f, 2);
            f.members[i].type = (unsigned char)*type; /* in place of the file */
            fixture_expect(&f, "header", f.members[i].name);
            f.members[i].type = 0;
            fixture_copy(&f, i, i);
            f.members[i].type = (unsigned char)*type; /* before it */
            fixture_expect(&f, "header", f.members[i].name);
            fixture_release(&f);
        }
    }
}

static void
requires_one_mtime(void **state)
{
    struct fixture f;

    (void)state;
    fixture_standard(&f, 2);
    for (size_t i = 0; i < f.count; i++)
        f.members[i].mtime = 1234567890;
    fixture_expect(&f, NULL, "another mtime");
    for (size_t i = 0; i < f.count; i++) {
        f.members[i].mtime = 1;
        fixture_expect(&f, "header", f.members[i].name);
        f.members[i].mtime = 1234567890;
    }
    fixture_release(&f);
}

/* ---- bounds ---- */

static void
limits_signatures(void **state)
{
    struct fixture f;
    char *body;

    (void)state;
    fixture_standard(&f, 65);
    fixture_expect(&f, "extra", "65 signatures");
    fixture_release(&f);

    body = xcalloc(BUNDLE_SIGNATURE_MAX + 2, 1);
    memset(body, 's', BUNDLE_SIGNATURE_MAX + 1);
    fixture_standard(&f, 1);
    fixture_remove(&f, 2);
    fixture_insert(&f, 2, "signatures/0123456789abcdef.p7s", body);
    fixture_expect(&f, "size", "a signature too long");
    fixture_release(&f);
    free(body);
}

/* A header that claims more than allowed is refused before anything is read for it. */
static void
limits_sizes_in_headers(void **state)
{
    static const struct {
        const char *name;
        uint64_t max;
    } cases[] = {
        {"oci-layout", BUNDLE_OCI_LAYOUT_MAX},
        {"index.json", BUNDLE_INDEX_MAX},
        {"signatures/00", BUNDLE_SIGNATURE_MAX},
        {"signatures/.pad", BUNDLE_SIGNATURE_AREA_MAX},
        {"SHA256SUMS", BUNDLE_SUMS_MAX},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        for (int claim = 0; claim < 2; claim++) {
            uint64_t size = claim ? (UINT64_C(1) << 62) - 1 : cases[i].max + 1;
            struct buf bytes = BUF_INIT(BUNDLE_MAX);
            struct err err = ERR_INIT;
            struct fixture f;
            size_t at = 0;

            fixture_standard(&f, 1);
            fixture_render(&f, &bytes);
            for (size_t m = 0; m < fixture_find(&f, cases[i].name); m++)
                at += 512 + tar_padded(f.members[m].len);
            assert_int_equal(tar_header((unsigned char *)bytes.data + at, bytes.data + at,
                                        size, 0, &err),
                             0);
            fixture_expect_bytes(bytes.data, bytes.len, "size", cases[i].name);
            buf_release(&bytes);
            fixture_release(&f);
        }
    }
}

/* ---- bodies ---- */

static void
requires_empty_padding(void **state)
{
    struct fixture f;
    size_t pad;

    (void)state;
    fixture_standard(&f, 1);
    pad = fixture_find(&f, "signatures/.pad");
    for (size_t at = 0; at < FIXTURE_PAD; at += 1023) {
        f.members[pad].body[at] = 1;
        fixture_expect(&f, "interrupted-sign", "pad");
        f.members[pad].body[at] = 0;
    }
    f.members[pad].len -= 1;
    fixture_expect(&f, "size", "a pad of odd length");
    f.members[pad].len = 0;
    fixture_expect(&f, "size", "index.json says more bytes");
    fixture_release(&f);
}

static void
requires_fixed_bodies(void **state)
{
    struct fixture f;

    (void)state;
    fixture_standard(&f, 0);
    fixture_remove(&f, 0);
    fixture_insert(&f, 0, "oci-layout", "{\"imageLayoutVersion\": \"1.0.0\"}");
    fixture_expect(&f, "format", "oci-layout with a blank");
    fixture_release(&f);

    fixture_standard(&f, 0);
    f.members[fixture_find(&f, "SHA256SUMS")].body[3] ^= 1;
    fixture_expect(&f, "sums", "SHA256SUMS changed");
    fixture_release(&f);
}

static void
checks_digests(void **state)
{
    struct fixture f;

    (void)state;
    fixture_standard(&f, 0);
    for (size_t i = fixture_find(&f, "blobs/"); i < f.count; i++) {
        if (f.members[i].len == 0)
            continue;
        f.members[i].body[f.members[i].len / 2] ^= 1;
        fixture_expect(&f, "digest", f.members[i].name);
        f.members[i].body[f.members[i].len / 2] ^= 1;
    }
    fixture_release(&f);
}

static void
checks_sizes_against_descriptors(void **state)
{
    struct fixture f;

    (void)state;
    fixture_standard(&f, 0);
    for (size_t i = fixture_find(&f, "blobs/"); i < f.count; i++) {
        size_t len = f.members[i].len;

        if (len == 0)
            continue;
        f.members[i].len = len - 1; /* still the same number of blocks */
        fixture_expect(&f, "size", f.members[i].name);
        f.members[i].len = len;
    }
    fixture_release(&f);
}

static void
requires_zero_padding(void **state)
{
    struct buf bytes = BUF_INIT(BUNDLE_MAX);
    struct fixture f;
    size_t at = 0;

    (void)state;
    fixture_standard(&f, 2);
    fixture_render(&f, &bytes);
    for (size_t i = 0; i < f.count; i++) {
        size_t end = at + 512 + f.members[i].len;

        at += 512 + tar_padded(f.members[i].len);
        for (size_t k = end; k < at; k += (at - end + 2) / 3) { /* a few of them */
            bytes.data[k] = 1;
            fixture_expect_bytes(bytes.data, bytes.len, "padding", f.members[i].name);
            bytes.data[k] = 0;
        }
    }
    buf_release(&bytes);
    fixture_release(&f);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(accepts_valid_bundles),
        cmocka_unit_test(reports_the_content),
        cmocka_unit_test(accepts_trailing_zeros),
        cmocka_unit_test(detects_a_missing_member),
        cmocka_unit_test(detects_a_repeated_member),
        cmocka_unit_test(detects_a_moved_member),
        cmocka_unit_test(detects_an_extra_member),
        cmocka_unit_test(detects_a_renamed_member),
        cmocka_unit_test(detects_a_misplaced_signature),
        cmocka_unit_test(accepts_only_plain_files),
        cmocka_unit_test(requires_one_mtime),
        cmocka_unit_test(limits_signatures),
        cmocka_unit_test(limits_sizes_in_headers),
        cmocka_unit_test(requires_empty_padding),
        cmocka_unit_test(requires_fixed_bodies),
        cmocka_unit_test(checks_digests),
        cmocka_unit_test(checks_sizes_against_descriptors),
        cmocka_unit_test(requires_zero_padding),
    };

    return cmocka_run_group_tests_name("reader", tests, NULL, NULL);
}
