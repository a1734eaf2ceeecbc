/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "tests/unit/unit.h"

#include "bundle/reader/blob_index.h"
#include "bundle/format/writer.h"
#include "tests/unit/bundle_fixture.h"

#include <unistd.h>

static int
file_of(const struct fixture *f, struct buf *bytes)
{
    fixture_render(f, bytes);
    return fixture_file(bytes->data, bytes->len);
}

static void
finds_every_blob(void **state)
{
    struct buf bytes = BUF_INIT(1 << 20);
    struct blob_index stock = BLOB_INDEX_INIT;
    struct fixture_parts parts;
    struct digest other = {.alg = DIGEST_SHA256};
    struct err err = ERR_INIT;
    struct fixture f;
    uint64_t offset;
    int fd;

    (void)state;
    fixture_parts(&parts);
    fixture_make(&f, &parts, 1);
    fd = file_of(&f, &bytes);
    assert_int_equal(blob_index_open(&stock, volumes_of_file(fd, bytes.len), &err), 0);
    assert_int_equal(stock.count, parts.blob_count);
    for (size_t i = 0; i < parts.blob_count; i++) {
        const struct bundle_member *m = &parts.blobs[i];

        assert_true(blob_index_find(&stock, &m->digest, m->size, &offset));
        assert_memory_equal(bytes.data + offset, parts.bodies[i], m->size);
        assert_false(blob_index_find(&stock, &m->digest, m->size + 1, &offset));
    }
    assert_false(blob_index_find(&stock, &other, 0, &offset));
    blob_index_release(&stock);
    fixture_release(&f);
    buf_release(&bytes);
    close(fd);
}

/* The list ends where the file or the good headers end; before the blobs it is an error.
 */
static void
ends_the_list_at_damage(void **state)
{
    struct buf bytes = BUF_INIT(1 << 20);
    struct fixture f;
    size_t most = 0;

    (void)state;
    fixture_standard(&f, 1);
    fixture_render(&f, &bytes);
    for (size_t len = 0; len < bytes.len; len += 256) {
        int fd = fixture_file(bytes.data, len);
        struct blob_index stock = BLOB_INDEX_INIT;
        struct err err = ERR_INIT;

        if (blob_index_open(&stock, volumes_of_file(fd, len), &err) < 0)
            assert_int_equal(most, 0);
        assert_true(stock.count >= most);
        most = stock.count;
        blob_index_release(&stock);
        close(fd);
    }
    assert_true(most > 0);
    fixture_release(&f);
    buf_release(&bytes);
}

static void
tells_whether_a_file_has_the_planned_layout(void **state)
{
    const struct signature_file none = {.bytes = NULL};
    struct layout l = LAYOUT_INIT;
    struct image_set set;
    struct layout_input in;
    struct fixture_parts parts;
    struct err err = ERR_INIT;
    struct volumes file;
    int fd = fixture_file("", 0);

    (void)state;
    fixture_parts(&parts);
    set = fixture_set(&parts);
    in = (struct layout_input){.meta = &parts.meta,
                               .set = &set,
                               .blobs = parts.blobs,
                               .blob_count = parts.blob_count};
    assert_int_equal(layout_plan(&l, &in, &err), 0);
    file = volumes_of_file(fd, 0);
    assert_false(blob_index_is_of(&file, &l)); /* nothing was written yet */
    file.size = l.total;
    assert_int_equal(bundle_write_head(&l, &file, &none, 0, &err), 0);
    assert_true(blob_index_is_of(&file, &l));
    l.sums.data[0] ^= 1;
    assert_false(blob_index_is_of(&file, &l));
    l.sums.data[0] ^= 1;
    l.sums_at += 512;
    assert_false(blob_index_is_of(&file, &l));
    layout_release(&l);
    close(fd);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_every_blob),
        cmocka_unit_test(ends_the_list_at_damage),
        cmocka_unit_test(tells_whether_a_file_has_the_planned_layout),
    };

    return cmocka_run_group_tests_name("stock", tests, NULL, NULL);
}
