/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "bundle/reader/member_cursor.h"

#include "base/text.h"
#include "bundle/format/members.h"
#include "oci/graph.h"

#include <inttypes.h>
#include <string.h>

/* Maximum number of headers read to tell a misplaced member from a missing one. */
static const unsigned SEARCH_MAX = GRAPH_OBJECTS_MAX + BUNDLE_SIGNATURES_MAX + 16;

int
truncated_error(struct err *err, uint64_t file_size, const char *what)
{
    err_because(err, ERR_INTEGRITY, REASON_TRUNCATED,
                "the file ends at byte %" PRIu64 ", within %s", file_size, what);
    return err_hint(err, "the copy is incomplete: copy the bundle again");
}

bool
member_name_is_known(const char *name)
{
    static const char *const fixed[] = {"oci-layout", "index.json", "signatures/.pad",
                                        "SHA256SUMS"};
    static const char signatures[] = "signatures/";
    struct digest ignored;

    for (size_t i = 0; i < COUNT_OF(fixed); i++) {
        if (strcmp(name, fixed[i]) == 0)
            return true;
    }
    if (text_starts(name, signatures))
        return bundle_signature_name_is_valid(name + strlen(signatures));
    return bundle_blob_digest(&ignored, name);
}

int
member_cursor_next(struct member_cursor *c, struct tar_entry *out, struct err *err)
{
    unsigned char block[TAR_BLOCK];
    ssize_t n = volumes_read(&c->file, block, sizeof(block), c->at, err);
    struct tar_entry e;

    if (n < 0)
        return volumes_blame(&c->file, c->at, TAR_BLOCK, err);
    if (n < TAR_BLOCK)
        return truncated_error(err, c->at + (uint64_t)n, "the next header");
    if (tar_is_zero(block, sizeof(block)))
        return 0;
    if (tar_parse(block, &e, err) < 0) {
        err_wrap(err, "at byte %" PRIu64, c->at);
        return volumes_blame(&c->file, c->at, TAR_BLOCK, err);
    }
    if (c->has_mtime && e.mtime != c->mtime) {
        err_because(err, ERR_INTEGRITY, REASON_HEADER,
                    "at byte %" PRIu64 ": the mtime of '%s' is %" PRIu64
                    " instead of %" PRIu64 " as before",
                    c->at, e.name, e.mtime, c->mtime);
        return volumes_blame(&c->file, c->at, TAR_BLOCK, err);
    }
    c->has_mtime = true;
    c->mtime = e.mtime;
    c->at += TAR_BLOCK;
    *out = e;
    return 1;
}

/* Whether a member of that name exists between two offsets.  For error messages. */
static bool
stands(const struct member_cursor *c, const char *name, uint64_t from, uint64_t to)
{
    struct member_cursor probe = {.file = c->file, .at = from};
    struct tar_entry e;

    for (unsigned n = 0; n < SEARCH_MAX && probe.at < to; n++) {
        if (member_cursor_next(&probe, &e, err_ignored()) != 1)
            return false;
        if (strcmp(e.name, name) == 0)
            return true;
        if (member_cursor_skip(&probe, &e, err_ignored()) < 0)
            return false;
    }
    return false;
}

int
member_cursor_wrong(const struct member_cursor *c, const struct tar_entry *found,
                    bool is_known, const char *expected, struct err *err)
{
    uint64_t header = c->at - TAR_BLOCK;
    struct member_cursor after = *c;
    const char *remark = "", *fate = "";
    enum err_reason reason;

    if (stands(c, found->name, 0, header)) {
        reason = REASON_DUPLICATE;
        remark = " a second time";
    } else if (!is_known) {
        reason = REASON_EXTRA;
        remark = ", which does not belong here";
    } else if (expected && (member_cursor_skip(&after, found, err_ignored()) < 0 ||
                            !stands(&after, expected, after.at, c->file.size))) {
        reason = REASON_MISSING;
        fate = ", which is missing";
    } else {
        reason = REASON_ORDER;
        fate = expected ? ", which comes later" : "";
    }
    return err_because(err, ERR_INTEGRITY, reason,
                       "at byte %" PRIu64 ": found %s%s, expected %s%s", header,
                       found->name, remark, expected ? expected : "the end", fate);
}

int
member_cursor_expect(struct member_cursor *c, const char *name, uint64_t max,
                     struct tar_entry *out, struct err *err)
{
    int rc = member_cursor_next(c, out, err);

    if (rc < 0)
        return err_wrap(err, "%s", name);
    if (rc == 0)
        return err_because(err, ERR_INTEGRITY, REASON_MISSING,
                           "at byte %" PRIu64 ": the archive ends, expected %s", c->at,
                           name);
    if (strcmp(out->name, name) != 0)
        return member_cursor_wrong(c, out, member_name_is_known(out->name), name, err);
    if (out->size > max)
        return err_because(err, ERR_INTEGRITY, REASON_SIZE,
                           "at byte %" PRIu64 ": %s has %" PRIu64
                           " bytes, at most %" PRIu64,
                           c->at - TAR_BLOCK, name, out->size, max);
    return 0;
}

int
member_cursor_skip(struct member_cursor *c, const struct tar_entry *e, struct err *err)
{
    uint64_t len = tar_padded(e->size);

    if (c->at > c->file.size || len > c->file.size - c->at)
        return truncated_error(err, c->file.size, e->name);
    c->at += len;
    return 0;
}

int
range_is_zero(const struct volumes *file, uint64_t at, uint64_t len, struct err *err)
{
    unsigned char piece[16 * 1024];

    while (len > 0) {
        size_t want = len < sizeof(piece) ? (size_t)len : sizeof(piece);
        ssize_t n = volumes_read(file, piece, want, at, err);

        if (n < 0)
            return -1;
        if ((size_t)n < want)
            return truncated_error(err, at + (uint64_t)n, "zeros");
        if (!tar_is_zero(piece, want))
            return 0;
        at += want;
        len -= want;
    }
    return 1;
}

int
padding_check(const struct volumes *file, const char *name, uint64_t body, uint64_t size,
              struct err *err)
{
    uint64_t end = body + size, len = tar_padded(size) - size;
    int zero = range_is_zero(file, end, len, err);

    if (zero < 0)
        return err_wrap(err, "%s", name);
    if (zero == 0) {
        err_because(err, ERR_INTEGRITY, REASON_PADDING,
                    "%s: the padding after it, bytes %" PRIu64 " to %" PRIu64
                    ", is not zero",
                    name, end, end + len - 1);
        return volumes_blame(file, end, len, err);
    }
    return 0;
}

int
member_cursor_body(struct member_cursor *c, const struct tar_entry *e, struct buf *out,
                   struct err *err)
{
    uint64_t body = c->at;
    ssize_t n;

    if (member_cursor_skip(c, e, err) < 0)
        return -1;
    buf_clear(out);
    if (e->size > out->max || buf_resize(out, (size_t)e->size) < 0)
        return err_set(err, ERR_INTERNAL, "not enough space for %s", e->name);
    n = volumes_read(&c->file, out->data, (size_t)e->size, body, err);
    if (n < 0)
        return err_wrap(err, "%s", e->name);
    if ((uint64_t)n < e->size) /* the file was truncated meanwhile */
        return truncated_error(err, body + (uint64_t)n, e->name);
    return padding_check(&c->file, e->name, body, e->size, err);
}
