/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Scan by headers, without an authentic list.  The name of a blob is its digest, so its
 * bytes can be compared with that; whether the bundle should contain it, and what is
 * missing, is unknown.
 */
#include "config.h"
#include "bundle/scan/scan_headers.h"

#include "bundle/reader/member_cursor.h"
#include "oci/graph.h"

#include <inttypes.h>
#include <string.h>

enum { PIECE = 16 * 1024 };

static bool
is_member(void *ctx, const struct tar_entry *e)
{
    (void)ctx;
    return member_name_is_known(e->name);
}

/*
 * These bytes cannot be compared with anything, but may be unreadable.
 * Returns: 1 when all of them are zero, 0, or -1.
 */
static int
read_through(const struct scan *s, uint64_t at, uint64_t size, struct err *err)
{
    const struct volumes *file = &s->at.file;
    uint64_t end = at + size;
    char piece[PIECE];
    int zero = 1;

    while ((at = volumes_next_data(file, at, end - at)) < end) {
        size_t want = end - at < PIECE ? (size_t)(end - at) : PIECE;
        ssize_t n;

        if (cancel_wanted(s->options->cancel) || !scan_spend(s, at, want))
            break;
        n = volumes_read(file, piece, want, at, err);
        if (n < 0)
            return volumes_blame(file, at, want, err);
        if (!tar_is_zero((unsigned char *)piece, (size_t)n))
            zero = 0;
        at += want;
    }
    return zero;
}

static int
scan_oci_layout(const struct volumes *file, uint64_t at, uint64_t size, struct err *err)
{
    char body[sizeof(BUNDLE_OCI_LAYOUT)];
    size_t len = strlen(BUNDLE_OCI_LAYOUT);
    ssize_t n = volumes_read(file, body, len, at, err);

    if (n < 0)
        return volumes_blame(file, at, len, err);
    if ((size_t)n == len && size == len && memcmp(body, BUNDLE_OCI_LAYOUT, len) == 0)
        return 0;
    err_because(err, ERR_INTEGRITY, REASON_FORMAT,
                "oci-layout, %" PRIu64 " bytes from byte %" PRIu64 ", is not %s", size,
                at, BUNDLE_OCI_LAYOUT);
    return volumes_blame(file, at, size, err);
}

static int
scan_pad(const struct scan *s, uint64_t at, uint64_t size, struct err *err)
{
    int zero = read_through(s, at, size, err);

    if (zero < 0)
        return -1;
    if (zero == 1)
        return 0;
    err_because(err, ERR_INTEGRITY, REASON_INTERRUPTED_SIGN,
                "signatures/.pad, bytes %" PRIu64 " to %" PRIu64 ", is not zero", at,
                at + size - 1);
    return volumes_blame(&s->at.file, at, size, err);
}

/* A member that is not a blob. */
static void
look_at(const struct scan *s, const struct tar_entry *e, uint64_t at)
{
    const struct volumes *file = &s->at.file;
    uint64_t padding = tar_padded(e->size) - e->size;
    struct err why = ERR_INIT;
    int rc;

    if (strcmp(e->name, "oci-layout") == 0)
        rc = scan_oci_layout(file, at, e->size, &why);
    else if (strcmp(e->name, "signatures/.pad") == 0)
        rc = scan_pad(s, at, e->size, &why);
    else
        rc = read_through(s, at, e->size, &why);
    if (scan_is_over(s))
        return;
    if (rc < 0) {
        scan_note(s, at, e->size, NULL, &why);
        return;
    }
    if (scan_spend(s, at + e->size, padding) &&
        padding_check(file, e->name, at, e->size, &why) < 0)
        scan_note(s, at + e->size, padding, NULL, &why);
}

