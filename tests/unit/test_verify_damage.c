/* SPDX-License-Identifier: Apache-2.0 */
/* A whole bundle as export writes it, with one signature: whatever bit is changed and
 * wherever it is cut, verify refuses it, and for the right kind of reason; and so it does
 * when the signature is written in other words.  What may change is what SECURITY.md
 * says. */
#include "config.h"
#include "tests/unit/unit.h"

#include "io/archive/tar.h"
#include "ops/verify/verify.h"
#include "tests/unit/bundle_fixture.h"
#include "tests/unit/pki_keys.h"
#include "io/crypto/pki_pem.h"

#include <stdatomic.h>
#include <sys/mman.h>
#include <unistd.h>

enum {
    PAD = BUNDLE_SIGNATURE_AREA - 512 - 1024, /* as export leaves it for one signature */
    BUNDLE_MAX = 1 << 20,
    SAMPLE = 31,      /* one bit in so many, unless all are asked for */
    PAD_SAMPLE = 509, /* in the pad, where they are all alike */
};

struct damaged {
    int fd;
    char path[32], *bytes;
    size_t len;
    size_t pad; /* where the body of signatures/.pad begins */
    struct trust_store store;
};

/* The signature in other words, or what no signature covers. */
struct change {
    const char *what;
    const char *from, *to; /* in the signature file */
    const char *name;      /* of it */
    uint64_t mtime;        /* of all members */
    size_t zeros;          /* at the end of the file */
};

/* Put a body into the place of another that is not longer by a block; the pad takes it.
 */
static void
put_body(struct fixture *f, const struct buf *body)
{
    struct fixture_member *place = &f->members[2];
    struct fixture_member *pad = &f->members[fixture_find(f, "signatures/.pad")];
    size_t room = tar_padded(place->len) + pad->len;

    free(place->body);
    place->len = body->len;
    place->body = malloc(body->len + 1);
    assert_non_null(place->body);
    memcpy(place->body, body->data, body->len + 1);
    free(pad->body);
    pad->len = room - tar_padded(body->len);
    pad->body = calloc(1, pad->len);
    assert_non_null(pad->body);
}

static void
replace(struct buf *file, const char *from, const char *to)
{
    CLEANUP(buf_release) struct buf old = *file;
    const char *at = strstr(old.data, from);

    assert_non_null(at);
    *file = (struct buf)BUF_INIT(BUNDLE_SIGNATURE_MAX);
    assert_int_equal(buf_add(file, old.data, (size_t)(at - old.data)), 0);
    assert_int_equal(buf_add_text(file, to), 0);
    assert_int_equal(buf_add_text(file, at + strlen(from)), 0);
}

/* Put a real signature into the place of the made-up one. */
static void
sign(struct fixture *f, const struct change *change)
{
    CLEANUP(buf_release) struct buf file = BUF_INIT(BUNDLE_SIGNATURE_MAX);
    CLEANUP(pki_release) struct pki_key *key = NULL;
    const struct fixture_member *index = &f->members[1];
    char name[SIGNATURE_NAME_MAX];
    struct err err = ERR_INIT;

    key = pki_private(ED, strlen(ED), "key", NULL, &err);
    assert_non_null(key);
    assert_int_equal(signature_make(key, index->body, index->len, &file, name, &err), 0);
    if (change->from)
        replace(&file, change->from, change->to);
    put_body(f, &file);
    snprintf(f->members[2].name, sizeof(f->members[2].name), "signatures/%s",
             change->name ? change->name : name);
    for (size_t i = 0; i < f->count; i++)
        f->members[i].mtime = change->mtime;
}

