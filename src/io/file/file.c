/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "io/file/file.h"

#include "base/cancel.h"
#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SLURP_STEP = 64 * 1024 }; /* bytes per read */

ssize_t
file_read_at(int fd, void *out, size_t len, uint64_t offset, struct err *err)
{
    size_t got = 0;

    while (got < len) {
        ssize_t n = pread(fd, (char *)out + got, len - got, (off_t)(offset + got));

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return err_errno(err, "cannot read at byte %" PRIu64, offset + got);
        if (n == 0)
            break;
        got += (size_t)n;
    }
    return (ssize_t)got;
}

int
file_write_at(int fd, const void *bytes, size_t len, uint64_t offset, struct err *err)
{
    size_t done = 0;

    while (done < len) {
        ssize_t n =
            pwrite(fd, (const char *)bytes + done, len - done, (off_t)(offset + done));

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0) {
            bool full = errno == ENOSPC || errno == EDQUOT, big = errno == EFBIG;

            err_errno(err, "cannot write at byte %" PRIu64, offset + done);
            if (full)
                err_hint(err, "free some space, or write to another file system");
            if (big)
                err_hint(err, "this file system does not support files of this size: use "
                              "ext4, xfs or exfat");
            return -1;
        }
        done += (size_t)n;
    }
    return 0;
}

void
file_write_soon(int fd, uint64_t offset, uint64_t len)
{
    sync_file_range(fd, (off_t)offset, (off_t)len, SYNC_FILE_RANGE_WRITE);
}

void
file_close(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

int
file_require_descriptors(size_t count, struct err *err)
{
    enum { LEAST = 32, ROOMY = 256 }; /* for connections and libraries */
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
        return err_errno(err, "cannot read the limit of open files");
    if (limit.rlim_cur >= count + ROOMY)
        return 0;
    if (limit.rlim_max < count + LEAST) {
        err_set(err, ERR_LIMIT, "%zu files would have to be open at once", count);
        return err_hint(err, "raise the limit with 'ulimit -n', or use larger volumes");
    }
    limit.rlim_cur = limit.rlim_max;
    if (setrlimit(RLIMIT_NOFILE, &limit) < 0)
        return err_errno(err, "cannot raise the number of open files");
    return 0;
}

static int
open_error(const char *path, struct err *err)
{
    bool absent = errno == ENOENT || errno == ENOTDIR;

    err_errno(err, "cannot open '%s'", path);
    if (absent)
        err->kind = ERR_NOT_FOUND;
    return -1;
}

/* One read.  For a pipe or a terminal, which may block without limit, a signal ends
 * it. */
static ssize_t
read_some(int fd, bool may_block, const char *name, void *out, size_t len,
          struct err *err)
{
    ssize_t n;

    do {
        if (may_block && cancel_wait_input(fd, err) < 0)
            return -1;
        n = read(fd, out, len);
    } while (n < 0 && (errno == EINTR || errno == EAGAIN));
    return n < 0 ? err_errno(err, "cannot read '%s'", name) : n;
}

static bool
is_regular(int fd)
{
    struct stat st;

    return fstat(fd, &st) == 0 && S_ISREG(st.st_mode);
}

bool
file_is_regular(const char *path)
{
    struct stat st;

    return stat(path, &st) == 0 && S_ISREG(st.st_mode);
}

static int
slurp(int fd, const char *name, struct buf *out, struct err *err)
{
    bool may_block = !is_regular(fd);
    char extra;
    size_t room;
    ssize_t n;

    for (;;) {
        size_t used = out->len;

        room = out->max - used < SLURP_STEP ? out->max - used : SLURP_STEP;
        if (room == 0)
            break;
        if (buf_resize(out, used + room) < 0)
            return err_set(err, ERR_INTERNAL, "cannot grow a buffer");
        n = read_some(fd, may_block, name, out->data + used, room, err);
        if (buf_resize(out, used + (n > 0 ? (size_t)n : 0)) < 0)
            return err_set(err, ERR_INTERNAL, "cannot shrink a buffer");
        if (n <= 0)
            return (int)n;
    }
    /* Full: try to read one more byte. */
    n = read_some(fd, may_block, name, &extra, 1, err);
    return n <= 0
               ? (int)n
               : err_set(err, ERR_LIMIT, "'%s' is larger than %zu bytes", name, out->max);
}

int
file_slurp_fd(int fd, const char *name, struct buf *out, struct err *err)
{
    size_t start = out->len;

    if (slurp(fd, name, out, err) == 0)
        return 0;
    if (out->len > start && buf_resize(out, start) < 0)
        return err_set(err, ERR_INTERNAL, "cannot shrink a buffer");
    return -1;
}

int
file_open_stream(const char *path, struct err *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);

    return fd < 0 ? open_error(path, err) : fd;
}

int
file_slurp(const char *path, struct buf *out, struct err *err)
{
    CLEANUP(file_close) int fd = -1;

    if (strcmp(path, "-") == 0)
        return file_slurp_fd(STDIN_FILENO, "standard input", out, err);
    fd = file_open_stream(path, err);
    return fd < 0 ? -1 : file_slurp_fd(fd, path, out, err);
}

/* Without O_NONBLOCK, opening a pipe without a writer would block. */
static int
open_regular(const char *path, int flags, uint64_t *size, struct err *err)
{
    CLEANUP(file_close) int fd = -1;
    struct stat st;
    int opened;

    fd = open(path, flags | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (fd < 0)
        return open_error(path, err);
    if (fstat(fd, &st) < 0)
        return err_errno(err, "cannot examine '%s'", path);
    if (!S_ISREG(st.st_mode))
        return err_set(err, ERR_USAGE, "'%s' is not a regular file", path);
    *size = (uint64_t)st.st_size;
    opened = fd;
    fd = -1;
    return opened;
}

int
file_open_regular(const char *path, uint64_t *size, struct err *err)
{
    return open_regular(path, O_RDONLY, size, err);
}

int
file_open_to_change(const char *path, uint64_t *size, struct err *err)
{
    int fd = open_regular(path, O_RDWR, size, err);

    if (fd < 0 || flock(fd, LOCK_EX | LOCK_NB) == 0)
        return fd;
    if (errno == EWOULDBLOCK)
        err_set(err, ERR_CONFLICT, "another run is modifying '%s'", path);
    else
        err_errno(err, "cannot lock '%s'", path);
    file_close(&fd);
    return -1;
}
