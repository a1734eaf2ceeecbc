#include "config.h"
#include "bundle/sums.h"

#include "base/mem.h"
#include "base/text.h"
#include "io/hash.h"

#include <stdlib.h>
#include <string.h>

enum { HEX = 64, GAP = 2 }; /* "<hex>  <path>" */
static const char FIRST[] = "oci-layout";
static const char FOLDER[] = "blobs/sha256/";

int
sums_write(struct buf *out, const struct bundle_member *members, size_t count,
           struct err *err)
{
    char hex[2 * DIGEST_RAW_MAX + 1];
    struct digest d;
    int rc;

    if (hash_bytes(DIGEST_SHA256, BUNDLE_OCI_LAYOUT, strlen(BUNDLE_OCI_LAYOUT), &d, err) <
        0)
        return -1;
    digest_hex(&d, hex);
    rc = buf_addf(out, "%s  %s\n", hex, FIRST);
    for (size_t i = 0; rc == 0 && i < count; i++) {
        digest_hex(&members[i].digest, hex);
        rc = buf_addf(out, "%s  %s%s\n", hex, FOLDER, hex);
    }
    if (rc < 0)
        return err_set(err, ERR_LIMIT, "SHA256SUMS would be longer than %zu bytes",
                       out->max);
    return 0;
}

/* ---- reading ---- */

static int
line_error(size_t line, const char *what, struct err *err)
{
    return err_because(err, ERR_INTEGRITY, "sums", "SHA256SUMS line %zu: %s", line, what);
}

static bool
begins(const char *text, size_t len, const char *prefix)
{
    return len >= strlen(prefix) && memcmp(text, prefix, strlen(prefix)) == 0;
}

/* The comments that later versions may write change what is complete. */
static int
comment_error(const char *text, size_t len, size_t line, struct err *err)
{
    if (!begins(text, len, "#absent ") && !begins(text, len, "#omitted "))
        return line_error(line, "a comment", err);
    err_set(err, ERR_PROTOCOL, "SHA256SUMS line %zu: needs a newer sealift", line);
    return err_hint(err, "the bundle leaves objects out on purpose, which this version "
                         "cannot judge");
}

/* One line without its newline. */
static int
read_line(const char *text, size_t len, size_t line, struct digest *out, struct err *err)
{
    struct digest d = {.alg = DIGEST_SHA256};
    const char *path = text + HEX + GAP;
    size_t path_len;

    if (len > 0 && text[0] == '#')
        return comment_error(text, len, line, err);
    if (len < HEX + GAP || text_unhex(d.raw, text, HEX / 2) < 0 ||
        memcmp(text + HEX, "  ", GAP) != 0)
        return line_error(line, "not a digest, two blanks and a path", err);
    path_len = len - HEX - GAP;
    if (line == 1) {
        if (path_len != strlen(FIRST) || memcmp(path, FIRST, path_len) != 0)
            return line_error(line, "the first file must be oci-layout", err);
    } else if (path_len != strlen(FOLDER) + HEX ||
               memcmp(path, FOLDER, strlen(FOLDER)) != 0 ||
               memcmp(path + strlen(FOLDER), text, HEX) != 0) {
        return line_error(line, "the path is not blobs/sha256/ and that digest", err);
    }
    *out = d;
    return 0;
}

static int
by_digest(const void *a, const void *b)
{
    const struct digest *const *x = a, *const *y = b;

    return digest_compare(*x, *y);
}

/* Is one of the blobs named twice?  oci-layout is no blob: it may share a digest. */
static int
check_unique(const struct digest *blobs, size_t count, struct err *err)
{
    const struct digest **sorted = xcalloc(count, sizeof(*sorted));
    const struct digest *twice = NULL;
    char hex[2 * DIGEST_RAW_MAX + 1];

    for (size_t i = 0; i < count; i++)
        sorted[i] = &blobs[i];
    qsort(sorted, count, sizeof(*sorted), by_digest);
    for (size_t i = 1; i < count && !twice; i++) {
        if (digest_equal(sorted[i - 1], sorted[i]))
            twice = sorted[i];
    }
    free(sorted);
    if (!twice)
        return 0;
    digest_hex(twice, hex);
    return err_because(err, ERR_INTEGRITY, "sums", "SHA256SUMS names %s%s twice", FOLDER,
                       hex);
}

static int
read_lines(const char *text, size_t len, struct digest **digests, size_t *count,
           struct err *err)
{
    size_t cap = 0, at = 0;

    while (at < len) {
        const char *line = text + at, *end = memchr(line, '\n', len - at);

        if (!end)
            return line_error(*count + 1, "no newline at its end", err);
        *digests = mem_grow(*digests, *count, &cap, sizeof(**digests));
        if (read_line(line, (size_t)(end - line), *count + 1, *digests + *count, err) < 0)
            return -1;
        ++*count;
        at += (size_t)(end - line) + 1;
    }
    if (*count == 0)
        return err_because(err, ERR_INTEGRITY, "sums", "SHA256SUMS is empty");
    return check_unique(*digests + 1, *count - 1, err);
}

int
sums_read(const char *text, size_t len, struct digest **digests, size_t *count,
          struct err *err)
{
    struct digest *found = NULL;
    size_t n = 0;

    if (read_lines(text, len, &found, &n, err) < 0) {
        free(found);
        return -1;
    }
    *digests = found;
    *count = n;
    return 0;
}
