/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "tests/unit/unit.h"

#include "base/mem.h"
#include "bundle/format/index.h"
#include "bundle/format/writer.h"
#include "bundle/reader/head.h"
#include "io/archive/tar.h"
#include "oci/reference_list.h"
#include "tests/unit/bundle_fixture.h"

#include <sys/mman.h>
#include <unistd.h>

static struct layout_input
input(const struct fixture_parts *p, const struct image_set *set)
{
    return (struct layout_input){
        .meta = &p->meta, .set = set, .blobs = p->blobs, .blob_count = p->blob_count};
}

static int
plan(struct layout *l, struct fixture_parts *p, struct err *err)
{
    const struct image_set set = fixture_set(p);
    const struct layout_input in = input(p, &set);

    return layout_plan(l, &in, err);
}

#define CHARS_64 "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static void
checks_stream_names(void **state)
{
    static const char *const good[] = {"default", "a", "0", "a.b_c-d", ".", CHARS_64};
    static const char *const bad[] = {"",    "A",        "a b",       "a/b",
                                      "a\n", "\xc3\xa4", CHARS_64 "0"};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(good); i++)
        assert_true(bundle_stream_is_valid(good[i]));
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        assert_false(bundle_stream_is_valid(bad[i]));
}

static void
checks_signature_names(void **state)
{
    static const char *const good[] = {"0123456789abcdef.sigstore.json",
                                       "ffffffffffffffff.p7s"};
    static const char *const bad[] = {"",
                                      ".pad",
                                      "0123456789abcdef",
                                      "0123456789abcdef.",
                                      "0123456789abcdef.json",
                                      "0123456789abcdef.p7s ",
                                      "0123456789abcdef.P7S",
                                      "0123456789ABCDEF.p7s",
                                      "0123456789abcde.p7s",
                                      "0123456789abcdef0.p7s",
                                      "../456789abcdef.p7s",
                                      "0123456789abcdef/.p7s"};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(good); i++)
        assert_true(bundle_signature_name_is_valid(good[i]));
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        assert_false(bundle_signature_name_is_valid(bad[i]));
}

static void
places_members_in_sequence(void **state)
{
    struct layout l = LAYOUT_INIT;
    struct fixture_parts p;
    struct err err = ERR_INIT;
    uint64_t at;

    (void)state;
    fixture_parts(&p);
    assert_int_equal(plan(&l, &p, &err), 0);
    assert_int_equal(l.signatures_at, 512 + 512 + 512 + tar_padded(l.index.len));
    assert_int_equal(l.sums_at, l.signatures_at + 33280);
    assert_int_equal(l.member_count, p.blob_count);
    at = l.sums_at + 512 + tar_padded(l.sums.len);
    for (size_t i = 0; i < l.member_count; i++) {
        assert_true(digest_equal(&l.members[i].digest, &p.blobs[i].digest));
        assert_int_equal(l.members[i].size, p.blobs[i].size);
        assert_int_equal(l.members[i].offset, at + 512);
        at += 512 + tar_padded(l.members[i].size);
    }
    assert_int_equal(l.total, at + 1024);
    layout_release(&l);
}

/* The size stands in index.json, whose own size depends on how many digits that takes. */
static void
total_size_includes_its_own_digits(void **state)
{
    struct layout l = LAYOUT_INIT;
    struct fixture_parts p;
    struct err err = ERR_INIT;

    (void)state;
    fixture_parts(&p);
    for (uint64_t size = 1; size < UINT64_C(1) << 61; size += size / 2 + 1) {
        for (size_t extra = 0; extra < 8; extra++) {
            struct index_content c = INDEX_CONTENT_INIT;

            p.blobs[3].size = size;
            memset(p.meta.tool, 't', 1 + 8 * extra); /* moves the end of index.json */
            p.meta.tool[1 + 8 * extra] = '\0';
            assert_int_equal(plan(&l, &p, &err), 0);
            assert_int_equal(index_read(&c, l.index.data, l.index.len, &err), 0);
            assert_int_equal(c.pins.bytes, l.total);
            assert_int_equal(c.pins.members, p.blob_count + 1);
            index_content_release(&c);
        }
    }
    layout_release(&l);
}

static void
accounts_for_one_more_digit(void **state)
{
    struct layout l = LAYOUT_INIT;
    struct fixture_parts p;
    struct err err = ERR_INIT;
    char filler[513] = "";
    uint64_t before = 0;

    (void)state;
    fixture_parts(&p);
    p.entries[0].artifact_type = filler;
    for (p.blobs[3].size = 500000; l.total < 1000000; p.blobs[3].size += 512) {
        before = l.total;
        if (l.index.len % 512 != 0 ||
            l.total == 0) /* until index.json fills its blocks */
            memset(filler, 'f', strlen(filler) + 1);
        assert_int_equal(plan(&l, &p, &err), 0);
    }
    assert_int_equal(before, 999936);
    assert_int_equal(l.total, 999936 + 512 + 512);
    assert_int_equal(l.index.len % 512, 1);
    layout_release(&l);
}