/* The cursor is after the header e.  false: the file ends with its body. */
static bool
scan_member(struct scan *s, const struct tar_entry *e)
{
    const struct volumes *file = &s->at.file;
    uint64_t body = s->at.at, header = body - TAR_BLOCK;
    struct err why = ERR_INIT;
    struct digest d;

    if (body > file->size || tar_padded(e->size) > file->size - body) {
        truncated_error(&why, file->size, e->name);
        volumes_blame(file, header, file->size - header, &why);
        scan_note(s, header, file->size - header, NULL, &why);
        return false;
    }
    s->at.at += tar_padded(e->size);
    if (bundle_blob_digest(&d, e->name))
        return s->count < GRAPH_OBJECTS_MAX &&
               scan_spend(s, header, tar_padded(e->size)) &&
               scan_place(s, &d, body, e->size);
    if (member_name_is_known(e->name)) {
        look_at(s, e, body);
    } else {
        err_because(&why, ERR_INTEGRITY, REASON_EXTRA,
                    "at byte %" PRIu64 ": %s does not belong here", header, e->name);
        scan_note(s, header, TAR_BLOCK + tar_padded(e->size), NULL, &why);
    }
    return true;
}

/* Neither this member nor the range up to the next valid header can be identified. */
static void
note_unknown_header(const struct scan *s, uint64_t to, const struct err *found)
{
    uint64_t at = s->at.at;
    struct err why = *found;

    if (why.kind == ERR_NONE) {
        err_because(&why, ERR_INTEGRITY, REASON_HEADER, "at byte %" PRIu64 ": only zeros",
                    at);
        volumes_blame(&s->at.file, at, to - at, &why);
    }
    err_wrap(&why, "bytes %" PRIu64 " to %" PRIu64 " could not be checked", at, to - 1);
    scan_note(s, at, to - at, NULL, &why);
}

/* The file ends where a header is expected. */
static void
note_cut(const struct scan *s, uint64_t bytes)
{
    const struct volumes *file = &s->at.file;
    struct err why = ERR_INIT;

    if (bytes == 0 || volumes_check_size(file, bytes, &why) == 0)
        truncated_error(&why, file->size, "the bundle");
    scan_note(s, file->size, bytes > file->size ? bytes - file->size : 0, NULL, &why);
}

/* There is no valid header at the cursor.  1: continue at the next one; 0: there is
 * none. */
static int
resync_headers(struct scan *s, const struct err *found, uint64_t bytes, struct err *err)
{
    uint64_t at = s->at.at, end = s->at.file.size, next;
    int rc = scan_find(s, at, end, is_member, NULL, &next, err);

    if (rc < 0)
        return -1;
    if (rc == 1) {
        note_unknown_header(s, next, found);
        s->at.at = next;
        return 1;
    }
    if (scan_is_over(s)) {
        if (s->bound->from > at)
            note_unknown_header(s, s->bound->from, found);
        return 0;
    }
    if (bytes > at + 2 * TAR_BLOCK) {
        next = bytes - 2 * TAR_BLOCK < end ? bytes - 2 * TAR_BLOCK : end;
        note_unknown_header(s, next, found);
        at = next;
    }
    if (bytes > end)
        note_cut(s, bytes);
    else
        scan_end(s, at);
    return 0;
}

int
scan_names(struct scan *s, uint64_t bytes, struct err *err)
{
    struct member_cursor *at = &s->at;

    while (at->at < at->file.size && at->file.size - at->at >= TAR_BLOCK) {
        struct err why = ERR_INIT;
        struct tar_entry e;
        int rc;

        if (cancel_wanted(s->options->cancel))
            return cancel_error(err);
        if (!scan_spend(s, at->at, TAR_BLOCK))
            return 0;
        if (member_cursor_next(at, &e, &why) == 1) {
            if (!scan_member(s, &e) || scan_is_over(s))
                return 0;
            continue;
        }
        rc = resync_headers(s, &why, bytes, err);
        if (rc != 1)
            return rc;
    }
    note_cut(s, bytes);
    return 0;
}
