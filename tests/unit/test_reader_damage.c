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

#include <sys/mman.h>
#include <unistd.h>

enum { BUNDLE_MAX = 1 << 20 };

/* A bundle in a file that is also mapped, so that damage costs no call. */
struct damaged {
    struct fixture f;
    int fd;
    size_t len;
    char *bytes;
    struct admission admission;
};

static void
damaged_make(struct damaged *d, size_t signatures)
{
    struct buf bytes = BUF_INIT(BUNDLE_MAX);

    fixture_standard(&d->f, signatures);
    fixture_render(&d->f, &bytes);
    d->len = bytes.len;
    d->fd = fixture_file(bytes.data, bytes.len);
    d->bytes = mmap(NULL, d->len, PROT_READ | PROT_WRITE, MAP_SHARED, d->fd, 0);
    assert_ptr_not_equal(d->bytes, MAP_FAILED);
    d->admission = fixture_admit(d->f.members[1].body, d->f.members[1].len);
    buf_release(&bytes);
}

static void
damaged_release(struct damaged *d)
{
    munmap(d->bytes, d->len);
    close(d->fd);
    fixture_release(&d->f);
}

static int
open_head(const struct damaged *d, uint64_t size, struct bundle_untrusted **u,
          struct err *err)
{
    *u = bundle_head(volumes_of_file(d->fd, size), err);
    return *u ? 0 : -1;
}

/* Verify with the signature over the true index.json. */
static int
read_all(const struct damaged *d, const struct bundle_untrusted *u, struct err *err)
{
    CLEANUP(bundle_release) struct bundle *b = bundle_open(u, &d->admission, err);
    struct run run = RUN_INIT;

    for (size_t i = 0; b && i < bundle_content(b)->member_count; i++) {
        if (bundle_check_member(bundle_content(b), i, &(struct body_check){.run = &run},
                                err) < 0)
            return -1;
    }
    return b ? 0 : -1;
}

/* True if the offset is in the body of a signature. */
static bool
in_signature(const struct damaged *d, size_t at)
{
    size_t begin = 0;

    for (size_t i = 0; i < d->f.count; i++) {
        const struct fixture_member *m = &d->f.members[i];

        begin += 512;
        if (at >= begin && at < begin + m->len)
            return strncmp(m->name, "signatures/0", 12) == 0;
        begin += tar_padded(m->len);
    }
    return false;
}

/*
 * Signatures are for trust/ to judge, and so is index.json: what the reader must do is to
 * hand out the changed bytes.  Everything else it refuses itself.
 */
static void
expect_flip_noticed(const struct damaged *d, size_t bit)
{
    CLEANUP(bundle_untrusted_release) struct bundle_untrusted *u = NULL;
    struct err err = ERR_INIT;
    size_t len, count;

    if (open_head(d, d->len, &u, &err) < 0) {
        assert_int_equal(err.kind, ERR_INTEGRITY);
        assert_non_null(err.reason);
        return;
    }
    if (memcmp(bundle_raw_index(u, &len), d->f.members[1].body, d->f.members[1].len) != 0)
        return;
    if (read_all(d, u, &err) < 0) {
        if (err.kind != ERR_INTEGRITY || !err.reason)
            fail_msg("bit %zu: %s", bit, err.msg);
        return;
    }
    if (!in_signature(d, bit / 8))
        fail_msg("flipped bit %zu was not detected", bit);
    assert_memory_not_equal(bundle_signatures(u, &count)[0].bytes, d->f.members[2].body,
                            d->f.members[2].len);
}

static void
flip_each(struct damaged *d, size_t begin, size_t end, size_t step)
{
    for (size_t bit = 8 * begin; bit < 8 * end; bit += step) {
        d->bytes[bit / 8] ^= (char)(1 << bit % 8);
        expect_flip_noticed(d, bit);
        d->bytes[bit / 8] ^= (char)(1 << bit % 8);
    }
}

static void
detects_every_flipped_bit(void **state)
{
    struct damaged d;
    size_t blobs = 0;

    (void)state;
    damaged_make(&d, 1);
    for (size_t i = 0; i < fixture_find(&d.f, "blobs/"); i++)
        blobs += 512 + tar_padded(d.f.members[i].len);
    flip_each(&d, 0, blobs, 1);
    flip_each(&d, blobs, d.len, 3); /* a third of them, in every byte */
    damaged_release(&d);
}

