/* SPDX-License-Identifier: Apache-2.0 */
/* An archive of another tool: every member that is listed lies within it and can be read;
 * the member found by a name is one that is listed under that name. */
#include "config.h"
#include "tests/fuzz/fuzz.h"

#include "io/archive/tar_index.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static void
check_member(const struct tar_index *t, const struct tar_member *m)
{
    const struct tar_member *found = tar_index_find(t, m->name);
    struct err err = ERR_INIT;
    char begin[64];
    size_t most = m->size < sizeof(begin) ? (size_t)m->size : sizeof(begin);

    assert(m->name[0] != '\0' && m->name[0] != '/');
    assert(!found || strcmp(found->name, m->name) == 0);
    assert((found != NULL) == (tar_index_require(t, m->name, &err) != NULL));
    assert(tar_index_read(t, m, begin, sizeof(begin), 0, &err) == (ssize_t)most);
    assert(m->size == 0 || tar_index_read(t, m, begin, 1, m->size - 1, &err) == 1);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct run run = RUN_INIT;
    struct tar_index *t = NULL;
    struct err err = ERR_INIT;
    int fd = memfd_create("tar", MFD_CLOEXEC);
    char path[64];

    assert(fd >= 0 && write(fd, data, size) == (ssize_t)size);
    snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
    if (tar_index_open(&t, path, NULL, &run, &err) < 0) {
        assert(err.kind == ERR_INTEGRITY || err.kind == ERR_LIMIT);
        assert_told(err.msg);
    } else {
        for (size_t i = 0; i < tar_index_count(t); i++)
            check_member(t, tar_index_at(t, i));
    }
    tar_index_close(t);
    close(fd);
    return 0;
}
