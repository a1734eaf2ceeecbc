/* A whole bundle as export writes it, with one signature: whatever bit is changed and
 * wherever it is cut, verify refuses it, and for the right kind of reason. */
#include "config.h"
#include "tests/unit/unit.h"

#include "io/tar.h"
#include "ops/verify.h"
#include "tests/unit/bundle_fixture.h"
#include "tests/unit/pki_keys.h"

#include <sys/mman.h>
#include <unistd.h>

enum {
    PAD = BUNDLE_SIGNATURE_AREA - 512 - 1536, /* as export leaves it for one signature */
    BUNDLE_MAX = 1 << 20,
    SAMPLE = 31,      /* one bit in so many, unless all are asked for */
    PAD_SAMPLE = 509, /* in the pad, where they are all alike */
};

static const struct events nobody = {.emit = NULL};

struct damaged {
    int fd;
    char path[32], *bytes;
    size_t len;
    size_t pad; /* where the body of signatures/.pad begins */
    struct trust_store store;
};

/* Put a real signature into the place of the made-up one, with blanks to the same size.
 */
static void
sign(struct fixture *f)
{
    CLEANUP(buf_release) struct buf file = BUF_INIT(BUNDLE_SIGNATURE_MAX);
    CLEANUP(pki_release) struct pki_key *key = NULL;
    const struct fixture_member *index = &f->members[1];
    struct fixture_member *place = &f->members[2];
    char name[SIGNATURE_NAME_MAX];
    struct err err = ERR_INIT;

    key = pki_private(ED, strlen(ED), "key", NULL, &err);
    assert_non_null(key);
    assert_int_equal(signature_make(key, index->body, index->len, &file, name, &err), 0);
    assert_true(file.len < place->len);
    memset(place->body, ' ', place->len);
    place->body[0] = '{';
    memcpy(place->body + place->len - file.len + 1, file.data + 1, file.len - 1);
}

static void
damaged_make(struct damaged *d)
{
    CLEANUP(buf_release) struct buf bytes = BUF_INIT(BUNDLE_MAX);
    struct fixture_parts parts;
    struct err err = ERR_INIT;
    struct fixture f;

    fixture_parts(&parts);
    parts.pad = PAD;
    fixture_make(&f, &parts, 1);
    sign(&f);
    fixture_render(&f, &bytes);
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

static void
damaged_release(struct damaged *d)
{
    munmap(d->bytes, d->len);
    close(d->fd);
    trust_store_release(&d->store);
}

static int
verify(const struct damaged *d, struct err *err)
{
    CLEANUP(verified_release) struct verified v = VERIFIED_INIT;
    struct cancel cancel = CANCEL_INIT;
    const char *path = d->path;
    const struct verify_options options = {.paths = &path,
                                           .path_count = 1,
                                           .store = &d->store,
                                           .jobs = 1,
                                           .events = &nobody,
                                           .cancel = &cancel};

    return verify_run(&v, &options, err);
}

static bool
wants_all(void)
{
    const char *tests = getenv("SEALIFT_TESTS");

    return tests && strcmp(tests, "long") == 0;
}

static void
as_it_is_it_is_accepted(void **state)
{
    struct damaged d;
    struct err err = ERR_INIT;

    (void)state;
    damaged_make(&d);
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
every_flipped_bit_is_refused(void **state)
{
    size_t step = wants_all() ? 1 : SAMPLE;
    struct damaged d;

    (void)state;
    damaged_make(&d);
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
every_cut_is_refused(void **state)
{
    size_t step = wants_all() ? 1 : SAMPLE;
    struct damaged d;

    (void)state;
    damaged_make(&d);
    for (size_t len = d.len - 1; len > 0; len -= len < step ? len : step) {
        struct err err = ERR_INIT;

        assert_int_equal(ftruncate(d.fd, (off_t)len), 0);
        if (verify(&d, &err) == 0)
            fail_msg("cut at %zu, and accepted", len);
        assert_int_equal(err.kind, ERR_INTEGRITY);
        if (strcmp(err.reason, "truncated") != 0)
            fail_msg("cut at %zu: %s (%s)", len, err.msg, err.reason);
    }
    damaged_release(&d);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(as_it_is_it_is_accepted),
        cmocka_unit_test(every_flipped_bit_is_refused),
        cmocka_unit_test(every_cut_is_refused),
    };

    return cmocka_run_group_tests_name("verify_damage", tests, NULL, NULL);
}
