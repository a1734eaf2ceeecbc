/* SPDX-License-Identifier: Apache-2.0 */
/* A folder of files that may be volumes, each line "NAME SIZE": a set that is opened is
 * whole, and one that is not says in printable words what is wrong. */
#include "config.h"
#include "tests/fuzz/fuzz.h"

#include "base/mem.h"
#include "base/text.h"
#include "io/file/volume_set.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILES_MAX = 12, NAME_LEN_MAX = 40 };

static char *folder; /* of this process */

static void
leave_folder(void)
{
    rmdir(folder);
    free(folder);
}

static void
enter_folder(void)
{
    const char *tmp = getenv("TMPDIR");

    if (folder)
        return;
    if (access("/dev/shm", W_OK) == 0) /* memory is quick, and has room for any size */
        tmp = "/dev/shm";
    folder = xasprintf("%s/fuzz.XXXXXX", tmp ? tmp : "/tmp");
    assert(mkdtemp(folder));
    assert(atexit(leave_folder) == 0);
}

/* A file full of holes, so that any size costs nothing: its path, or NULL. */
static char *
make_file(const char *name, size_t len, uint64_t size)
{
    char *path = xasprintf("%s/%.*s", folder, (int)len, name);
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    bool done = fd >= 0 && ftruncate(fd, (off_t)size) == 0;

    if (fd >= 0)
        close(fd);
    if (done)
        return path;
    unlink(path);
    free(path);
    return NULL;
}

/* "NAME SIZE": a name that stays in the folder, and a size; NULL of anything else. */
static char *
make_line(const char *line, size_t len)
{
    const char *blank = memrchr(line, ' ', len);
    size_t name = blank ? (size_t)(blank - line) : 0;
    uint64_t size;

    if (name == 0 || name > NAME_LEN_MAX || memchr(line, '/', name) ||
        memchr(line, '\0', name) || line[0] == '.' ||
        text_u64(blank + 1, len - name - 1, INT64_MAX, &size) < 0)
        return NULL;
    return make_file(line, name, size);
}

static size_t
make_files(char *paths[FILES_MAX], const char *text, size_t size)
{
    size_t count = 0;

    for (size_t at = 0; at < size && count < FILES_MAX;) {
        const char *end = memchr(text + at, '\n', size - at);
        size_t len = end ? (size_t)(end - text) - at : size - at;

        paths[count] = make_line(text + at, len);
        count += paths[count] != NULL;
        at += len + 1;
    }
    return count;
}

/* The bytes of all its files are the bytes of the set. */
static void
check_set(const struct volume_set *set)
{
    uint64_t sum = 0;

    assert(set->count >= 1 && set->count <= FILES_MAX &&
           set->volumes.count == set->count);
    for (size_t i = 0; i < set->count; i++) {
        struct stat st;

        assert(fstat(set->fds[i], &st) == 0);
        assert(i + 1 == set->count || (uint64_t)st.st_size == set->volumes.cut);
        assert(!__builtin_add_overflow(sum, (uint64_t)st.st_size, &sum));
    }
    assert(set->volumes.size == sum);
}

static void
try_open(const char *const *paths, size_t count)
{
    CLEANUP(volume_set_release) struct volume_set set = VOLUME_SET_INIT;
    struct err err = ERR_INIT;

    if (volume_set_open(&set, paths, count, &err) == 0) {
        check_set(&set);
        return;
    }
    assert(err.kind == ERR_NOT_FOUND || err.kind == ERR_USAGE || err.kind == ERR_LIMIT ||
           err.kind == ERR_INTEGRITY || err.kind == ERR_LOCAL);
    assert(err.msg[0] != '\0');
}

/* The name of the set that a volume may belong to. */
static void
try_stem(const char *path)
{
    CLEANUP(mem_free_string) char *stem = xstrdup(path);
    const char *const paths[] = {stem};

    if (strrchr(stem, '.') > strrchr(stem, '/'))
        *strrchr(stem, '.') = '\0';
    try_open(paths, 1);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *paths[FILES_MAX];
    size_t count;

    enter_folder();
    count = make_files(paths, size > 0 ? (const char *)data : "", size);
    if (count > 0) {
        try_stem(paths[0]);
        try_open((const char *const *)paths, 1);
        try_open((const char *const *)paths, count);
    }
    for (size_t i = 0; i < count; i++) {
        unlink(paths[i]);
        free(paths[i]);
    }
    return 0;
}