static void
refuses_what_does_not_fit(void **state)
{
    struct layout l = LAYOUT_INIT;
    struct fixture_parts p;
    struct err err = ERR_INIT;
    struct image_set set, many = IMAGE_SET_INIT;
    struct layout_input in;

    (void)state;
    fixture_parts(&p);
    p.blobs[1].digest.alg = DIGEST_SHA512;
    assert_int_equal(plan(&l, &p, &err), -1);
    assert_int_equal(err.kind, ERR_PROTOCOL);
    fixture_parts(&p);
    p.entries[1].digest.alg = DIGEST_SHA512;
    assert_int_equal(plan(&l, &p, &err), -1);
    assert_int_equal(err.kind, ERR_PROTOCOL);
    fixture_parts(&p);
    for (uint64_t size = (UINT64_C(1) << 62) - 8192; size > 8192; size += size) {
        p.blobs[1].size = size;
        assert_int_equal(plan(&l, &p, &err), -1);
        assert_int_equal(err.kind, ERR_LIMIT);
    }
    p.blobs[1].size = p.blobs[2].size = UINT64_C(1) << 61; /* only together too much */
    assert_int_equal(plan(&l, &p, &err), -1);
    assert_int_equal(err.kind, ERR_LIMIT);
    fixture_parts(&p);
    set = fixture_set(&p);
    in = input(&p, &set);
    in.mtime = TAR_MTIME_MAX + 1;
    assert_int_equal(layout_plan(&l, &in, &err), -1);
    assert_int_equal(err.kind, ERR_LIMIT);
    many.count = REFERENCE_LIST_MAX + 1;
    many.entries = calloc(many.count, sizeof(*many.entries));
    in = input(&p, &many);
    assert_int_equal(layout_plan(&l, &in, &err), -1);
    assert_int_equal(err.kind, ERR_LIMIT);
    image_set_release(&many);
    assert_null(l.members); /* untouched by all of that */
    assert_null(l.index.data);
}

/* ---- the writer ---- */

static int
write_head(const struct layout *l, int fd, const struct signature_file *signatures,
           size_t count, struct err *err)
{
    const struct volumes to = volumes_of_file(fd, l->total);

    return bundle_write_head(l, &to, signatures, count, err);
}

static int
write_blob(const struct layout *l, int fd, size_t member, uint64_t at, const void *bytes,
           size_t len, struct err *err)
{
    const struct volumes to = volumes_of_file(fd, l->total);

    return bundle_write_blob(l, &to, member, at, bytes, len, err);
}

/* The whole bundle, blobs last to first and byte by byte. */
static void
write_all(const struct layout *l, const struct fixture_parts *p, int fd,
          const struct signature_file *signatures, size_t count)
{
    struct err err = ERR_INIT;

    assert_int_equal(write_head(l, fd, signatures, count, &err), 0);
    for (size_t i = p->blob_count; i-- > 0;) {
        for (size_t at = 0; at < p->blobs[i].size; at++)
            assert_int_equal(write_blob(l, fd, i, at, p->bodies[i] + at, 1, &err), 0);
    }
}

static void
writes_the_documented_format(void **state)
{
    struct layout l = LAYOUT_INIT;
    struct fixture_parts p;
    struct fixture f;
    struct buf want = BUF_INIT(1 << 20), got = BUF_INIT(1 << 20);
    struct signature_file signatures[2];
    struct err err = ERR_INIT;
    char *older;
    int fd;

    (void)state;
    fixture_parts(&p);
    assert_int_equal(plan(&l, &p, &err), 0);
    older = xmalloc((size_t)l.total); /* nothing of it may show through */
    memset(older, 0xff, (size_t)l.total);
    fd = fixture_file(older, (size_t)l.total);
    free(older);
    fixture_make(&f, &p, 2);
    for (size_t i = 0; i < 2; i++) {
        const struct fixture_member *m = &f.members[2 + i];

        snprintf(signatures[i].name, sizeof(signatures[i].name), "%s",
                 strchr(m->name, '/') + 1);
        signatures[i].bytes = m->body;
        signatures[i].len = m->len;
    }
    write_all(&l, &p, fd, signatures, 2);

    /* the fixture has a smaller pad: give it the fixed area, and the index that says so
     */
    fixture_remove(&f, 4);
    fixture_insert(&f, 4, "signatures/.pad", "");
    free(f.members[4].body);
    f.members[4].len = 33280 - 512 - 2 * (512 + 1024);
    f.members[4].body = calloc(f.members[4].len, 1);
    fixture_remove(&f, 1);
    fixture_insert(&f, 1, "index.json", l.index.data);

    fixture_render(&f, &want);
    assert_int_equal(want.len, l.total);
    assert_int_equal(lseek(fd, 0, SEEK_END), l.total);
    assert_int_equal(buf_resize(&got, l.total), 0);
    assert_int_equal(pread(fd, got.data, got.len, 0), got.len);
    assert_memory_equal(got.data, want.data, want.len);
    close(fd);
    buf_release(&want);
    buf_release(&got);
    fixture_release(&f);
    layout_release(&l);
}

