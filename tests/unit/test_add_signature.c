/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "tests/unit/unit.h"

#include "base/mem.h"
#include "bundle/reader/reader.h"
#include "io/archive/tar.h"
#include "tests/unit/bundle_fixture.h"
#include "bundle/reader/add_signature.h"
#include "bundle/reader/head.h"

#include <errno.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { BUNDLE_MAX = 32 << 20, WRITES_MAX = 64, STEPS_MAX = 20 };

static char BODY[] = "{\"a\":\"signature\"}";
static const char NAME[] = "0123456789abcdef.sigstore.json";

static struct signature_file
new_file(void)
{
    struct signature_file f = {.bytes = BODY, .len = strlen(BODY)};

    memcpy(f.name, NAME, sizeof(NAME));
    return f;
}

/* ---- what goes to the disk ---- */

/* One sector of a write, and after how many flushes it was written. */
static struct {
    unsigned char bytes[TAR_BLOCK];
    off_t at;
    unsigned flushes;
} sectors[WRITES_MAX];
static size_t sector_count;
static unsigned flushes;
static unsigned kill_at; /* the call that does not come back; 0: all do */
static unsigned fail_at; /* the write that fails */
static unsigned calls;
static bool watching; /* only what bundle_add_signature() does */

int __real_fsync(int fd);
int __wrap_fsync(int fd);
ssize_t __real_pwrite(int fd, const void *bytes, size_t len, off_t offset);
ssize_t __wrap_pwrite(int fd, const void *bytes, size_t len, off_t offset);

static void
step(void)
{
    if (++calls == kill_at)
        raise(SIGKILL);
}

int
__wrap_fsync(int fd)
{
    if (watching) {
        step();
        flushes++;
    }
    return __real_fsync(fd);
}

ssize_t
__wrap_pwrite(int fd, const void *bytes, size_t len, off_t offset)
{
    if (!watching)
        return __real_pwrite(fd, bytes, len, offset);
    step();
    if (calls == fail_at) {
        errno = ENOSPC;
        return -1;
    }
    for (size_t done = 0; done < len; done += TAR_BLOCK) {
        assert_true(sector_count < WRITES_MAX);
        assert_int_equal((offset + (off_t)done) % TAR_BLOCK, 0);
        memset(sectors[sector_count].bytes, 0, TAR_BLOCK);
        memcpy(sectors[sector_count].bytes, (const char *)bytes + done,
               len - done < TAR_BLOCK ? len - done : TAR_BLOCK);
        sectors[sector_count].at = offset + (off_t)done;
        sectors[sector_count++].flushes = flushes;
    }
    return __real_pwrite(fd, bytes, len, offset);
}

static void
forget(void)
{
    sector_count = 0;
    flushes = calls = kill_at = fail_at = 0;
}

/* ---- bundles ---- */

static void
make(struct buf *bytes, size_t signatures)
{
    struct fixture f;

    *bytes = (struct buf)BUF_INIT(BUNDLE_MAX);
    fixture_standard(&f, signatures);
    fixture_render(&f, bytes);
    fixture_release(&f);
}

static int
add_to(struct volumes file, const struct signature_file *f, struct err *err)
{
    struct bundle_untrusted *u = bundle_head_to_sign(file, err);
    int rc;

    assert_non_null(u);
    watching = true;
    rc = bundle_add_signature(u, f, err);
    watching = false;
    bundle_untrusted_release(&u);
    return rc;
}

static int
add(int fd, size_t size, const struct signature_file *f, struct err *err)
{
    return add_to(volumes_of_file(fd, size), f, err);
}

enum state { OLD, INTERRUPTED, NEW };

