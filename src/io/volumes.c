#include "config.h"
#include "io/volumes.h"

#include "io/file.h"

struct volumes
volumes_of_file(int fd, uint64_t size)
{
    return (struct volumes){.count = 1, .fd = fd, .cut = UINT64_MAX, .size = size};
}

/* The part of a range that lies in one file. */
struct part {
    int fd;
    uint64_t at;  /* in that file */
    uint64_t len; /* the last volume takes whatever is asked */
};

static struct part
part_of(const struct volumes *v, uint64_t offset, uint64_t len)
{
    uint64_t n = offset / v->cut, left;

    if (n >= v->count)
        n = v->count - 1;
    left = n + 1 == v->count ? UINT64_MAX : v->cut - (offset - n * v->cut);
    return (struct part){.fd = v->fds ? v->fds[n] : v->fd,
                         .at = offset - n * v->cut,
                         .len = len < left ? len : left};
}

ssize_t
volumes_read(const struct volumes *v, void *out, size_t len, uint64_t offset,
             struct err *err)
{
    size_t got = 0;

    while (got < len) {
        struct part p = part_of(v, offset + got, len - got);
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
volumes_write(const struct volumes *v, const void *bytes, size_t len, uint64_t offset,
              struct err *err)
{
    size_t done = 0;

    while (done < len) {
        struct part p = part_of(v, offset + done, len - done);

        if (file_write_at(p.fd, (const char *)bytes + done, (size_t)p.len, p.at, err) < 0)
            return -1;
        done += (size_t)p.len;
    }
    return 0;
}

void
volumes_write_soon(const struct volumes *v, uint64_t offset, uint64_t len)
{
    while (len > 0) {
        struct part p = part_of(v, offset, len);

        file_write_soon(p.fd, p.at, p.len);
        offset += p.len;
        len -= p.len;
    }
}
