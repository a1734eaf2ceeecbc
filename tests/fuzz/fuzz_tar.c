/* SPDX-License-Identifier: Apache-2.0 */
/* A header that is accepted is rendered to the same bytes again, index.json and
 * SHA256SUMS that are accepted are written so that they read the same, and a bundle that
 * is accepted lies within its file, header by header what the writer would make. */
#include "config.h"
#include "tests/fuzz/fuzz.h"

#include "bundle/reader/reader.h"
#include "bundle/reader/blob_index.h"
#include "bundle/format/sums.h"
#include "bundle/scan/scan.h"
#include "io/crypto/hash.h"
#include "io/archive/tar.h"
#include "bundle/format/index_write.h"
#include "bundle/reader/head.h"
#include "bundle/reader/member_read.h"
#include "oci/graph_walk.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static void
try_header(const uint8_t *data, size_t size)
{
    unsigned char again[TAR_BLOCK];
    struct tar_entry e;
    struct err err = ERR_INIT;

    if (size < TAR_BLOCK || tar_parse(data, &e, &err) < 0)
        return;
    assert(tar_header(again, e.name, e.size, e.mtime, &err) == 0);
    assert(memcmp(again, data, TAR_BLOCK) == 0);
}

static int
write_again(struct buf *out, const struct index_content *c, struct err *err)
{
    return index_write(out, &c->meta, &c->set, &c->pins, err);
}

static void
try_index(const uint8_t *data, size_t size)
{
    CLEANUP(index_content_release) struct index_content a = INDEX_CONTENT_INIT;
    CLEANUP(index_content_release) struct index_content b = INDEX_CONTENT_INIT;
    CLEANUP(buf_release) struct buf once = BUF_INIT(BUNDLE_INDEX_MAX);
    CLEANUP(buf_release) struct buf twice = BUF_INIT(BUNDLE_INDEX_MAX);
    struct err err = ERR_INIT;

    if (index_read(&a, data, size, &err) < 0)
        return;
    assert(write_again(&once, &a, &err) == 0);
    assert(index_read(&b, once.data, once.len, &err) == 0);
    assert(write_again(&twice, &b, &err) == 0);
    assert(once.len == twice.len && memcmp(once.data, twice.data, once.len) == 0);
}

static void
try_sums(const uint8_t *data, size_t size)
{
    CLEANUP(sums_release) struct sums sums = SUMS_INIT;
    struct err err = ERR_INIT;
    size_t files;

    if (sums_read(&sums, (const char *)data, size, &err) < 0)
        return;
    files = 77 + 144 * (sums.file_count - 1);
    assert(sums.file_count > 0);
    assert(size >= files + 83 * sums.omitted_count &&
           size <= files + 101 * sums.omitted_count);
}

/* ---- whole bundles ---- */

static void
check_member(const struct bundle_content *c, size_t i, const uint8_t *data, size_t size)
{
    const struct bundle_member *m = &c->members[i];
    struct run run = RUN_INIT;
    char name[BUNDLE_BLOB_NAME_MAX];
    struct tar_entry e;
    struct err err = ERR_INIT;

    bundle_blob_name(&m->digest, name);
    assert(m->offset >= TAR_BLOCK && m->offset <= size && m->size <= size - m->offset);
    assert(tar_parse(data + m->offset - TAR_BLOCK, &e, &err) == 0);
    assert(strcmp(e.name, name) == 0 && e.size == m->size);
    assert(c->member_of_object[c->object_of_member[i]] == i);
    if (bundle_check_member(c, i, &(struct body_check){.run = &run}, &err) < 0)
        assert(err.kind == ERR_INTEGRITY);
}

static void
check_content(const struct bundle_content *c, const uint8_t *data, size_t size)
{
    assert(c->set.count > 0 && c->member_count > 0);
    assert(graph_count(c->set.graph) == c->member_count);
    assert(c->total <= size && size - c->total <= BUNDLE_TRAILING_MAX);
    assert(tar_is_zero(data + c->total - 1024, size - c->total + 1024));
    for (size_t i = 0; i < c->member_count; i++)
        check_member(c, i, data, size);
}

static bool
is_a_verdict(const struct err *err)
{
    return err->kind == ERR_INTEGRITY || err->kind == ERR_PROTOCOL;
}

