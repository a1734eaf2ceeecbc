/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "io/file/output.h"

#include "base/libc_gaps.h"
#include "base/mem.h"
#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>
#include <unistd.h>

/* Open the folder of path; *name gets its last component, borrowed from path. */
static int
open_folder(const char *path, const char **name, struct err *err)
{
    const char *slash = strrchr(path, '/');
    char *folder;
    int fd;

    *name = slash ? slash + 1 : path;
    if (**name == '\0' || strcmp(*name, ".") == 0 || strcmp(*name, "..") == 0)
        return err_set(err, ERR_USAGE, "'%s' names no file", path);
    if (!slash)
        folder = xstrdup(".");
    else
        folder = slash == path ? xstrdup("/") : xstrndup(path, (size_t)(slash - path));
    fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) {
        bool absent = errno == ENOENT;

        err_errno(err, "cannot open the folder '%s'", folder);
        if (absent)
            err->kind = ERR_NOT_FOUND;
    }
    free(folder);
    return fd;
}

static int
check_target(int dirfd, const char *name, const char *path, bool replace, struct err *err)
{
    struct stat st;

    if (fstatat(dirfd, name, &st, AT_SYMLINK_NOFOLLOW) < 0) {
        if (errno == ENOENT)
            return 0;
        return err_errno(err, "cannot examine '%s'", path);
    }
    if (!S_ISREG(st.st_mode))
        return err_set(err, ERR_USAGE, "'%s' exists and is not a regular file", path);
    if (replace)
        return 0;
    return err_because(err, ERR_CONFLICT, REASON_EXISTS, "'%s' exists", path);
}

int
output_check(const char *path, bool replace, struct err *err)
{
    CLEANUP(file_close) int dirfd = -1;
    const char *name;

    dirfd = open_folder(path, &name, err);
    if (dirfd < 0)
        return -1;
    return check_target(dirfd, name, path, replace, err);
}

/* The lock belongs to the descriptor, so a killed run leaves none behind. */
static int
lock_partial(struct output *out, struct err *err)
{
    struct stat ours, named;

    if (flock(out->fd, LOCK_EX | LOCK_NB) < 0) {
        if (errno != EWOULDBLOCK)
            return err_errno(err, "cannot lock '%s'", out->partial);
        return err_set(err, ERR_CONFLICT, "another run is writing '%s'", out->path);
    }
    /* The file may have been published or removed between open and lock. */
    if (fstat(out->fd, &ours) < 0 ||
        fstatat(out->dirfd, out->partial, &named, AT_SYMLINK_NOFOLLOW) < 0 ||
        ours.st_ino != named.st_ino || ours.st_dev != named.st_dev)
        return err_set(err, ERR_CONFLICT, "another run was writing '%s'", out->path);
    return 0;
}