static void
detects_every_truncation(void **state)
{
    struct damaged d;

    (void)state;
    damaged_make(&d, 1);
    for (size_t len = d.len; len-- > 0;) {
        CLEANUP(bundle_untrusted_release) struct bundle_untrusted *u = NULL;
        struct err err = ERR_INIT;

        assert_int_equal(ftruncate(d.fd, (off_t)len), 0);
        if (open_head(&d, len, &u, &err) == 0 && read_all(&d, u, &err) == 0)
            fail_msg("truncation at %zu was not detected", len);
        assert_int_equal(err.kind, ERR_INTEGRITY);
        if (strcmp(err_reason_word(err.reason), "truncated") != 0 || err.hint[0] == '\0')
            fail_msg("cut at %zu: %s (%s)", len, err.msg, err_reason_word(err.reason));
    }
    damaged_release(&d);
}

/* The file is cut after its size was taken: no read may wait or run on. */
static void
detects_truncation_while_reading(void **state)
{
    CLEANUP(bundle_untrusted_release) struct bundle_untrusted *u = NULL;
    CLEANUP(bundle_release) struct bundle *b = NULL;
    struct buf body = BUF_INIT(1000);
    struct run run = RUN_INIT;
    struct damaged d;
    struct err err = ERR_INIT;

    (void)state;
    damaged_make(&d, 0);
    assert_int_equal(open_head(&d, d.len, &u, &err), 0);
    b = bundle_open(u, &d.admission, &err);
    assert_non_null(b);
    assert_int_equal(ftruncate(d.fd, (off_t)bundle_content(b)->members[3].offset + 5), 0);
    assert_int_equal(bundle_check_member(bundle_content(b), 2,
                                         &(struct body_check){.run = &run}, &err),
                     0);
    assert_int_equal(bundle_check_member(bundle_content(b), 3,
                                         &(struct body_check){.run = &run}, &err),
                     -1);
    assert_string_equal(err_reason_word(err.reason), "truncated");
    assert_int_equal(bundle_read_member(bundle_content(b), 3, &body, &err), -1);
    assert_string_equal(err_reason_word(err.reason), "truncated");
    assert_int_equal(ftruncate(d.fd, 700), 0);
    bundle_release(&b);
    b = bundle_open(u, &d.admission, &err);
    assert_null(b);
    assert_string_equal(err_reason_word(err.reason), "truncated");
    buf_release(&body);
    damaged_release(&d);
}

/* ---- the bodies of members ---- */

/* One member of `size` bytes at the beginning of a file, without a bundle around it. */
struct lone {
    struct bundle_member member;
    struct bundle_content content;
};

static void
lone_make(struct lone *l, const char *bytes, size_t size, int fd)
{
    struct err err = ERR_INIT;

    *l = (struct lone){.member = {.size = size, .offset = 0}};
    l->content = (struct bundle_content){.members = &l->member,
                                         .member_count = 1,
                                         .file = volumes_of_file(fd, UINT64_MAX)};
    assert_int_equal(hash_bytes(DIGEST_SHA256, bytes, size, &l->member.digest, &err), 0);
}

static void
add_up(void *ctx, const struct event *event)
{
    uint64_t *sum = ctx;

    assert_int_equal(event->kind, EVENT_DONE);
    *sum += event->count;
}

static void
checks_large_members_in_pieces(void **state)
{
    static const size_t sizes[] = {1, 511, 512, 262143, 262144, 262145, 1000000};
    char *bytes = xcalloc(1 << 20, 1);
    struct run run = RUN_INIT;

    (void)state;
    memset(bytes, 'b', 1 << 20);
    for (size_t i = 0; i < COUNT_OF(sizes); i++) {
        size_t size = sizes[i], padded = tar_padded(size);
        uint64_t done = 0;
        struct run counting = {.events = {.emit = add_up, .ctx = &done}};
        struct err err = ERR_INIT;
        struct lone l;
        int fd;

        memset(bytes + size, 0, padded - size);
        fd = fixture_file(bytes, padded);
        memset(bytes + size, 'b', padded - size);
        lone_make(&l, bytes, size, fd);
        assert_int_equal(bundle_check_member(
                             &l.content, 0, &(struct body_check){.run = &counting}, &err),
                         0);
        assert_int_equal(done, size);
        assert_int_equal(pwrite(fd, "x", 1, (off_t)size - 1), 1);
        assert_int_equal(
            bundle_check_member(&l.content, 0, &(struct body_check){.run = &run}, &err),
            -1);
        assert_int_equal(err.kind, ERR_INTEGRITY);
        assert_string_equal(err_reason_word(err.reason), "digest");
        assert_non_null(strstr(err.msg, "blobs/sha256/"));
        assert_non_null(strstr(err.msg, "from byte 0"));
        close(fd);
    }
    free(bytes);
}

