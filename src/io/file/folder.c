/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "io/file/folder.h"

#include "io/file/file.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int
folder_open(const char *path, struct err *err)
{
    int fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
    int why = errno;

    if (fd >= 0)
        return fd;
    if (why == ENOTDIR && file_is_regular(path))
        return err_set(err, ERR_USAGE, "'%s' is not a folder", path);
    errno = why;
    err_errno(err, "cannot open '%s'", path);
    if (why == ENOENT || why == ENOTDIR)
        err->kind = ERR_NOT_FOUND;
    return -1;
}

/* An error of openat(): a link gives ELOOP, with O_DIRECTORY also ENOTDIR. */
static int
refuse_entry(const char *name, struct err *err)
{
    if (errno == ENOENT)
        return err_set(err, ERR_NOT_FOUND, "%s does not exist", name);
    if (errno == ELOOP || errno == ENOTDIR)
        return err_because(err, ERR_INTEGRITY, REASON_FORMAT,
                           "%s is a link, or below one, and links are not followed",
                           name);
    return err_errno(err, "cannot open %s", name);
}

/* The folder that the last component is in: a descriptor, or -1.  *last: that component.
 */
static int
open_parent(int folder, const char *name, const char **last, struct err *err)
{
    int at = dup(folder);
    const char *slash;

    for (*last = name; at >= 0 && (slash = strchr(*last, '/')); *last = slash + 1) {
        char part[NAME_MAX + 1];
        size_t len = (size_t)(slash - *last);
        int below;

        assert(len > 0 && len < sizeof(part));
        memcpy(part, *last, len);
        part[len] = '\0';
        assert(strcmp(part, "..") != 0);
        below = openat(at, part, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        if (below < 0)
            refuse_entry(name, err);
        file_close(&at);
        at = below;
        if (at < 0)
            return -1;
    }
    return at < 0 ? err_errno(err, "cannot open %s", name) : at;
}

int
folder_open_file(int folder, const char *name, uint64_t *size, struct err *err)
{
    CLEANUP(file_close) int parent = -1;
    const char *last;
    struct stat st;
    int fd;

    parent = open_parent(folder, name, &last, err);
    if (parent < 0)
        return -1;
    /* Without O_NONBLOCK, opening a pipe without a writer would block. */
    fd = openat(parent, last, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (fd < 0)
        return refuse_entry(name, err);
    if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode)) {
        *size = (uint64_t)st.st_size;
        return fd;
    }
    file_close(&fd);
    return err_because(err, ERR_INTEGRITY, REASON_FORMAT, "%s is not a regular file",
                       name);
}