/* Findings lie within a damaged bundle; in a valid one they cover all of it. */
static void
try_stock(bool has_head, const struct bundle_preview *p, int fd, size_t size)
{
    CLEANUP(blob_index_release) struct blob_index stock = BLOB_INDEX_INIT;
    struct err err = ERR_INIT;

    assert(blob_index_open(&stock, volumes_of_file(fd, size), &err) ==
           (has_head ? 0 : -1));
    for (size_t i = 0; i < stock.count; i++)
        assert(stock.members[i].offset <= size);
    assert(!p || stock.count == bundle_preview_content(p)->member_count);
}

static void
count_note(void *ctx, const struct damage *d)
{
    size_t *notes = ctx;

    assert(d->err.kind == ERR_INTEGRITY && d->err.reason);
    (*notes)++;
}

/* The same for a scan, which has nothing to say of the head and headers of a good one.
 */
static void
try_survey(const struct bundle_untrusted *u, const struct bundle_preview *p, int fd,
           size_t size)
{
    struct bundle_content found = {.members = NULL};
    struct cancel cancel = CANCEL_INIT;
    size_t notes = 0, len;
    const struct scan_options options = {count_note, &notes, &cancel};
    struct admission admission = {.basis = ADMISSION_SKIPPED};
    struct err err = ERR_INIT;
    const void *raw;
    int rc = -1;

    for (int by_names = 0; by_names < 2; by_names++) {
        if (by_names) {
            rc = bundle_scan_names(&found, volumes_of_file(fd, size), &options, NULL,
                                   &err);
        } else if (u) {
            raw = bundle_raw_index(u, &len);
            assert(hash_bytes(DIGEST_SHA256, raw, len, &admission.index, &err) == 0);
            rc = bundle_scan(&found, u, &admission, &options, &err);
        }
        for (size_t i = 0; rc >= 0 && i < found.member_count; i++)
            assert(found.members[i].offset <= size &&
                   found.members[i].size <= size - found.members[i].offset);
        assert(!p || (rc >= 0 && notes == 0 &&
                      found.member_count == bundle_preview_content(p)->member_count));
        bundle_scan_release(&found);
    }
}

static void
try_bundle(const uint8_t *data, size_t size)
{
    static int fd = -1; /* one file for all runs: making one takes longer than a run */
    CLEANUP(bundle_untrusted_release) struct bundle_untrusted *u = NULL;
    CLEANUP(bundle_preview_release) struct bundle_preview *p = NULL;
    struct err err = ERR_INIT;

    if (fd < 0)
        fd = memfd_create("fuzz", MFD_CLOEXEC);
    assert(ftruncate(fd, (off_t)size) == 0);
    assert(pwrite(fd, data, size, 0) == (ssize_t)size);
    u = bundle_head(volumes_of_file(fd, size), &err);
    if (u)
        p = bundle_preview(u, &err);
    if (p)
        check_content(bundle_preview_content(p), data, size);
    else
        assert(is_a_verdict(&err));
    try_stock(u != NULL, p, fd, size);
    try_survey(u, p, fd, size);
}

/* Size as a forgiving reader would take it from a header. */
static size_t
octal(const uint8_t *field)
{
    size_t n = 0;

    for (size_t i = 0; i < 8 && field[i + 3] >= '0' && field[i + 3] <= '7'; i++)
        n = n << 3 | (size_t)(field[i + 3] - '0');
    return n;
}

/* Make every header canonical again: behind a wrong checksum no fuzzer finds anything. */
static void
repair_headers(uint8_t *data, size_t size)
{
    struct err err = ERR_INIT;
    size_t at = 0;

    while (size - at >= TAR_BLOCK && !tar_is_zero(data + at, TAR_BLOCK)) {
        size_t len = octal(data + at + 124), padded = tar_padded(len);
        char name[TAR_NAME_MAX + 1];

        memcpy(name, data + at, TAR_NAME_MAX);
        name[TAR_NAME_MAX] = '\0';
        if (name[0] == '\0' || tar_header(data + at, name, len, 0, &err) < 0)
            return;
        at += TAR_BLOCK;
        if (padded > size - at)
            return;
        memset(data + at + len, 0, padded - len);
        at += padded;
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint8_t *copy = malloc(size + 1);

    assert(copy);
    memcpy(copy, data, size);
    try_header(data, size);
    try_index(data, size);
    try_sums(data, size);
    try_bundle(data, size);
    repair_headers(copy, size);
    try_bundle(copy, size);
    free(copy);
    return 0;
}
