/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "io/file/volumes.h"

#include "base/buf.h"
#include "base/libc_gaps.h"
#include "base/mem.h"
#include "io/crypto/hash.h"
#include "io/file/file.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum {
    PIECE = 256 << 10, /* bytes copied through memory at a time */
    ADVICE_MAX = 200,  /* bytes of the longest list of volumes */
};

struct volumes
volumes_of_file(int fd, uint64_t size)
{
    return (struct volumes){.count = 1, .fd = fd, .cut = UINT64_MAX, .size = size};
}

/* The part of a range that lies in one file. */
struct volume_part {
    int fd;
    uint64_t at;  /* in that file */
    uint64_t len; /* unlimited in the last volume */
};

static struct volume_part
part_of(const struct volumes *v, uint64_t offset, uint64_t len)
{
    uint64_t n = offset / v->cut, left;

    if (n >= v->count)
        n = v->count - 1;
    left = n + 1 == v->count ? UINT64_MAX : v->cut - (offset - n * v->cut);
    return (struct volume_part){.fd = v->fds ? v->fds[n] : v->fd,
                                .at = offset - n * v->cut,
                                .len = len < left ? len : left};
}

ssize_t
volumes_read(const struct volumes *v, void *out, size_t len, uint64_t offset,
             struct err *err)
{
    size_t got = 0;

    while (got < len) {
        struct volume_part p = part_of(v, offset + got, len - got);
        ssize_t n = file_read_at(p.fd, (char *)out + got, (size_t)p.len, p.at, err);

        if (n < 0)
            return -1;
        got += (size_t)n;
        if ((size_t)n < p.len)
            break;
    }
    return (ssize_t)got;
}

int
volumes_view(const struct volumes *v, uint64_t offset, size_t len, struct view *out)
{
    struct volume_part p = part_of(v, offset, len);
    size_t before = (size_t)(p.at % (uint64_t)sysconf(_SC_PAGESIZE));

    if (p.len < len || offset > v->size || len > v->size - offset)
        return -1;
    out->pages_len = before + len;
    out->pages =
        mmap(NULL, out->pages_len, PROT_READ, MAP_SHARED, p.fd, (off_t)(p.at - before));
    if (out->pages == MAP_FAILED)
        return -1;
    out->bytes = (const char *)out->pages + before;
    /* MAP_POPULATE would not report pages that cannot be read. */
    if (madvise(out->pages, out->pages_len, MADV_POPULATE_READ) == 0)
        return 0;
    view_release(out);
    return -1;
}

void
view_release(struct view *view)
{
    munmap(view->pages, view->pages_len);
}

uint64_t
volumes_next_data(const struct volumes *v, uint64_t offset, uint64_t len)
{
    uint64_t end = offset + len;

    while (offset < end) {
        struct volume_part p = part_of(v, offset, end - offset);
        off_t data = lseek(p.fd, (off_t)p.at, SEEK_DATA);

        if (data < 0 && errno != ENXIO) /* holes are not supported here */
            return offset;
        if (data >= 0 && (uint64_t)data < p.at + p.len)
            return offset + ((uint64_t)data - p.at);
        offset += p.len;
    }
    return end;
}

void
volumes_read_soon(const struct volumes *v, uint64_t offset, uint64_t len)
{
    while (len > 0) {
        struct volume_part p = part_of(v, offset, len);

        posix_fadvise(p.fd, (off_t)p.at, (off_t)p.len, POSIX_FADV_WILLNEED);
        offset += p.len;
        len -= p.len;
    }
}

int
volumes_write(const struct volumes *v, const void *bytes, size_t len, uint64_t offset,
              struct err *err)
{
    size_t done = 0;

    while (done < len) {
        struct volume_part p = part_of(v, offset + done, len - done);

        if (file_write_at(p.fd, (const char *)bytes + done, (size_t)p.len, p.at, err) < 0)
            return -1;
        done += (size_t)p.len;
    }
    return 0;
}

bool
volumes_takes_whole(const struct volumes *v, uint64_t offset, uint64_t len)
{
    struct volume_part p = part_of(v, offset, len);

    return p.len == len && p.at % len == 0;
}

int
volumes_sync(const struct volumes *v, struct err *err)
{
    for (size_t i = 0; i < v->count; i++) {
        /* Called only once: a second fsync may succeed although data was lost. */
        if (fsync(v->fds ? v->fds[i] : v->fd) < 0)
            return err_errno(err, "cannot flush to disk");
    }
    return 0;
}

void
volumes_forget(const struct volumes *v)
{
    for (size_t i = 0; i < v->count; i++)
        posix_fadvise(v->fds ? v->fds[i] : v->fd, 0, 0, POSIX_FADV_DONTNEED);
}

