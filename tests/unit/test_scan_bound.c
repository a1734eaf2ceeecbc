/* SPDX-License-Identifier: Apache-2.0 */
/* An untrusted file of 8 TiB that is almost all hole: the number of bytes
 * are read to say what is damaged in it, and from where on nothing was looked at. */
#include "config.h"
#include "tests/unit/unit.h"

#include "base/mem.h"
#include "bundle/scan/scan.h"
#include "io/archive/tar.h"
#include "tests/unit/bundle_fixture.h"

#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>

#define HUGE_SIZE (8ULL << 40)

enum { NOTES_MAX = 8, FILES = 2, LITTLE = 1 << 20 };

/* ---- what is read ---- */

static uint64_t bytes_read;
static bool knows_no_holes;

ssize_t __real_pread(int fd, void *out, size_t len, off_t at);
ssize_t __wrap_pread(int fd, void *out, size_t len, off_t at);
off_t __real_lseek(int fd, off_t at, int whence);
off_t __wrap_lseek(int fd, off_t at, int whence);

ssize_t
__wrap_pread(int fd, void *out, size_t len, off_t at)
{
    ssize_t n = __real_pread(fd, out, len, at);

    bytes_read += n > 0 ? (uint64_t)n : 0;
    return n;
}

off_t
__wrap_lseek(int fd, off_t at, int whence)
{
    if (knows_no_holes && whence == SEEK_DATA) {
        errno = EINVAL;
        return -1;
    }
    return __real_lseek(fd, at, whence);
}

/* ---- the file ---- */

struct hollow {
    int fds[FILES];
    struct volumes file;
    uint64_t at; /* where the next bytes go */
    struct damage notes[NOTES_MAX];
    size_t note_count;
    struct scan_bound bound;
    struct bundle_content found;
};

static void
put(struct hollow *h, const void *bytes, size_t len)
{
    struct err err = ERR_INIT;

    assert_int_equal(volumes_write(&h->file, bytes, len, h->at, &err), 0);
    h->at += (len + TAR_BLOCK - 1) / TAR_BLOCK * TAR_BLOCK;
}

static void
put_header(struct hollow *h, const char *name, uint64_t size)
{
    unsigned char block[TAR_BLOCK];
    struct err err = ERR_INIT;

    assert_int_equal(tar_header(block, name, size, 0, &err), 0);
    put(h, block, sizeof(block));
}

static void
put_blob(struct hollow *h, const char *body)
{
    const struct bundle_member blob = fixture_blob(body);
    char name[BUNDLE_BLOB_NAME_MAX];

    bundle_blob_name(&blob.digest, name);
    put_header(h, name, blob.size);
    put(h, body, strlen(body));
}

/* A body of 8 TiB, of which no byte is written. */
static void
put_huge(struct hollow *h, const char *name)
{
    put_header(h, name, HUGE_SIZE);
    h->at += HUGE_SIZE;
}

/* 16 TiB in one file or in two volumes, with the beginning of a bundle.  false: the
 * system has no such files. */
static bool
hollow_begin(struct hollow *h, size_t files)
{
    uint64_t size = 2 * HUGE_SIZE;

    *h = (struct hollow){.bound = {.left = 1ULL << 30}};
    for (size_t i = 0; i < files; i++) {
        h->fds[i] = memfd_create("hollow", MFD_CLOEXEC);
        assert_true(h->fds[i] >= 0);
        if (ftruncate(h->fds[i], (off_t)(size / files)) < 0)
            return false;
    }
    h->file = volumes_of_file(h->fds[0], size);
    if (files > 1)
        h->file = (struct volumes){
            .fds = h->fds, .count = files, .cut = size / files, .size = size};
    put_header(h, "oci-layout", strlen(BUNDLE_OCI_LAYOUT));
    put(h, BUNDLE_OCI_LAYOUT, strlen(BUNDLE_OCI_LAYOUT));
    put_blob(h, "one");
    return true;
}

static void
hollow_release(struct hollow *h)
{
    bundle_scan_release(&h->found);
    for (size_t i = 0; i < FILES; i++) {
        if (h->fds[i] > 0)
            close(h->fds[i]);
    }
}

static void
take_note(void *ctx, const struct damage *d)
{
    struct hollow *h = ctx;

    assert_true(h->note_count < NOTES_MAX);
    h->notes[h->note_count++] = *d;
}

static void
survey(struct hollow *h)
{
    struct cancel cancel = CANCEL_INIT;
    const struct scan_options options = {take_note, h, &cancel};
    struct err err = ERR_INIT;

    bytes_read = 0;
    assert_int_equal(bundle_scan_names(&h->found, h->file, &options, &h->bound, &err), 0);
}

