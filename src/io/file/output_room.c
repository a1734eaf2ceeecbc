/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "io/file/file.h"

#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>
#include <unistd.h>

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
    if (size > available) {
        err_set(err, ERR_LOCAL, "'%s' needs %s, but only %s are free", files->path,
                text_human(need, size), text_human(have, available));
        return err_hint(err, "free some space, or write to another file system");
    }
    if (fs.f_type == MSDOS_SUPER_MAGIC && largest > FAT_FILE_MAX) {
        err_set(err, ERR_LOCAL, "'%s' needs %s, but FAT holds files below 4 GiB",
                files->path, text_human(need, largest));
        return err_hint(err,
                        "cut it with --volume-size fat32, or use a medium with ext4, "
                        "xfs or exfat");
    }
    return 0;
}

/* FUSE: mostly drivers of such file systems; nobody tells. */
static bool
has_no_holes(const struct statfs *fs)
{
    enum { EXFAT_MAGIC = 0x2011bab0, FUSE_MAGIC = 0x65735546 }; /* not in all headers */

    return fs->f_type == MSDOS_SUPER_MAGIC || fs->f_type == EXFAT_MAGIC ||
           fs->f_type == FUSE_MAGIC;
}

bool
output_wants_order(const struct output *out)
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
    if (has_no_holes(&fs)) { /* FAT can set clusters aside without filling them */
        (void)!fallocate(out->fd, FALLOC_FL_KEEP_SIZE, 0, (off_t)size);
        return 0;
    }
    /* Never posix_fallocate: where the kernel cannot, it writes every block.  And not on
     * tmpfs, which allocates page by page before the first byte can arrive. */
    if (fs.f_type != TMPFS_MAGIC && fallocate(out->fd, 0, 0, (off_t)size) == 0)
        return 0;
    if (fs.f_type != TMPFS_MAGIC && errno == ENOSPC)
        return err_errno(err, "cannot reserve %s for '%s'", text_human(need, size),
                         out->path);
    if (ftruncate(out->fd, (off_t)size) < 0)
        return err_errno(err, "cannot make '%s' %s large", out->path,
                         text_human(need, size));
    return 0;
}