void
volumes_write_soon(const struct volumes *v, uint64_t offset, uint64_t len)
{
    while (len > 0) {
        struct volume_part p = part_of(v, offset, len);

        file_write_soon(p.fd, p.at, p.len);
        offset += p.len;
        len -= p.len;
    }
}

/* ---- used ranges ---- */

/* Bytes of the range before its first hole; the whole range where holes are not
 * supported. */
static uint64_t
before_first_hole(const struct volumes *v, uint64_t offset, uint64_t len)
{
    uint64_t done = 0;

    while (done < len) {
        struct volume_part p = part_of(v, offset + done, len - done);
        off_t hole = lseek(p.fd, (off_t)p.at, SEEK_HOLE);

        if (hole < 0 && errno == ENXIO) /* beyond the end */
            return done;
        if (hole >= 0 && (uint64_t)hole < p.at + p.len)
            return done + ((uint64_t)hole - p.at);
        done += p.len;
    }
    return len;
}

/* Length without trailing zeros. */
static size_t
without_zeros(const char *bytes, size_t len)
{
    while (len > 0 && bytes[len - 1] == '\0')
        len--;
    return len;
}

int
volumes_used(const struct volumes *v, uint64_t offset, uint64_t len, uint64_t *filled,
             uint64_t *used, struct err *err)
{
    uint64_t end = before_first_hole(v, offset, len);
    CLEANUP(mem_free_string) char *piece = xmalloc(PIECE);

    *filled = end;
    while (end > 0) {
        size_t want = end < PIECE ? (size_t)end : PIECE;
        ssize_t n = volumes_read(v, piece, want, offset + end - want, err);
        size_t rest;

        if (n < 0)
            return -1;
        rest = without_zeros(piece, (size_t)n);
        end -= want - rest;
        if (rest > 0)
            break;
    }
    *used = end;
    return 0;
}

/* ---- copying ---- */

/* Copy as much as the kernel copies by itself. */
static uint64_t
copy_in_kernel(struct volume_part from, struct volume_part to, uint64_t len)
{
    off_t in = (off_t)from.at, out = (off_t)to.at;
    uint64_t done = 0;

    while (done < len) {
        ssize_t n = copy_file_range(from.fd, &in, to.fd, &out, (size_t)(len - done), 0);

        if (n <= 0)
            break;
        done += (uint64_t)n;
    }
    return done;
}

/* 1 when there is more to come, 0 where the source ends. */
static int
copy_piece(struct volume_part from, struct volume_part to, uint64_t len, char *piece,
           uint64_t *copied, struct err *err)
{
    size_t want = len < PIECE ? (size_t)len : PIECE;
    ssize_t n = file_read_at(from.fd, piece, want, from.at, err_ignored());

    if (n <= 0)
        return 0;
    if (file_write_at(to.fd, piece, (size_t)n, to.at, err) < 0)
        return -1;
    *copied += (uint64_t)n;
    return 1;
}

int
volumes_copy(const struct volumes *from, uint64_t from_at, const struct volumes *to,
             uint64_t to_at, uint64_t len, uint64_t *copied, struct err *err)
{
    CLEANUP(mem_free_string) char *piece = xmalloc(PIECE);
    uint64_t done = 0;
    int rc = 1;

    while (rc == 1 && done < len) {
        struct volume_part in = part_of(from, from_at + done, len - done);
        struct volume_part out = part_of(to, to_at + done, in.len);
        uint64_t n = copy_in_kernel(in, out, out.len);

        done += n;
        if (n == 0) /* across file systems, an old kernel, or the end */
            rc = copy_piece(in, out, out.len, piece, &done, err);
    }
    *copied = done;
    return rc < 0 ? -1 : 0;
}

/* ---- messages about volumes ---- */

struct volume_twins {
    bool is_known;
    size_t of[]; /* by index: the number of a volume with the same beginning, or 0 */
};

static pthread_mutex_t twins_lock = PTHREAD_MUTEX_INITIALIZER;

struct volume_twins *
volume_twins_new(size_t count)
{
    return xcalloc(1, sizeof(struct volume_twins) + count * sizeof(size_t));
}

void
volume_twins_free(struct volume_twins *twins)
{
    free(twins);
}

struct beginning {
    struct digest digest;
    size_t number;
};

static int
by_digest(const void *a, const void *b)
{
    const struct beginning *x = a, *y = b;
    int order = digest_compare(&x->digest, &y->digest);

    return order != 0 ? order : x->number < y->number ? -1 : 1;
}

/* Read the beginning of each volume, except those that cannot be read or begin with
 * zeros. */
static size_t
read_beginnings(const struct volumes *v, struct beginning *out)
{
    char bytes[4096];
    size_t count = 0;

    for (size_t i = 0; i < v->count; i++) {
        ssize_t len = file_read_at(v->fds[i], bytes, sizeof(bytes), 0, err_ignored());

        if (len <= 0 || without_zeros(bytes, (size_t)len) == 0 ||
            hash_bytes(DIGEST_SHA256, bytes, (size_t)len, &out[count].digest,
                       err_ignored()) < 0)
            continue;
        out[count++].number = i + 1;
    }
    return count;
}