/* Which of the three it is; fails when it is none of them. */
static enum state
state_of(int fd, const struct buf *before, size_t signatures)
{
    struct err err = ERR_INIT;
    struct bundle_untrusted *u = bundle_head(volumes_of_file(fd, before->len), &err);
    CLEANUP(buf_release) struct buf now = BUF_INIT(BUNDLE_MAX);
    const struct signature_file *files;
    enum state state = OLD;
    size_t count;

    assert_int_equal(lseek(fd, 0, SEEK_END), before->len);
    assert_int_equal(buf_resize(&now, before->len), 0);
    assert_int_equal(pread(fd, now.data, now.len, 0), now.len);
    if (!u) {
        assert_int_equal(err.kind, ERR_INTEGRITY);
        assert_string_equal(err_reason_word(err.reason), "interrupted-sign");
        return INTERRUPTED;
    }
    fixture_expect_bytes(now.data, now.len, NULL, "after signing");
    files = bundle_signatures(u, &count);
    if (count == signatures + 1) {
        assert_string_equal(files[signatures].name, NAME);
        assert_int_equal(files[signatures].len, strlen(BODY));
        assert_memory_equal(files[signatures].bytes, BODY, strlen(BODY));
        state = NEW;
    } else {
        assert_int_equal(count, signatures);
        assert_memory_equal(now.data, before->data, now.len);
    }
    bundle_untrusted_release(&u);
    return state;
}

static void
adds_a_signature_and_changes_nothing_else(void **state)
{
    static const size_t signatures[] = {0, 1, 2, 63};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(signatures); i++) {
        struct signature_file f = new_file();
        struct err err = ERR_INIT;
        struct buf before;
        int fd;

        make(&before, signatures[i]);
        fd = fixture_file(before.data, before.len);
        forget();
        assert_int_equal(add(fd, before.len, &f, &err), 0);
        assert_int_equal(state_of(fd, &before, signatures[i]), NEW);
        assert_int_equal(sector_count,
                         3); /* its header, its body, the header of the pad */
        close(fd);
        buf_release(&before);
    }
}

static void
refuses_what_does_not_fit_and_changes_nothing(void **state)
{
    char large[FIXTURE_PAD + 1] = {0}, *huge = xcalloc(1, BUNDLE_SIGNATURE_MAX + 1);
    const struct {
        size_t signatures, len;
        const char *name;
        char *bytes;
        enum err_kind kind;
    } table[] = {
        {0, FIXTURE_PAD - 512, NAME, large, ERR_NONE}, /* exactly */
        {0, FIXTURE_PAD - 511, NAME, large, ERR_LIMIT},
        {0, sizeof(large), NAME, large, ERR_LIMIT},
        {0, BUNDLE_SIGNATURE_MAX + 1, NAME, huge, ERR_LIMIT},
        {64, 1, NAME, large, ERR_LIMIT},
        {2, 1, "00000000000000fe.p7s", large, ERR_CONFLICT},
        {0, 1, "0123456789ABCDEF.p7s", large, ERR_INTERNAL},
        {0, 1, "../../etc/passwd", large, ERR_INTERNAL},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        struct signature_file f = {.bytes = table[i].bytes, .len = table[i].len};
        struct err err = ERR_INIT;
        struct buf before;
        int fd;

        snprintf(f.name, sizeof(f.name), "%s", table[i].name);
        make(&before, table[i].signatures);
        fd = fixture_file(before.data, before.len);
        forget();
        assert_int_equal(add(fd, before.len, &f, &err),
                         table[i].kind == ERR_NONE ? 0 : -1);
        assert_int_equal(err.kind, table[i].kind);
        if (table[i].kind != ERR_NONE)
            assert_int_equal(sector_count, 0);
        if (table[i].kind == ERR_LIMIT)
            assert_int_equal(err.reason, REASON_IN_PLACE);
        close(fd);
        buf_release(&before);
    }
    free(huge);
}

/* Whatever was interrupted: signing again ends it. */
static void
assert_signing_again_works(int fd, const struct buf *before, size_t signatures)
{
    struct signature_file f = new_file();
    struct err err = ERR_INIT;

    if (state_of(fd, before, signatures) == NEW)
        return;
    forget();
    assert_int_equal(add(fd, before->len, &f, &err), 0);
    assert_int_equal(state_of(fd, before, signatures), NEW);
}

/*
 * The power goes after so many flushes: what was flushed is on disk, and of what was
 * written since, any sectors may be.
 */