/* The same digest without a copy, whatever part of it the file can show in place. */
static void
checks_large_members_in_place(void **state)
{
    enum { MIB = 1 << 20, FIRST = 5 * MIB - 7, SIZE = 9 * MIB + 3 };
    char *bytes = xcalloc(tar_padded(SIZE), 1);
    uint64_t done = 0;
    struct run run = {.events = {.emit = add_up, .ctx = &done}};
    const struct body_check how = {.run = &run, .in_place = true};
    struct err err = ERR_INIT;
    struct lone l;
    int fds[2];

    (void)state;
    for (size_t i = 0; i < SIZE; i++)
        bytes[i] = (char)(i * 31 + i / 4096);
    fds[0] = fixture_file(bytes, FIRST);
    fds[1] = fixture_file(bytes + FIRST, tar_padded(SIZE) - FIRST);
    lone_make(&l, bytes, SIZE, fds[0]);
    l.content.file =
        (struct volumes){.fds = fds, .count = 2, .cut = FIRST, .size = tar_padded(SIZE)};
    assert_int_equal(bundle_check_member(&l.content, 0, &how, &err), 0);
    assert_int_equal(done, SIZE);
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(pwrite(fds[i], bytes + 1, 1, 3 * MIB), 1);
        assert_int_equal(bundle_check_member(&l.content, 0, &how, &err), -1);
        assert_string_equal(err_reason_word(err.reason), "digest");
        assert_int_equal(pwrite(fds[i], bytes + i * FIRST + 3 * MIB, 1, 3 * MIB), 1);
    }
    assert_int_equal(bundle_check_member(&l.content, 0, &how, &err), 0);
    assert_int_equal(ftruncate(fds[1], MIB), 0);
    assert_int_equal(bundle_check_member(&l.content, 0, &how, &err), -1);
    assert_string_equal(err_reason_word(err.reason), "truncated");
    close(fds[0]);
    close(fds[1]);
    free(bytes);
}

static void
stops_on_request(void **state)
{
    static const char bytes[512] = {'b'};
    struct run run = RUN_INIT;
    struct err err = ERR_INIT;
    int fd = fixture_file(bytes, sizeof(bytes));
    struct lone l;

    (void)state;
    lone_make(&l, bytes, sizeof(bytes), fd);
    cancel_request(&run.cancel);
    assert_int_equal(
        bundle_check_member(&l.content, 0, &(struct body_check){.run = &run}, &err), -1);
    assert_int_not_equal(err.kind, ERR_INTEGRITY);
    close(fd);
}

static void
limits_and_checks_whole_reads(void **state)
{
    static const char bytes[512] = {'b'};
    struct err err = ERR_INIT;
    int fd = fixture_file(bytes, sizeof(bytes));
    struct buf small = BUF_INIT(99), room = BUF_INIT(100);
    struct lone l;

    (void)state;
    lone_make(&l, bytes, 100, fd);
    assert_int_equal(bundle_read_member(&l.content, 0, &small, &err), -1);
    assert_int_equal(err.kind, ERR_INTEGRITY);
    assert_string_equal(err_reason_word(err.reason), "size");
    assert_int_equal(bundle_read_member(&l.content, 0, &room, &err), 0);
    assert_int_equal(room.len, 100);
    assert_int_equal(pwrite(fd, "x", 1, 50), 1);
    assert_int_equal(bundle_read_member(&l.content, 0, &room, &err), -1);
    assert_string_equal(err_reason_word(err.reason), "digest");
    assert_int_equal(room.len, 0); /* cannot be used by mistake */
    assert_int_equal(pwrite(fd, "\0x", 2, 50), 2);
    assert_int_equal(pwrite(fd, "\0", 1, 51), 1);
    assert_int_equal(pwrite(fd, "x", 1, 511), 1);
    assert_int_equal(bundle_read_member(&l.content, 0, &room, &err), -1);
    assert_string_equal(err_reason_word(err.reason), "padding");
    assert_int_equal(room.len, 0);
    buf_release(&small);
    buf_release(&room);
    close(fd);
}