/* ---- one thing that is huge ---- */

static void
put_stretch(struct hollow *h)
{
    put(h, "no header", 9);
    h->at += HUGE_SIZE;
}

static void
put_blob_of_holes(struct hollow *h)
{
    char name[BUNDLE_BLOB_NAME_MAX];
    const struct bundle_member blob = fixture_blob("other");

    bundle_blob_name(&blob.digest, name);
    put_huge(h, name);
}

static void
put_pad(struct hollow *h)
{
    put_huge(h, "signatures/.pad");
}

static void
put_list(struct hollow *h)
{
    put_huge(h, "SHA256SUMS");
}

static void
put_stranger(struct hollow *h)
{
    put_huge(h, "README");
}

static void
reads_little(void **state)
{
    static const struct {
        const char *what;
        void (*put)(struct hollow *h);
        size_t found, notes; /* when it is followed by another blob, and by nothing */
        bool is_reached;
    } cases[] = {
        {"a blob", put_blob_of_holes, 1, 0, true},
        {"no header, and nothing behind it", put_stretch, 2, 2, false},
        {"a pad", put_pad, 2, 1, false},
        {"a list", put_list, 2, 1, false},
        {"a stranger", put_stranger, 2, 2, false},
    };

    (void)state;
    knows_no_holes = false;
    for (size_t i = 0; i < 2 * COUNT_OF(cases); i++) {
        size_t c = i / 2;
        struct hollow h;
        uint64_t huge_at;

        if (!hollow_begin(&h, 1 + i % 2)) {
            hollow_release(&h);
            skip();
        }
        huge_at = h.at;
        cases[c].put(&h);
        put_blob(&h, "two");
        survey(&h);
        if (bytes_read < TAR_BLOCK || bytes_read > LITTLE ||
            h.found.member_count != cases[c].found || h.note_count != cases[c].notes ||
            h.bound.is_reached != cases[c].is_reached)
            fail_msg("%s: %llu bytes read, %zu blobs, %zu notes, first: %s",
                     cases[c].what, (unsigned long long)bytes_read, h.found.member_count,
                     h.note_count, h.notes[0].err.msg);
        if (h.bound.is_reached)
            assert_int_equal(h.bound.from, huge_at);
        hollow_release(&h);
    }
}

/* Without support for holes the limit ends the scan. */
static void
limits_reading_without_holes(void **state)
{
    void (*const puts[])(struct hollow *) = {put_stretch, put_pad, put_list};

    (void)state;
    knows_no_holes = true;
    for (size_t i = 0; i < 2 * COUNT_OF(puts); i++) {
        uint64_t most = 10 * 1024 * 1024, huge_at;
        struct hollow h;

        if (!hollow_begin(&h, 1 + i % 2)) {
            hollow_release(&h);
            skip();
        }
        h.bound.left = most;
        huge_at = h.at;
        puts[i / 2](&h);
        put_blob(&h, "two");
        survey(&h);
        assert_true(h.bound.is_reached);
        assert_true(bytes_read <= most);
        assert_true(h.bound.from > huge_at && h.bound.from <= huge_at + most);
        assert_int_equal(h.found.member_count, 1);
        hollow_release(&h);
    }
    knows_no_holes = false;
}

/* Bytes left to hash count towards the limit, in every order of workers. */
static void
counts_bodies_towards_the_limit(void **state)
{
    struct hollow h;
    uint64_t third;

    (void)state;
    if (!hollow_begin(&h, 1)) {
        hollow_release(&h);
        skip();
    }
    put_blob(&h, "two");
    third = h.at;
    put_blob(&h, "three");
    put_blob(&h, "four");
    /* oci-layout and its padding, two blobs, and half of the third. */
    h.bound.left = 2 * TAR_BLOCK + 2 * 2 * TAR_BLOCK + TAR_BLOCK + TAR_BLOCK / 2;
    /* To find the first header costs a reading of its own. */
    h.bound.left += 128 * TAR_BLOCK;
    survey(&h);
    assert_true(h.bound.is_reached);
    assert_int_equal(h.bound.from, third);
    assert_int_equal(h.found.member_count, 2);
    assert_int_equal(h.note_count, 0);
    hollow_release(&h);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_little),
        cmocka_unit_test(limits_reading_without_holes),
        cmocka_unit_test(counts_bodies_towards_the_limit),
    };

    return cmocka_run_group_tests_name("scan_bound", tests, NULL, NULL);
}