static void
find_twins(const struct volumes *v)
{
    struct beginning *all = xcalloc(v->count, sizeof(*all));
    size_t count = read_beginnings(v, all);

    if (count > 0)
        qsort(all, count, sizeof(*all), by_digest);
    for (size_t i = 1, first = 0; i < count; i++) {
        if (!digest_equal(&all[i].digest, &all[first].digest)) {
            first = i;
            continue;
        }
        v->twins->of[all[i].number - 1] = all[first].number;
        if (i == first + 1)
            v->twins->of[all[first].number - 1] = all[i].number;
    }
    v->twins->is_known = true;
    free(all);
}

/* The number of another volume that begins with the same bytes, or 0.  Numbers count from
 * 1. */
static size_t
twin_of(const struct volumes *v, size_t number)
{
    size_t twin;

    if (!v->twins)
        return 0;
    pthread_mutex_lock(&twins_lock);
    if (!v->twins->is_known)
        find_twins(v);
    twin = v->twins->of[number - 1];
    pthread_mutex_unlock(&twins_lock);
    return twin;
}

bool
volumes_span(const struct volumes *v, uint64_t offset, uint64_t len, size_t *first,
             size_t *last)
{
    uint64_t begin = offset / v->cut, end = (offset + (len > 0 ? len - 1 : 0)) / v->cut;

    if (!v->fds)
        return false;
    *first = (size_t)begin + 1;
    *last = (size_t)end + 1;
    return true;
}

static void
hint_at_twins(const struct volumes *v, size_t number, struct err *err)
{
    size_t twin = twin_of(v, number);

    if (twin > 0)
        err_hint(err, "volumes %zu and %zu contain the same bytes: copy both again",
                 number < twin ? number : twin, number < twin ? twin : number);
}

int
volumes_blame(const struct volumes *v, uint64_t offset, uint64_t len, struct err *err)
{
    size_t first, last;

    if (!volumes_span(v, offset, len, &first, &last))
        return -1;
    first = first < v->count ? first : v->count;
    last = last < v->count ? last : v->count;
    for (size_t i = first; i <= last; i++)
        hint_at_twins(v, i, err);
    if (first == last) {
        err_hint(err, "copy volume %zu again", first);
        return err_wrap(err, "volume %zu", first);
    }
    err_hint(err, "copy volumes %zu to %zu again", first, last);
    return err_wrap(err, "volumes %zu to %zu", first, last);
}

/* "1, 3 to 5"; -1 when there are too many to name. */
static int
list_volumes(const struct volumes *v, const bool *wanted, struct buf *out, size_t *count)
{
    for (size_t i = 0; i < v->count; i++) {
        size_t first = i;

        if (!wanted[i])
            continue;
        while (i + 1 < v->count && wanted[i + 1])
            i++;
        *count += i - first + 1;
        if (buf_addf(out, "%s%zu", out->len > 0 ? ", " : "", first + 1) < 0 ||
            (i > first && buf_addf(out, " to %zu", i + 1) < 0))
            return -1;
    }
    return 0;
}

void
volumes_advise(const struct volumes *v, const bool *wanted, struct err *err)
{
    CLEANUP(buf_release) struct buf list = BUF_INIT(ADVICE_MAX);
    size_t count = 0;
    int rc = list_volumes(v, wanted, &list, &count);

    if (count == 0)
        return;
    err->hint[0] = '\0';
    for (size_t i = 0; i < v->count; i++) {
        if (wanted[i])
            hint_at_twins(v, i + 1, err);
    }
    err_hint(err, "copy volume%s %s%s again", count == 1 ? "" : "s", list.data,
             rc < 0 ? " and all others named above" : "");
}

int
volumes_check_size(const struct volumes *v, uint64_t size, struct err *err)
{
    uint64_t needed = (size + v->cut - 1) / v->cut;

    if (!v->fds || v->size >= size)
        return 0;
    if (needed == v->count + 1)
        err_because(err, ERR_INTEGRITY, REASON_MISSING, "volume %" PRIu64 " is missing",
                    needed);
    else if (needed > v->count)
        err_because(err, ERR_INTEGRITY, REASON_MISSING,
                    "volumes %zu to %" PRIu64 " are missing", v->count + 1, needed);
    else
        err_because(err, ERR_INTEGRITY, REASON_TRUNCATED,
                    "volume %zu, the last, is missing %" PRIu64 " bytes", v->count,
                    size - v->size);
    if (needed > v->count)
        return err_hint(err, "put all volumes into one folder, or name them all");
    return err_hint(err, "copy volume %zu again", v->count);
}