/* Open and lock what a killed run left behind; out->fd stays -1 when there is none. */
static int
open_left_behind(struct output *out, struct err *err)
{
    int rc;

    out->fd = openat(out->dirfd, out->partial,
                     O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
    if (out->fd < 0 && errno == ENOENT)
        return 0;
    if (out->fd < 0)
        return err_errno(err, "cannot open an old '%s'", out->partial);
    rc = lock_partial(out, err);
    if (rc < 0)
        file_close(&out->fd);
    return rc;
}

static int
remove_left_behind(struct output *out, struct err *err)
{
    int rc = unlinkat(out->dirfd, out->partial, 0);

    if (rc < 0)
        err_errno(err, "cannot remove an old '%s'", out->partial);
    file_close(&out->fd);
    return rc;
}

/*
 * Whether no other user can have it open for writing.  The owner of the folder could
 * replace it anyway; on FAT, all files belong to the owner.
 */
static bool
is_private_partial(struct output *out)
{
    struct stat file, folder;

    if (fstat(out->fd, &file) < 0 || fstat(out->dirfd, &folder) < 0)
        return false;
    out->left = (uint64_t)file.st_size;
    return S_ISREG(file.st_mode) && file.st_nlink == 1 &&
           (file.st_uid == geteuid() || file.st_uid == folder.st_uid);
}

static int
create_partial(struct output *out, struct err *err)
{
    out->fd = openat(out->dirfd, out->partial, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC,
                     out->mode);
    if (out->fd < 0 && errno == EEXIST)
        return err_set(err, ERR_CONFLICT, "another run is writing '%s'", out->path);
    if (out->fd < 0)
        return err_errno(err, "cannot create '%s'", out->partial);
    if (lock_partial(out, err) < 0) {
        file_close(&out->fd); /* another run's file must not be removed */
        return -1;
    }
    return 0;
}

/* partial: another name than NAME.partial, or NULL. */
static int
prepare_output(struct output *out, const char *path, const char *partial, bool replace,
               struct err *err)
{
    const char *name;

    out->dirfd = open_folder(path, &name, err);
    if (out->dirfd < 0)
        return -1;
    out->path = xstrdup(path);
    out->name = xstrdup(name);
    out->partial = partial ? xstrdup(partial) : xasprintf("%s.partial", name);
    out->replace = replace;
    if (check_target(out->dirfd, name, path, replace, err) < 0)
        return -1;
    return open_left_behind(out, err);
}

/*
 * A file that a killed run left behind is removed, not overwritten: another user may own
 * it or have it open, and would see what is written next, which may be a private key.
 */
int
output_open(struct output *out, const char *path, bool replace, struct err *err)
{
    if (prepare_output(out, path, NULL, replace, err) < 0)
        return -1;
    return output_restart(out, err);
}

static int
resume(struct output *out, struct err *err)
{
    if (out->fd < 0 || !is_private_partial(out))
        return output_restart(out, err);
    out->is_resumed = true;
    return 0;
}

int
output_resume(struct output *out, const char *path, bool replace, struct err *err)
{
    if (prepare_output(out, path, NULL, replace, err) < 0)
        return -1;
    out->older = xasprintf("%s.old", out->partial);
    return resume(out, err);
}

int
output_resume_as(struct output *out, const char *path, const char *partial, bool replace,
                 struct err *err)
{
    if (prepare_output(out, path, partial, replace, err) < 0)
        return -1;
    return resume(out, err);
}

int
output_restart(struct output *out, struct err *err)
{
    out->is_resumed = false;
    out->left = 0;
    if (out->fd >= 0 && remove_left_behind(out, err) < 0)
        return -1;
    return create_partial(out, err);
}

int
output_set_aside(struct output *out, struct err *err)
{
    int old = out->fd;

    if (renameat(out->dirfd, out->partial, out->dirfd, out->older) < 0)
        return err_errno(err, "cannot set an old '%s.partial' aside", out->path);
    out->fd = -1;
    if (output_restart(out, err) < 0)
        file_close(&old);
    return old;
}

int
output_open_older(const struct output *out, uint64_t *size)
{
    CLEANUP(file_close) int fd = -1;
    struct stat st;
    int opened;

    fd = openat(out->dirfd, out->older,
                O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
    if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
        return -1;
    *size = (uint64_t)st.st_size;
    opened = fd;
    fd = -1;
    return opened;
}

static int
move_into_place(struct output *out, struct err *err)
{
    unsigned flags = out->replace ? 0 : RENAME_NOREPLACE;
    int rc = renameat2(out->dirfd, out->partial, out->dirfd, out->name, flags);

    /* Not every file system supports the flag; the check is then slightly earlier. */
    if (rc < 0 && errno == EINVAL && flags != 0) {
        if (check_target(out->dirfd, out->name, out->path, false, err) < 0)
            return -1;
        rc = renameat(out->dirfd, out->partial, out->dirfd, out->name);
    }
    if (rc < 0 && errno == EEXIST)
        return err_set(err, ERR_CONFLICT, "'%s' appeared in the meantime", out->path);
    if (rc < 0)
        return err_errno(err, "cannot rename '%s' to '%s'", out->partial, out->path);
    return 0;
}

int
output_flush(struct output *out, struct err *err)
{
    /* Called only once: a second fsync may succeed although data was lost. */
    if (fsync(out->fd) < 0)
        return err_errno(err, "cannot flush '%s' to disk", out->path);
    return 0;
}

int
output_name(struct output *out, struct err *err)
{
    if (out->older) /* before the rename, so that a kill in between loses nothing */
        unlinkat(out->dirfd, out->older, 0);
    if (move_into_place(out, err) < 0)
        return -1;
    out->is_named = true;
    return 0;
}

int
output_end(struct output *out, struct err *err)
{
    int fd = out->fd;

    out->fd = -1;
    if (close(fd) < 0)
        return err_errno(err, "cannot close '%s'", out->path);
    if (fsync(out->dirfd) < 0)
        return err_errno(err, "cannot flush the folder of '%s' to disk", out->path);
    output_release(out);
    return 0;
}

int
output_publish(struct output *out, struct err *err)
{
    if (output_flush(out, err) < 0 || output_name(out, err) < 0)
        return -1;
    return output_end(out, err);
}

void
output_release(struct output *out)
{
    if (out->fd >= 0) {
        if (!out->keep && !out->is_named)
            unlinkat(out->dirfd, out->partial, 0);
        file_close(&out->fd);
    }
    file_close(&out->dirfd);
    mem_free_string(&out->path);
    mem_free_string(&out->name);
    mem_free_string(&out->partial);
    mem_free_string(&out->older);
}

static const uint64_t FAT_FILE_MAX = UINT64_C(4294967295);

int
output_check_room(const struct output *files, size_t count, uint64_t size,
                  uint64_t largest, struct err *err)
{
    char need[TEXT_HUMAN_MAX], have[TEXT_HUMAN_MAX];
    struct statvfs vfs;
    struct statfs fs;
    uint64_t available;

    if (fstatvfs(files->fd, &vfs) < 0 || fstatfs(files->fd, &fs) < 0)
        return err_errno(err, "cannot examine the file system of '%s'", files->path);
    available = (uint64_t)vfs.f_bavail * vfs.f_frsize;
    for (size_t i = 0; i < count; i++) {
        struct stat st;

        if (fstat(files[i].fd, &st) < 0)
            return err_errno(err, "cannot examine '%s'", files[i].partial);
        available += (uint64_t)st.st_blocks * 512;
    }
    /* Some network and FUSE file systems report no size at all. */
    if (vfs.f_blocks > 0 && size > available) {
        err_set(err, ERR_LOCAL, "'%s' needs %s, but only %s is available", files->path,
                text_human(need, size), text_human(have, available));
        return err_hint(err, "free some space, or write to another file system");
    }
    if (fs.f_type == MSDOS_SUPER_MAGIC && largest > FAT_FILE_MAX) {
        err_because(err, ERR_LOCAL, REASON_FILE_TOO_LARGE,
                    "'%s' needs %s, but FAT limits files to less than 4 GiB", files->path,
                    text_human(need, largest));
        return err_hint(err, "use a medium with ext4, xfs or exfat");
    }
    return 0;
}

/* FUSE is assumed to be such a file system: its drivers do not report it. */
static bool
has_no_holes(const struct statfs *fs)
{
    enum {
        EXFAT_MAGIC = 0x2011bab0,
        FUSE_MAGIC = 0x65735546
    }; /* not in all system headers */

    return fs->f_type == MSDOS_SUPER_MAGIC || fs->f_type == EXFAT_MAGIC ||
           fs->f_type == FUSE_MAGIC;
}

bool
output_needs_order(const struct output *out)
{
    struct statfs fs;

    return fstatfs(out->fd, &fs) == 0 && has_no_holes(&fs);
}

int
output_reserve(struct output *out, uint64_t size, struct err *err)
{
    char need[TEXT_HUMAN_MAX];
    struct statfs fs;

    if (fstatfs(out->fd, &fs) < 0)
        return err_errno(err, "cannot examine the file system of '%s'", out->path);
    if (has_no_holes(&fs)) { /* FAT can allocate clusters without filling them */
        (void)!fallocate(out->fd, FALLOC_FL_KEEP_SIZE, 0, (off_t)size);
        return 0;
    }
    /* Never posix_fallocate: without kernel support it writes every block.  Not on tmpfs
     * either, which allocates page by page before the first byte is written. */
    if (fs.f_type != TMPFS_MAGIC && fallocate(out->fd, 0, 0, (off_t)size) == 0)
        return 0;
    if (fs.f_type != TMPFS_MAGIC && errno == ENOSPC)
        return err_errno(err, "cannot reserve %s for '%s'", text_human(need, size),
                         out->path);
    if (ftruncate(out->fd, (off_t)size) < 0)
        return err_errno(err, "cannot set the size of '%s' to %s", out->path,
                         text_human(need, size));
    return 0;
}

int
file_put(const char *path, const void *bytes, size_t len, mode_t mode, bool exclusive,
         struct err *err)
{
    CLEANUP(output_release) struct output out = OUTPUT_INIT;

    out.mode = mode; /* from the start, so that the file is never readable by others */
    if (output_open(&out, path, !exclusive, err) < 0)
        return -1;
    if (fchmod(out.fd, mode) < 0)
        return err_errno(err, "cannot set the mode of '%s'", path);
    if (file_write_at(out.fd, bytes, len, 0, err) < 0)
        return err_wrap(err, "'%s'", path);
    return output_publish(&out, err);
}
