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
    struct bundle_member *found; /* blobs whose place is known, as they come */
    size_t count, cap;
};

/* Of an object, or with digest NULL of none. */
void scan_note(const struct scan *s, uint64_t offset, uint64_t size,
               const struct digest *digest, const struct err *why);

/* The body of a blob begins there.  false: the file ends before it does. */
bool scan_place(struct scan *s, const struct digest *digest, uint64_t offset,
                uint64_t size);

/* May so many bytes be read from there?  When not, the survey is over. */
bool scan_spend(const struct scan *s, uint64_t at, uint64_t len);
bool scan_is_over(const struct scan *s);

/*
 * The first header of the bundle's form in a range that wanted() takes.
 * Returns: 1 with its offset; 0 when there is none, or the survey is over; -1 when nobody
 *          wants to wait.
 */
MUST_USE int scan_find(const struct scan *s, uint64_t from, uint64_t to,
                       bool (*wanted)(void *ctx, const struct tar_entry *e), void *ctx,
                       uint64_t *at, struct err *err);

/* Are the bytes from there to the end of the file the zeros that end a bundle? */
void scan_end(const struct scan *s, uint64_t end);

#endif