static void
damaged_make(struct damaged *d, const struct change *change)
{
    static const char zeros[BUNDLE_TRAILING_MAX];
    CLEANUP(buf_release) struct buf bytes = BUF_INIT(BUNDLE_MAX);
    struct fixture_parts parts;
    struct err err = ERR_INIT;
    struct fixture f;

    fixture_parts(&parts);
    parts.pad = PAD - TAR_BLOCK; /* the made-up signature has two blocks, ours has one */
    fixture_make(&f, &parts, 1);
    sign(&f, change);
    fixture_render(&f, &bytes);
    assert_int_equal(buf_add(&bytes, zeros, change->zeros), 0);
    d->pad = 4 * TAR_BLOCK;
    for (size_t i = 0; i < fixture_find(&f, "signatures/.pad"); i++)
        d->pad += tar_padded(f.members[i].len);
    fixture_release(&f);
    d->len = bytes.len;
    d->fd = fixture_file(bytes.data, bytes.len);
    snprintf(d->path, sizeof(d->path), "/proc/self/fd/%d", d->fd);
    d->bytes = mmap(NULL, d->len, PROT_READ | PROT_WRITE, MAP_SHARED, d->fd, 0);
    assert_ptr_not_equal(d->bytes, MAP_FAILED);
    d->store = (struct trust_store)TRUST_STORE_INIT;
    assert_int_equal(
        trust_keys_add_pem(&d->store.keys, "ed.pub", ED_PUB, strlen(ED_PUB), &err), 0);
}

static const struct change as_it_is = {.what = "as it is"};

static void
damaged_release(struct damaged *d)
{
    munmap(d->bytes, d->len);
    close(d->fd);
    trust_store_release(&d->store);
}

/* The bytes that all processes of a run have read. */
static _Atomic uint64_t *bytes_read;

ssize_t __real_pread(int fd, void *out, size_t len, off_t at);
ssize_t __wrap_pread(int fd, void *out, size_t len, off_t at);

ssize_t
__wrap_pread(int fd, void *out, size_t len, off_t at)
{
    ssize_t n = __real_pread(fd, out, len, at);

    if (bytes_read && n > 0)
        atomic_fetch_add(bytes_read, (uint64_t)n);
    return n;
}

static int
verify_to(const struct damaged *d, struct verified *v, struct err *err)
{
    struct run run = RUN_INIT;
    const char *path = d->path;
    const struct verify_options options = {
        .paths = &path, .path_count = 1, .store = &d->store, .run = &run};

    return verify_run(v, &options, err);
}

static int
verify(const struct damaged *d, struct err *err)
{
    CLEANUP(verified_release) struct verified v = VERIFIED_INIT;

    return verify_to(d, &v, err);
}

static bool
wants_all(void)
{
    const char *tests = getenv("SEALIFT_TESTS");

    return tests && strcmp(tests, "long") == 0;
}

static void
accepts_the_undamaged_bundle(void **state)
{
    struct damaged d;
    struct err err = ERR_INIT;

    (void)state;
    damaged_make(&d, &as_it_is);
    assert_true(d.len > 40 * 1024);
    if (verify(&d, &err) < 0)
        fail_msg("%s", err.msg);
    damaged_release(&d);
}

static bool
is_in_pad(const struct damaged *d, size_t at)
{
    return at >= d->pad && at < d->pad + PAD;
}

static void
refuses_every_flipped_bit(void **state)
{
    size_t step = wants_all() ? 1 : SAMPLE;
    struct damaged d;

    (void)state;
    damaged_make(&d, &as_it_is);
    for (size_t bit = 0; bit < 8 * d.len;
         bit += is_in_pad(&d, bit / 8) ? PAD_SAMPLE : step) {
        struct err err = ERR_INIT;

        d.bytes[bit / 8] ^= (char)(1 << bit % 8);
        if (verify(&d, &err) == 0)
            fail_msg("bit %zu flipped, and accepted", bit);
        if ((err.kind != ERR_INTEGRITY && err.kind != ERR_TRUST) || !err.reason)
            fail_msg("bit %zu: %s", bit, err.msg);
        d.bytes[bit / 8] ^= (char)(1 << bit % 8);
    }
    damaged_release(&d);
}

