/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "io/archive/tar_unpack.h"

#include "base/mem.h"
#include "base/text.h"
#include "base/text_safe.h"
#include "io/file/file.h"
#include "io/file/scratch.h"

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    PACKED_STEP = 256 << 10, /* bytes read at a time */
    PLAIN_STEP = 256 << 10,  /* bytes written at a time */
    ROOM_STEP = 64 << 20,    /* bytes between two questions for space */
    MAGIC_LEN = 6,
};

static const struct packer {
    const char *bytes;
    size_t len;
} packers[] = {
    {"\x1f\x8b", 2},              /* gzip */
    {"\x28\xb5\x2f\xfd", 4},      /* zstd */
    {"\xfd\x37zXZ\0", MAGIC_LEN}, /* xz */
    {"BZh", 3},                   /* bzip2 */
};

int
tar_unpack_is_packed(int fd, bool *packed, struct err *err)
{
    char begin[MAGIC_LEN];
    ssize_t n = file_read_at(fd, begin, sizeof(begin), 0, err);

    if (n < 0)
        return -1;
    *packed = false;
    for (size_t i = 0; i < COUNT_OF(packers); i++) {
        *packed |= (size_t)n >= packers[i].len &&
                   memcmp(begin, packers[i].bytes, packers[i].len) == 0;
    }
    return 0;
}

/*
 * Bytes of address space of this process; 0 when that is not known.  xz may ask for a
 * dictionary of up to 4 GiB, which the library allocates at once and fills slowly: it
 * shows here long before it takes memory.
 */
static uint64_t
address_space(void)
{
    int fd = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
    uint64_t pages = 0;
    char text[32];
    ssize_t n;

    if (fd < 0)
        return 0;
    n = read(fd, text, sizeof(text));
    file_close(&fd);
    for (ssize_t i = 0; i < n && text_is_digit(text[i]); i++)
        pages = 10 * pages + (uint64_t)(text[i] - '0');
    return pages * (uint64_t)sysconf(_SC_PAGESIZE);
}

struct unpacking {
    int from, to;
    const char *folder;
    struct run *run;
    struct archive *a;
    uint64_t taken, given, max; /* bytes read, written, and how many may be written */
    uint64_t asked;             /* there was space for as many */
    uint64_t before;            /* address_space() at the beginning */
    char *packed, *plain;
    struct err *err;
    bool failed; /* *err is set */
};

static void
unpacking_release(struct unpacking *u)
{
    archive_read_free(u->a);
    free(u->packed);
    free(u->plain);
    file_close(&u->to);
}

static la_ssize_t
read_packed_file(struct archive *a, void *ctx, const void **out)
{
    struct unpacking *u = ctx;
    ssize_t n;

    (void)a;
    *out = u->packed;
    if (cancel_wanted(&u->run->cancel))
        n = cancel_error(u->err);
    else
        n = file_read_at(u->from, u->packed, PACKED_STEP, u->taken, u->err);
    u->failed = n < 0;
    if (n < 0)
        return ARCHIVE_FATAL;
    u->taken += (uint64_t)n;
    events_done(&u->run->events, (uint64_t)n);
    return n;
}

static int
unpack_error(struct unpacking *u)
{
    const char *text = archive_error_string(u->a);
    char safe[TEXT_SAFE_MAX];

    if (u->failed)
        return -1;
    text_safe(safe, text ? text : "unknown", text ? strlen(text) : 7);
    return err_because(u->err, ERR_INTEGRITY, REASON_FORMAT, "cannot decompress: %s",
                       safe);
}

/* Only what is built into the library: never a program from $PATH. */
static int
open_unpacker(struct unpacking *u)
{
    struct archive_entry *whole;

    if (!u->a || archive_read_support_filter_gzip(u->a) != ARCHIVE_OK ||
        archive_read_support_filter_zstd(u->a) != ARCHIVE_OK ||
        archive_read_support_filter_xz(u->a) != ARCHIVE_OK ||
        archive_read_support_filter_bzip2(u->a) != ARCHIVE_OK ||
        archive_read_support_format_raw(u->a) != ARCHIVE_OK ||
        archive_read_support_format_empty(u->a) != ARCHIVE_OK ||
        archive_read_open(u->a, u, NULL, read_packed_file, NULL) != ARCHIVE_OK ||
        archive_read_next_header(u->a, &whole) != ARCHIVE_OK)
        return unpack_error(u);
    if (archive_filter_count(u->a) > 2) /* the last filter is the file itself */
        return err_because(u->err, ERR_INTEGRITY, REASON_FORMAT,
                           "compressed more than once");
    return 0;
}

static int
check_memory(struct unpacking *u)
{
    return address_space() > u->before + TAR_UNPACK_MEMORY_MAX
               ? err_set(u->err, ERR_LIMIT,
                         "decompressing needs more than %u MiB of memory",
                         TAR_UNPACK_MEMORY_MAX >> 20)
               : 0;
}

static int
write_unpacked(struct unpacking *u, size_t n)
{
    if (u->given + n > u->max)
        return err_because(u->err, ERR_INTEGRITY, REASON_FORMAT,
                           "expands to more than %d times its size",
                           TAR_UNPACK_RATIO_MAX);
    if (u->given + n > u->asked) {
        if (scratch_check_room(u->to, u->folder, ROOM_STEP, u->err) < 0)
            return -1;
        u->asked = u->given + ROOM_STEP;
    }
    if (file_write_at(u->to, u->plain, n, u->given, u->err) < 0)
        return err_wrap(u->err, "temporary file in '%s'", u->folder);
    u->given += n;
    return 0;
}

static int
unpack_all(struct unpacking *u)
{
    la_ssize_t n;

    while ((n = archive_read_data(u->a, u->plain, PLAIN_STEP)) > 0) {
        if (cancel_wanted(&u->run->cancel))
            return cancel_error(u->err);
        if (check_memory(u) < 0 || write_unpacked(u, (size_t)n) < 0)
            return -1;
    }
    return n == 0 ? 0 : unpack_error(u);
}

int
tar_unpack(int fd, uint64_t size, const char *folder, struct run *run, uint64_t *unpacked,
           struct err *err)
{
    CLEANUP(unpacking_release)
    struct unpacking u = {.from = fd,
                          .to = -1,
                          .folder = folder,
                          .run = run,
                          .max = (size + 1024) * TAR_UNPACK_RATIO_MAX,
                          .packed = xmalloc(PACKED_STEP),
                          .plain = xmalloc(PLAIN_STEP),
                          .err = err};
    int done;

    u.to = scratch_open(folder, err);
    if (u.to < 0 || scratch_check_room(u.to, folder, size, err) < 0)
        return -1;
    events_phase(&run->events, "decompressing", size, EVENT_BYTES);
    u.before = address_space();
    u.a = archive_read_new();
    if (open_unpacker(&u) < 0 || unpack_all(&u) < 0)
        return -1;
    *unpacked = u.given;
    done = u.to;
    u.to = -1;
    return done;
}

const char *
tar_unpack_library_versions(void)
{
    return archive_version_details();
}
