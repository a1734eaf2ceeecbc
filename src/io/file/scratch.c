/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "io/file/scratch.h"

#include "base/mem.h"
#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

const char *
scratch_folder(const char *given)
{
    const char *set = getenv("TMPDIR");

    if (given)
        return given;
    return set && set[0] != '\0' ? set : "/var/tmp";
}

/* For file systems without O_TMPFILE, such as NFS. */
static int
open_and_unlink(const char *folder)
{
    CLEANUP(mem_free_string) char *name = xasprintf("%s/sealift-XXXXXX", folder);
    int fd = mkostemp(name, O_CLOEXEC);

    if (fd >= 0)
        unlink(name);
    return fd;
}

int
scratch_open(const char *folder, struct err *err)
{
    int fd = open(folder, O_RDWR | O_TMPFILE | O_EXCL | O_CLOEXEC, 0600);

    if (fd < 0 && (errno == EOPNOTSUPP || errno == EISDIR || errno == EINVAL))
        fd = open_and_unlink(folder);
    if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
        return err_set(err, ERR_NOT_FOUND, "'%s': no such folder for temporary files",
                       folder);
    if (fd < 0)
        return err_errno(err, "cannot create a temporary file in '%s'", folder);
    return fd;
}

int
scratch_check_room(int fd, const char *folder, uint64_t more, struct err *err)
{
    char need[TEXT_HUMAN_MAX], have[TEXT_HUMAN_MAX];
    struct statvfs vfs;
    uint64_t available;

    if (fstatvfs(fd, &vfs) < 0)
        return err_errno(err, "cannot examine the file system of '%s'", folder);
    available = (uint64_t)vfs.f_bavail * vfs.f_frsize;
    if (vfs.f_blocks == 0 || more <= available)
        return 0;
    err_because(err, ERR_LOCAL, REASON_NO_ROOM,
                "temporary files in '%s' need %s, but only %s is available", folder,
                text_human(need, more), text_human(have, available));
    return err_hint(err, "free some space, or choose another folder");
}