/* The set read from a file gives the same layout again, byte for byte. */
static void
computes_the_same_layout_from_a_read_set(void **state)
{
    (void)state;
    for (int omits = 0; omits < 2; omits++) {
        CLEANUP(layout_release) struct layout l = LAYOUT_INIT;
        CLEANUP(layout_release) struct layout again = LAYOUT_INIT;
        CLEANUP(bundle_untrusted_release) struct bundle_untrusted *u = NULL;
        CLEANUP(bundle_preview_release) struct bundle_preview *preview = NULL;
        const struct bundle_content *c;
        struct fixture_parts p;
        struct image_set set;
        struct layout_input in;
        struct err err = ERR_INIT;
        int fd = fixture_file("", 0);

        fixture_parts(&p);
        if (omits) { /* only the index is there */
            p.meta.omits_platforms = true;
            p.entry_count = p.blob_count = 1;
            p.omitted[p.omitted_count++] =
                (struct bundle_omitted){p.blobs[1].digest, p.blobs[1].size, false};
        }
        set = fixture_set(&p);
        in = input(&p, &set);
        in.omitted = p.omitted;
        in.omitted_count = p.omitted_count;
        assert_int_equal(layout_plan(&l, &in, &err), 0);
        write_all(&l, &p, fd, NULL, 0);
        u = bundle_head(volumes_of_file(fd, l.total), &err);
        assert_non_null(u);
        preview = bundle_preview(u, &err);
        assert_non_null(preview);
        c = bundle_preview_content(preview);
        assert_int_equal(layout_plan_set(&again, &c->set, &c->meta, l.mtime, &err), 0);
        assert_int_equal(again.index.len, l.index.len);
        assert_memory_equal(again.index.data, l.index.data, l.index.len);
        assert_int_equal(again.sums.len, l.sums.len);
        assert_memory_equal(again.sums.data, l.sums.data, l.sums.len);
        assert_int_equal(again.total, l.total);
        assert_int_equal(again.member_count, l.member_count);
        for (size_t m = 0; m < l.member_count; m++) {
            assert_true(digest_equal(&again.members[m].digest, &l.members[m].digest));
            assert_int_equal(again.members[m].size, l.members[m].size);
            assert_int_equal(again.members[m].offset, l.members[m].offset);
        }
        close(fd);
    }
}

static void
refuses_signatures_that_do_not_fit(void **state)
{
    struct layout l = LAYOUT_INIT;
    struct fixture_parts p;
    struct err err = ERR_INIT;
    static char bytes[BUNDLE_SIGNATURE_MAX + 1];
    struct signature_file one = {"0123456789abcdef.p7s", bytes, 33280 - 2 * 512};
    int fd = fixture_file("", 0);

    (void)state;
    fixture_parts(&p);
    assert_int_equal(plan(&l, &p, &err), 0);
    assert_int_equal(write_head(&l, fd, &one, 1, &err), 0); /* to the last byte */
    close(fd);
    fd = fixture_file("", 0);
    one.len++;
    assert_int_equal(write_head(&l, fd, &one, 1, &err), -1);
    assert_int_equal(err.kind, ERR_LIMIT);
    one.len = BUNDLE_SIGNATURE_MAX + 1;
    assert_int_equal(write_head(&l, fd, &one, 1, &err), -1);
    assert_int_equal(err.kind, ERR_LIMIT);
    assert_int_equal(lseek(fd, 0, SEEK_END), 0); /* refused before the first byte */
    close(fd);
    layout_release(&l);
}

static void
keeps_blobs_in_place(void **state)
{
    struct layout l = LAYOUT_INIT;
    struct fixture_parts p;
    struct err err = ERR_INIT;
    int fd = fixture_file("", 0);

    (void)state;
    fixture_parts(&p);
    assert_int_equal(plan(&l, &p, &err), 0);
    assert_int_equal(write_blob(&l, fd, 2, 0, p.bodies[2], p.blobs[2].size + 1, &err),
                     -1);
    assert_int_equal(write_blob(&l, fd, 2, p.blobs[2].size + 1, "", 0, &err), -1);
    assert_int_equal(err.kind, ERR_INTERNAL);
    assert_int_equal(lseek(fd, 0, SEEK_END), 0);
    close(fd);
    layout_release(&l);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(checks_stream_names),
        cmocka_unit_test(checks_signature_names),
        cmocka_unit_test(places_members_in_sequence),
        cmocka_unit_test(total_size_includes_its_own_digits),
        cmocka_unit_test(accounts_for_one_more_digit),
        cmocka_unit_test(refuses_what_does_not_fit),
        cmocka_unit_test(writes_the_documented_format),
        cmocka_unit_test(computes_the_same_layout_from_a_read_set),
        cmocka_unit_test(refuses_signatures_that_do_not_fit),
        cmocka_unit_test(keeps_blobs_in_place),
    };

    return cmocka_run_group_tests_name("layout", tests, NULL, NULL);
}
