/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "tests/unit/unit.h"

#include "bundle/reader/bundle_source.h"
#include "bundle/reader/head.h"
#include "oci/graph_walk.h"
#include "tests/unit/bundle_fixture.h"

#include <unistd.h>

enum { BUNDLE_MAX = 1 << 20 };

struct opened {
    struct fixture_parts parts;
    struct bundle_untrusted *head;
    struct bundle *bundle;
    struct image_source source;
    int fd;
};

static void
open_fixture(struct opened *o)
{
    CLEANUP(buf_release) struct buf bytes = BUF_INIT(BUNDLE_MAX);
    struct admission admission;
    struct fixture f;
    struct err err = ERR_INIT;
    const void *index;
    size_t len;

    fixture_parts(&o->parts);
    fixture_make(&f, &o->parts, 0);
    fixture_render(&f, &bytes);
    fixture_release(&f);
    o->fd = fixture_file(bytes.data, bytes.len);
    o->head = bundle_head(volumes_of_file(o->fd, bytes.len), &err);
    assert_non_null(o->head);
    index = bundle_raw_index(o->head, &len);
    admission = fixture_admit(index, len);
    o->bundle = bundle_open(o->head, &admission, &err);
    assert_non_null(o->bundle);
    o->source = bundle_source(o->bundle);
}

static void
close_fixture(struct opened *o)
{
    bundle_release(&o->bundle);
    bundle_untrusted_release(&o->head);
    close(o->fd);
}

static struct image_object
blob_of(const struct opened *o, size_t blob)
{
    return (struct image_object){.digest = &o->parts.blobs[blob].digest,
                                 .size = strlen(o->parts.bodies[blob])};
}

static int
read_whole(const struct opened *o, size_t blob, struct image_document *out,
           struct err *err)
{
    const struct image_object what = blob_of(o, blob);

    return o->source.fetch_document(o->source.ctx, 0, &what, out, err);
}

static ssize_t
read_part(const struct opened *o, size_t blob, void *out, size_t len, uint64_t at,
          struct err *err)
{
    const struct image_object what = blob_of(o, blob);
    struct byte_source opened;
    ssize_t n;

    o->source.open_blob(o->source.ctx, 0, &what, &opened);
    n = opened.read_at(opened.ctx, out, len, at, err);
    o->source.close_blob(&opened);
    return n;
}

static void
reads_objects_whole_or_in_parts(void **state)
{
    struct image_document whole = {.bytes = BUF_INIT(1000)};
    struct err err = ERR_INIT;
    struct opened o;

    (void)state;
    open_fixture(&o);
    for (size_t i = 0; i < o.parts.blob_count; i++) {
        const char *body = o.parts.bodies[i];
        size_t size = strlen(body), at = 0;
        char part[7];

        assert_int_equal(read_whole(&o, i, &whole, &err), 0);
        assert_int_equal(whole.bytes.len, size);
        assert_memory_equal(whole.bytes.data, body, size);
        while (at < size) {
            ssize_t n = read_part(&o, i, part, sizeof(part), at, &err);

            assert_true(n > 0 && at + (size_t)n <= size);
            assert_memory_equal(part, body + at, n);
            at += (size_t)n;
        }
        for (uint64_t past = size; past < size + 3; past++)
            assert_int_equal(read_part(&o, i, part, sizeof(part), past, &err), 0);
    }
    close_fixture(&o);
    image_document_release(&whole);
}

static void
refuses_large_and_changed_objects(void **state)
{
    struct image_document small = {.bytes = BUF_INIT(20)};
    struct image_document whole = {.bytes = BUF_INIT(1000)};
    const struct bundle_content *c;
    struct err err = ERR_INIT;
    struct opened o;

    (void)state;
    open_fixture(&o);
    c = bundle_content(o.bundle);
    assert_int_equal(read_whole(&o, 0, &small, &err), -1);
    assert_int_equal(err.reason, REASON_SIZE);
    assert_int_equal(small.bytes.len, 0);
    err = (struct err)ERR_INIT;
    assert_int_equal(pwrite(o.fd, "X", 1, (off_t)c->members[0].offset), 1);
    assert_int_equal(read_whole(&o, 0, &whole, &err), -1);
    assert_int_equal(err.reason, REASON_DIGEST);
    assert_int_equal(whole.bytes.len, 0);
    close_fixture(&o);
    image_document_release(&small);
    image_document_release(&whole);
}

static void
detects_a_truncated_file(void **state)
{
    const struct bundle_content *c;
    struct err err = ERR_INIT;
    struct opened o;
    char part[100];

    (void)state;
    open_fixture(&o);
    c = bundle_content(o.bundle);
    assert_int_equal(ftruncate(o.fd, (off_t)c->members[3].offset + 5), 0);
    assert_int_equal(read_part(&o, 3, part, sizeof(part), 0, &err), 5);
    assert_int_equal(read_part(&o, 3, part, sizeof(part), 5, &err), -1);
    assert_int_equal(err.reason, REASON_TRUNCATED);
    close_fixture(&o);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_objects_whole_or_in_parts),
        cmocka_unit_test(refuses_large_and_changed_objects),
        cmocka_unit_test(detects_a_truncated_file),
    };

    return cmocka_run_group_tests_name("bundle_source", tests, NULL, NULL);
}