static void
cut(const struct buf *before, unsigned after, bool seen[3])
{
    size_t loose[WRITES_MAX], count = 0;
    size_t total = sector_count;
    unsigned char saved[sizeof(sectors)];

    memcpy(saved, sectors, sizeof(sectors));
    for (size_t i = 0; i < total; i++) {
        if (sectors[i].flushes == after)
            loose[count++] = i;
    }
    assert_true(count <= 8);
    for (unsigned chosen = 0; chosen < 1U << count; chosen++) {
        int fd = fixture_file(before->data, before->len);

        for (size_t i = 0, n = 0; i < total; i++) {
            bool is_there = sectors[i].flushes < after;

            if (n < count && loose[n] == i)
                is_there = chosen >> n++ & 1;
            if (is_there)
                assert_int_equal(
                    __real_pwrite(fd, sectors[i].bytes, TAR_BLOCK, sectors[i].at),
                    TAR_BLOCK);
        }
        seen[state_of(fd, before, 1)] = true;
        assert_signing_again_works(fd, before, 1);
        memcpy(sectors, saved, sizeof(sectors));
        sector_count = total;
        close(fd);
    }
}

static void
is_old_or_refused_or_new_after_power_loss(void **state)
{
    struct signature_file f = new_file();
    bool seen[3] = {false};
    struct err err = ERR_INIT;
    struct buf before;
    unsigned last;
    int fd;

    (void)state;
    make(&before, 1);
    fd = fixture_file(before.data, before.len);
    forget();
    assert_int_equal(add(fd, before.len, &f, &err), 0);
    close(fd);
    last = flushes;
    assert_int_equal(last, 2);
    for (unsigned after = 0; after <= last; after++)
        cut(&before, after, seen);
    assert_true(seen[OLD] && seen[INTERRUPTED] && seen[NEW]);
    buf_release(&before);
}

/* SIGKILL at each write and each flush; then again while what that left is mended. */
static void
is_old_or_refused_or_new_after_a_kill(void **state)
{
    bool seen[3] = {false};
    struct buf before;
    int status = 0;

    (void)state;
    make(&before, 1);
    for (unsigned n = 1; n < STEPS_MAX; n++) {
        int fd = fixture_file(before.data, before.len);

        for (unsigned again = 0; again < 2; again++) {
            pid_t child = fork();

            assert_true(child >= 0);
            if (child == 0) {
                struct signature_file f = new_file();
                struct err err = ERR_INIT;

                forget();
                kill_at = again ? STEPS_MAX - n : n;
                _exit(add(fd, before.len, &f, &err) == 0 ? 0 : 1);
            }
            assert_int_equal(waitpid(child, &status, 0), child);
            assert_true(WIFEXITED(status) || WTERMSIG(status) == SIGKILL);
            seen[state_of(fd, &before, 1)] = true;
            if (WIFEXITED(status)) { /* it was there already, or is now */
                assert_int_equal(state_of(fd, &before, 1), NEW);
                break;
            }
        }
        assert_signing_again_works(fd, &before, 1);
        close(fd);
    }
    assert_true(WIFEXITED(status)); /* it got past the last step */
    assert_true(seen[OLD] && seen[INTERRUPTED] && seen[NEW]);
    buf_release(&before);
}

/* A write that fails leaves what was there. */
static void
a_full_disk_leaves_the_old_bundle(void **state)
{
    (void)state;
    for (unsigned n = 1; n <= 2; n++) {
        struct signature_file f = new_file();
        struct err err = ERR_INIT;
        struct buf before;
        int fd;

        make(&before, 1);
        fd = fixture_file(before.data, before.len);
        forget();
        fail_at = n;
        assert_int_equal(add(fd, before.len, &f, &err), -1);
        assert_int_equal(err.kind, ERR_LOCAL);
        assert_int_equal(state_of(fd, &before, 1), OLD);
        assert_signing_again_works(fd, &before, 1);
        close(fd);
        buf_release(&before);
    }
}

/* ---- in volumes ---- */

enum { SET_MAX = 1024 };

/* The bundle, cut every so many bytes. */
static struct volumes
cut_up(const struct buf *bundle, size_t size, int fds[SET_MAX])
{
    struct volumes v = {.fds = fds, .cut = size, .size = bundle->len};

    for (size_t at = 0; at < bundle->len; at += size, v.count++) {
        size_t left = bundle->len - at;

        assert_true(v.count < SET_MAX);
        fds[v.count] = fixture_file(bundle->data + at, left < size ? left : size);
    }
    return v;
}

