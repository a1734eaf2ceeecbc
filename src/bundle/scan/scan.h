/* SPDX-License-Identifier: Apache-2.0 */
/* scan.h - what is damaged in a bundle that cannot be opened.
 *
 * The reader stops at the first thing that is wrong.  A survey comes after that, and goes
 * on as long as it knows where it is, so that one run tells all that has to be copied
 * again.  Whatever it finds, the bundle stays refused: what comes out of it is places to
 * hash, and no type that could be pushed.
 *
 * Layer:  bundle.
 * Source: docs/bundle-format.md.
 */
#ifndef BUNDLE_SCAN_SCAN_H
#define BUNDLE_SCAN_SCAN_H

#include "bundle/reader/reader.h"
#include "bundle/scan/scan_options.h"

/*
 * Where the blobs are of a bundle whose index.json was admitted.  Names and order come
 * from SHA256SUMS when that is the one that index.json names, sizes from the documents
 * that are what their digest says, or from headers.  Without a SHA256SUMS to believe, see
 * bundle_scan_names().
 * *out has members (those whose place is known, in file order), member_count, file and
 * total, and nothing else; free it with bundle_scan_release().
 * Returns: 1; 0 when it went by names only; -1.
 * Errors: ERR_SIGNAL; those of bundle_open() that are not damage: nothing can be said.
 */
MUST_USE int bundle_scan(struct bundle_content *out, const struct bundle_untrusted *u,
                         const struct admission *admission,
                         const struct scan_options *options, struct err *err);

/*
 * The same of any file, by nothing but its headers: a blob is what its own name says.
 * Nothing vouches for those, so this finds accidents, not forgeries.  A file that does
 * not begin like a bundle has no members and no damage.  The bodies of the members that
 * are found count as read: hashing them is left to the caller.  Holes outside of them
 * cost nothing.
 * bound: NULL for none but the size of the file.
 * Returns: 0, -1.  Errors: ERR_SIGNAL.
 */
MUST_USE int bundle_scan_names(struct bundle_content *out, struct volumes file,
                               const struct scan_options *options,
                               struct scan_bound *bound, struct err *err);

void bundle_scan_release(struct bundle_content *c);

#endif