/* ---- other files ---- */

static void
set_field(char *block, size_t at, const char *text)
{
    memcpy(block + at, text, strlen(text));
}

/* A header as GNU tar writes it. */
static void
set_gnu_header(char *block, const char *name)
{
    unsigned sum = 0;
    char text[8];

    set_field(block, 0, name);
    set_field(block, 100, "0000644");
    set_field(block, 124, "00000000000");
    set_field(block, 148, "        ");
    set_field(block, 156, "0");
    set_field(block, 257, "ustar  ");
    for (size_t i = 0; i < 512; i++)
        sum += (unsigned char)block[i];
    snprintf(text, sizeof(text), "%06o", sum);
    memcpy(block + 148, text, 7);
}

static void
names_other_kinds_of_files(void **state)
{
    static const char base64[] =
        "QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFB\nQUE=\n";
    static const struct {
        size_t at; /* in a file that is zeros else */
        const char *bytes, *message;
        enum err_reason reason;
    } cases[] = {
        {0, "\x1f\x8b\x08", "a compressed file (gzip)", REASON_OTHER_FILE},
        {0, "\x28\xb5\x2f\xfd", "a compressed file (zstd)", REASON_OTHER_FILE},
        {0, "BZh9", "a compressed file (bzip2)", REASON_OTHER_FILE},
        {0, "\xfd\x37zXZ", "a compressed file (xz)", REASON_OTHER_FILE},
        {0, "\x04\x22M\x18", "a compressed file (lz4)", REASON_OTHER_FILE},
        {0, "PK\x03\x04", "an archive (zip)", REASON_OTHER_FILE},
        {0, "7z\xbc\xaf\x27\x1c", "an archive (7z)", REASON_OTHER_FILE},
        {0, "Rar!\x1a\x07", "an archive (rar)", REASON_OTHER_FILE},
        {0, "hsqs", "a squashfs image", REASON_OTHER_FILE},
        {32769, "CD001", "an ISO 9660 image", REASON_OTHER_FILE},
        {510, "\x55\xaa", "an image of a disk or a file system", REASON_OTHER_FILE},
        {0,
         "\x7f"
         "ELF",
         "not a sealift bundle", REASON_HEADER},
    };
    static const struct {
        const char *text, *message;
        enum err_reason reason;
    } texts[] = {
        {"abc", "a text file", REASON_OTHER_FILE},
        {"#!/bin/sh\nexit\n", "a text file", REASON_OTHER_FILE},
        {"# images\r\n\r\nnginx:1.27\r\n", "a list of references", REASON_LIST_FILE},
        {"-----BEGIN PUBLIC KEY-----\n", "a PEM file (PUBLIC KEY)",
         REASON_PUBLIC_KEY_FILE},
        {"Bag Attributes\n-----BEGIN CERTIFICATE-----\n", "a PEM file (CERTIFICATE)",
         REASON_OTHER_FILE},
        {"-----BEGIN PGP MESSAGE-----\n", "a PEM file (PGP MESSAGE)", REASON_OTHER_FILE},
        {base64, "text in base64", REASON_OTHER_FILE},
        {"<!DOCTYPE html>\n<html>", "a web page", REASON_OTHER_FILE},
        {"age-encryption.org/v1\n", "encrypted with age", REASON_OTHER_FILE},
        {"{\"mediaType\": \"application/vnd.dev.sigstore.bundle.v0.3+json\"}",
         "a signature (sigstore bundle)", REASON_SIGNATURE_FILE},
        {"{\"mediaType\":\"application/vnd.sealift.receipt.v1+json\"}",
         "a receipt of an import", REASON_RECEIPT_FILE},
        {"{\"mediaType\":\"application/vnd.sealift.trust.v1+json\"}",
         "an update of a trust store", REASON_UPDATE_FILE},
        {"{\"schemaVersion\":2,\"manifests\":[]}", "an image index", REASON_OTHER_FILE},
        {"{}", "a JSON file", REASON_OTHER_FILE},
        {"\x30\x82\x01", "a file of 3 bytes", REASON_OTHER_FILE},
        {"oci-lay", "the file ends at byte 7", REASON_TRUNCATED},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases) + COUNT_OF(texts); i++) {
        bool is_text = i >= COUNT_OF(cases);
        size_t n = is_text ? i - COUNT_OF(cases) : i;
        const char *bytes = is_text ? texts[n].text : cases[n].bytes;
        const char *message = is_text ? texts[n].message : cases[n].message;
        static char file[40000];
        size_t size = is_text ? strlen(bytes) : sizeof(file);
        struct err err = ERR_INIT;
        int fd;

        memset(file, 0, sizeof(file));
        file[0] = is_text ? '\0' : '\1'; /* zeros alone are the end of a tar */
        memcpy(file + (is_text ? 0 : cases[n].at), bytes, strlen(bytes));
        fd = fixture_file(file, size);
        assert_null(bundle_head(volumes_of_file(fd, size), &err));
        assert_int_equal(err.kind, ERR_INTEGRITY);
        if (!strstr(err.msg, message))
            fail_msg("%s: %s", message, err.msg);
        assert_int_equal(err.reason, is_text ? texts[n].reason : cases[n].reason);
        close(fd);
    }
}