/* One file of them again. */
static int
join(const struct volumes *v)
{
    CLEANUP(buf_release) struct buf all = BUF_INIT(BUNDLE_MAX);
    struct err err = ERR_INIT;

    assert_int_equal(buf_resize(&all, v->size), 0);
    assert_int_equal(volumes_read(v, all.data, all.len, 0, &err), all.len);
    return fixture_file(all.data, all.len);
}

static enum state
state_of_set(const struct volumes *v, const struct buf *before)
{
    int fd = join(v);
    enum state state = state_of(fd, before, 1);

    close(fd);
    return state;
}

static void
close_all(const struct volumes *v)
{
    for (size_t i = 0; i < v->count; i++)
        close(v->fds[i]);
}

/* Offset of the header of the pad. */
static size_t
pad_of(const struct buf *bundle)
{
    static const char name[] = "signatures/.pad";
    const char *at = memmem(bundle->data, bundle->len, name, sizeof(name));

    assert_non_null(at);
    return (size_t)(at - bundle->data);
}

/* SIGKILL at each write and each flush of each volume, wherever one of them ends. */
static void
volumes_are_old_or_refused_or_new_after_a_kill(void **state)
{
    bool seen[3] = {false};
    struct buf before;
    size_t pad;

    (void)state;
    make(&before, 1);
    pad = pad_of(&before);
    for (size_t end = pad; end <= pad + 3 * TAR_BLOCK; end += TAR_BLOCK) {
        int fds[SET_MAX], status = 0;
        unsigned n = 0;

        do {
            struct volumes v = cut_up(&before, end, fds);
            pid_t child = fork();

            n++;
            assert_true(child >= 0);
            if (child == 0) {
                struct signature_file f = new_file();
                struct err err = ERR_INIT;

                forget();
                kill_at = n;
                _exit(add_to(v, &f, &err) == 0 ? 0 : 1);
            }
            assert_int_equal(waitpid(child, &status, 0), child);
            assert_true(WIFEXITED(status) || WTERMSIG(status) == SIGKILL);
            seen[state_of_set(&v, &before)] = true;
            if (state_of_set(&v, &before) != NEW) {
                struct signature_file f = new_file();
                struct err err = ERR_INIT;

                forget();
                assert_int_equal(add_to(v, &f, &err), 0);
                assert_int_equal(state_of_set(&v, &before), NEW);
                /* every volume was flushed before the header that makes it count */
                assert_true(sectors[sector_count - 1].flushes >= v.count);
            }
            close_all(&v);
        } while (!WIFEXITED(status));
        assert_int_equal(WEXITSTATUS(status), 0);
    }
    assert_true(seen[OLD] && seen[INTERRUPTED] && seen[NEW]);
    buf_release(&before);
}

/* A header that two volumes share, or that two sectors of one do, is not written whole.
 */
static void
refuses_a_volume_boundary_inside_a_block(void **state)
{
    struct buf before;
    size_t pad;

    (void)state;
    make(&before, 1);
    pad = pad_of(&before);
    for (size_t i = 0; i < 3; i++) {
        const size_t ends[] = {pad + 1, pad + TAR_BLOCK - 1, pad - 100};
        struct signature_file f = new_file();
        struct err err = ERR_INIT;
        int fds[SET_MAX];
        struct volumes v = cut_up(&before, ends[i], fds);

        forget();
        assert_int_equal(add_to(v, &f, &err), -1);
        assert_int_equal(err.kind, ERR_USAGE);
        assert_int_equal(err.reason, REASON_CUT_AREA);
        assert_int_equal(calls, 0);
        assert_int_equal(state_of_set(&v, &before), OLD);
        close_all(&v);
    }
    buf_release(&before);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(adds_a_signature_and_changes_nothing_else),
        cmocka_unit_test(refuses_what_does_not_fit_and_changes_nothing),
        cmocka_unit_test(is_old_or_refused_or_new_after_power_loss),
        cmocka_unit_test(is_old_or_refused_or_new_after_a_kill),
        cmocka_unit_test(a_full_disk_leaves_the_old_bundle),
        cmocka_unit_test(volumes_are_old_or_refused_or_new_after_a_kill),
        cmocka_unit_test(refuses_a_volume_boundary_inside_a_block),
    };

    return cmocka_run_group_tests_name("area", tests, NULL, NULL);
}