static void
refuses_every_truncation(void **state)
{
    size_t step = wants_all() ? 1 : SAMPLE;
    struct damaged d;

    (void)state;
    damaged_make(&d, &as_it_is);
    for (size_t len = d.len - 1; len > 0; len -= len < step ? len : step) {
        struct err err = ERR_INIT;

        assert_int_equal(ftruncate(d.fd, (off_t)len), 0);
        if (verify(&d, &err) == 0)
            fail_msg("cut at %zu, and accepted", len);
        assert_int_equal(err.kind, ERR_INTEGRITY);
        if (strcmp(err_reason_word(err.reason), "truncated") != 0)
            fail_msg("cut at %zu: %s (%s)", len, err.msg, err_reason_word(err.reason));
    }
    damaged_release(&d);
}

/* test_signers_inside.c and test_pki_cms.c have all of them. */
static void
refuses_other_renderings_of_the_signature(void **state)
{
    static const struct change table[] = {
        {.what = "a blank", .from = "{", .to = "{ "},
        {.what = "a line feed behind", .from = "==\"}}", .to = "==\"}}\n"},
        {.what = "an escape", .from = "hint", .to = "\\u0068int"},
        {.what = "an idle field",
         .from = "\"publicKey\"",
         .to = "\"tlogEntries\":[],\"publicKey\""},
        {.what = "another name", .name = "0123456789abcdef.sigstore.json"},
        {.what = "another end of the name", .name = "16dd4f595ab992b8.p7s"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        struct damaged d;
        struct err err = ERR_INIT;

        damaged_make(&d, &table[i]);
        if (verify(&d, &err) == 0)
            fail_msg("%s, and accepted", table[i].what);
        assert_int_equal(err.kind, ERR_TRUST);
        assert_string_equal(err_reason_word(err.reason), "bad-signature");
        damaged_release(&d);
    }
}

/* The time that all headers have, and zeros behind the end. */
static void
accepts_changes_of_uncovered_bytes(void **state)
{
    static const struct change table[] = {
        {.what = "another time", .mtime = 1700000000},
        {.what = "zeros behind the end", .zeros = BUNDLE_TRAILING_MAX},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        struct damaged d;
        struct err err = ERR_INIT;

        damaged_make(&d, &table[i]);
        if (verify(&d, &err) < 0)
            fail_msg("%s: %s", table[i].what, err.msg);
        damaged_release(&d);
    }
}

/* An attacker without a key names a trusted one and appends 8 TiB of zeros. */
static void
limits_reading_after_a_bad_signature(void **state)
{
    CLEANUP(verified_release) struct verified v = VERIFIED_INIT;
    unsigned char header[TAR_BLOCK];
    struct err err = ERR_INIT;
    struct damaged d;
    char name[101] = "blobs/sha256/";
    off_t at;

    (void)state;
    damaged_make(&d, &as_it_is);
    d.bytes[4 * TAR_BLOCK + 300] ^= 1; /* in index.json */
    at = (off_t)(d.len - 2 * TAR_BLOCK);
    memset(name + strlen(name), '0', 64);
    assert_int_equal(tar_header(header, name, 8ULL << 40, 0, &err), 0);
    memcpy(d.bytes + at, header, sizeof(header));
    if (ftruncate(d.fd, at + (off_t)(9ULL << 40)) < 0) {
        damaged_release(&d);
        skip();
    }
    bytes_read = mmap(NULL, sizeof(*bytes_read), PROT_READ | PROT_WRITE,
                      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert_ptr_not_equal(bytes_read, MAP_FAILED);
    assert_int_equal(verify_to(&d, &v, &err), -1);
    assert_int_equal(err.kind, ERR_TRUST);
    assert_string_equal(err_reason_word(err.reason), "bad-signature");
    assert_true(v.damage.is_cut_short);
    assert_int_equal(v.damage.unexamined, at);
    assert_in_range(atomic_load(bytes_read), d.len, 1 << 20);
    bytes_read = NULL;
    damaged_release(&d);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(accepts_the_undamaged_bundle),
        cmocka_unit_test(refuses_every_flipped_bit),
        cmocka_unit_test(refuses_every_truncation),
        cmocka_unit_test(refuses_other_renderings_of_the_signature),
        cmocka_unit_test(accepts_changes_of_uncovered_bytes),
        cmocka_unit_test(limits_reading_after_a_bad_signature),
    };

    return cmocka_run_group_tests_name("verify_damage", tests, NULL, NULL);
}
