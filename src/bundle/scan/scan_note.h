/* SPDX-License-Identifier: Apache-2.0 */
/* scan_note.h - note what a scan finds, and find the next header.
 *
 * Layer: bundle.
 */
#ifndef BUNDLE_SCAN_SCAN_NOTE_H
#define BUNDLE_SCAN_SCAN_NOTE_H

#include "bundle/format/members.h"
#include "bundle/reader/member_cursor.h"
#include "bundle/scan/scan_options.h"

struct scan {
    const struct scan_options *options;
    struct scan_bound *bound; /* or NULL */
    struct member_cursor at;
    struct bundle_member *found; /* blobs located so far, in the order found */
    size_t count, cap;
};

/* Report damage, of an object or with digest NULL of none. */
void scan_note(const struct scan *s, uint64_t offset, uint64_t size,
               const struct digest *digest, const struct err *why);

/* Record the offset of a blob's body.  false: the file ends within it. */
bool scan_place(struct scan *s, const struct digest *digest, uint64_t offset,
                uint64_t size);

/* Whether this many bytes may be read from there; if not, the scan is over. */
bool scan_spend(const struct scan *s, uint64_t at, uint64_t len);
bool scan_is_over(const struct scan *s);

/*
 * Find the first valid header in a range that wanted() accepts.
 * Returns: 1 with its offset; 0 when there is none, or the scan is over; -1 when work
 *          should stop.
 */
MUST_USE int scan_find(const struct scan *s, uint64_t from, uint64_t to,
                       bool (*wanted)(void *ctx, const struct tar_entry *e), void *ctx,
                       uint64_t *at, struct err *err);

/* Check that the bytes from there to the end of the file are the zeros that end a
 * bundle. */
void scan_end(const struct scan *s, uint64_t end);

#endif