static void
archives_are_called_by_what_is_in_them(void **state)
{
    static const struct {
        const char *members[4];
        const char *message;
        enum err_reason reason;
    } cases[] = {
        {{"oci-layout", "index.json"}, "an OCI archive", REASON_IMAGE_ARCHIVE},
        {{"./blobs/", "./oci-layout"}, "an OCI archive", REASON_IMAGE_ARCHIVE},
        {{"oci-layout", "manifest.json", "repositories"},
         "an OCI archive of docker save",
         REASON_IMAGE_ARCHIVE},
        {{"oci-layout", "manifest.json"}, "of ctr or docker save", REASON_IMAGE_ARCHIVE},
        {{"0a.json", "manifest.json", "repositories"},
         "an archive of docker save or podman save",
         REASON_IMAGE_ARCHIVE},
        {{"0a.json", "0b/layer.tar", "manifest.json"},
         "an archive of docker save or podman save",
         REASON_IMAGE_ARCHIVE},
        {{"img/oci-layout", "img/SHA256SUMS", "img/signatures/.pad"},
         "repacked by another tool",
         REASON_REPACKED},
        {{"usr/bin/"}, "a tar archive that begins with 'usr/bin/'", REASON_OTHER_FILE},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        char file[6 * 512] = "";
        struct err err = ERR_INIT;
        int fd;

        for (size_t k = 0; k < 4 && cases[i].members[k]; k++)
            set_gnu_header(file + 512 * k, cases[i].members[k]);
        fd = fixture_file(file, sizeof(file));
        assert_null(bundle_head(volumes_of_file(fd, sizeof(file)), &err));
        assert_int_equal(err.kind, ERR_INTEGRITY);
        if (!strstr(err.msg, cases[i].message))
            fail_msg("%s: %s", cases[i].message, err.msg);
        assert_int_equal(err.reason, cases[i].reason);
        close(fd);
    }
}

static void
refuses_an_empty_archive(void **state)
{
    static const struct {
        size_t zeros;
        const char *reason;
    } cases[] = {{0, "truncated"}, {1, "truncated"},  {511, "truncated"},
                 {512, "missing"}, {1024, "missing"}, {10240, "missing"}};
    static const char zeros[10240];

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        int fd = fixture_file(zeros, cases[i].zeros);
        struct err err = ERR_INIT;

        assert_null(bundle_head(volumes_of_file(fd, cases[i].zeros), &err));
        assert_int_equal(err.kind, ERR_INTEGRITY);
        assert_string_equal(err_reason_word(err.reason), cases[i].reason);
        close(fd);
    }
}

static void
reports_read_errors_apart_from_damage(void **state)
{
    struct err err = ERR_INIT;

    (void)state;
    assert_null(bundle_head(volumes_of_file(-1, 10240), &err));
    assert_int_equal(err.kind, ERR_LOCAL);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(detects_every_flipped_bit),
        cmocka_unit_test(detects_every_truncation),
        cmocka_unit_test(detects_truncation_while_reading),
        cmocka_unit_test(checks_large_members_in_pieces),
        cmocka_unit_test(checks_large_members_in_place),
        cmocka_unit_test(stops_on_request),
        cmocka_unit_test(limits_and_checks_whole_reads),
        cmocka_unit_test(names_other_kinds_of_files),
        cmocka_unit_test(archives_are_called_by_what_is_in_them),
        cmocka_unit_test(refuses_an_empty_archive),
        cmocka_unit_test(reports_read_errors_apart_from_damage),
    };

    return cmocka_run_group_tests_name("reader_damage", tests, NULL, NULL);
}
