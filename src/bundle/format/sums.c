/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "bundle/format/sums.h"

#include "base/digest_map.h"
#include "base/mem.h"
#include "base/text.h"
#include "io/crypto/hash.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { HEX = 64, GAP = 2 }; /* "<hex>  <path>" */
static const char FIRST[] = "oci-layout";
static const char FOLDER[] = "blobs/sha256/";

static const char OMITTED[] = "#omitted ";

int
sums_write(struct buf *out, const struct bundle_member *members, size_t count,
           const struct bundle_omitted *omitted, size_t omitted_count, struct err *err)
{
    char hex[2 * DIGEST_RAW_MAX + 1], text[DIGEST_TEXT_MAX];
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
    for (size_t i = 0; rc == 0 && i < omitted_count; i++) {
        digest_text(&omitted[i].digest, text);
        rc = buf_addf(out, "%s%s %" PRIu64 "\n", OMITTED, text, omitted[i].size);
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
    return err_because(err, ERR_INTEGRITY, REASON_SUMS, "SHA256SUMS line %zu: %s", line,
                       what);
}

static bool
begins(const char *text, size_t len, const char *prefix)
{
    return len >= strlen(prefix) && memcmp(text, prefix, strlen(prefix)) == 0;
}

/* "#omitted sha256:<hex> <size>"; other comments are unknown. */
static int
read_comment(const char *text, size_t len, size_t line, struct bundle_omitted *out,
             struct err *err)
{
    enum { NAME = sizeof("sha256:") - 1 + HEX };
    const char *at = text + strlen(OMITTED), *end = text + len;

    if (begins(text, len, "#absent ")) {
        err_set(err, ERR_PROTOCOL, "SHA256SUMS line %zu: requires a newer sealift", line);
        return err_hint(
            err,
            "the bundle depends on another one, which this version does not support");
    }
    if (!begins(text, len, OMITTED))
        return line_error(line, "unknown comment", err);
    if (end - at < NAME + 2 || at[NAME] != ' ' ||
        digest_parse(&out->digest, at, NAME, ERR_INTEGRITY, err_ignored()) < 0 ||
        text_u64(at + NAME + 1, (size_t)(end - at) - NAME - 1, INT64_MAX, &out->size) < 0)
        return line_error(line, "malformed digest or size of an omitted object", err);
    return 0;
}

/* One line, without its newline. */
static int
read_line(const char *text, size_t len, size_t line, struct digest *out, struct err *err)
{
    struct digest d = {.alg = DIGEST_SHA256};
    const char *path = text + HEX + GAP;
    size_t path_len;

    if (len < HEX + GAP || text_unhex(d.raw, text, HEX / 2) < 0 ||
        memcmp(text + HEX, "  ", GAP) != 0)
        return line_error(line, "expected a digest, two blanks and a path", err);
    path_len = len - HEX - GAP;
    if (line == 1) {
        if (path_len != strlen(FIRST) || memcmp(path, FIRST, path_len) != 0)
            return line_error(line, "the first file must be oci-layout", err);
    } else if (path_len != strlen(FOLDER) + HEX ||
               memcmp(path, FOLDER, strlen(FOLDER)) != 0 ||
               memcmp(path + strlen(FOLDER), text, HEX) != 0) {
        return line_error(line, "the path is not blobs/sha256/ followed by that digest",
                          err);
    }
    *out = d;
    return 0;
}

/* Reject duplicate digests.  oci-layout is not a blob and may share one. */
static int
check_digests_unique(const struct sums *s, struct err *err)
{
    CLEANUP(digest_map_release) struct digest_map seen = DIGEST_MAP_INIT;
    size_t blobs = s->file_count - 1, count = blobs + s->omitted_count;
    char text[DIGEST_TEXT_MAX];

    for (size_t i = 0; i < count; i++) {
        struct digest *d = i < blobs ? &s->files[i + 1] : &s->omitted[i - blobs].digest;

        if (digest_map_add(&seen, d, d) == d)
            continue;
        digest_text(d, text);
        return err_because(err, ERR_INTEGRITY, REASON_SUMS, "SHA256SUMS lists %s twice",
                           text);
    }
    return 0;
}

static int
parse_sum_lines(struct sums *s, const char *text, size_t len, struct err *err)
{
    size_t cap = 0, omitted_cap = 0, at = 0;

    for (size_t line = 1; at < len; line++) {
        const char *start = text + at, *end = memchr(start, '\n', len - at);
        int rc;

        if (!end)
            return line_error(line, "missing newline at the end", err);
        if (*start == '#') {
            s->omitted =
                mem_grow(s->omitted, s->omitted_count, &omitted_cap, sizeof(*s->omitted));
            rc = read_comment(start, (size_t)(end - start), line,
                              &s->omitted[s->omitted_count++], err);
        } else if (s->omitted_count > 0) {
            rc = line_error(line, "a file after the omitted objects", err);
        } else {
            s->files = mem_grow(s->files, s->file_count, &cap, sizeof(*s->files));
            rc = read_line(start, (size_t)(end - start), line, &s->files[s->file_count++],
                           err);
        }
        if (rc < 0)
            return -1;
        at += (size_t)(end - start) + 1;
    }
    if (s->file_count == 0)
        return err_because(err, ERR_INTEGRITY, REASON_SUMS, "SHA256SUMS lists no file");
    return check_digests_unique(s, err);
}

int
sums_read(struct sums *out, const char *text, size_t len, struct err *err)
{
    CLEANUP(sums_release) struct sums s = SUMS_INIT;

    if (parse_sum_lines(&s, text, len, err) < 0)
        return -1;
    *out = s;
    s = (struct sums)SUMS_INIT;
    return 0;
}

void
sums_release(struct sums *s)
{
    free(s->files);
    free(s->omitted);
    *s = (struct sums)SUMS_INIT;
}
