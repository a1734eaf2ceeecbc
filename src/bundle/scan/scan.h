/* SPDX-License-Identifier: Apache-2.0 */
/* scan.h - find all damage in a bundle that cannot be opened.
 *
 * The reader stops at the first error.  The scan that follows continues as long as it can
 * locate members, so that one run lists everything to copy again.  The bundle stays
 * rejected whatever it finds: its result is a list of ranges to hash, and not a type that
 * can be pushed.
 *
 * Layer: bundle.
 * Source: docs/bundle-format.md.
 */
#ifndef BUNDLE_SCAN_SCAN_H
#define BUNDLE_SCAN_SCAN_H

#include "bundle/reader/reader.h"
#include "bundle/scan/scan_options.h"

/*
 * Locate the blobs of a bundle whose index.json was admitted.  Names and order come from
 * SHA256SUMS when it matches its digest in index.json, sizes from documents that match
 * their digests, or from headers.  Without a matching SHA256SUMS, see
 * bundle_scan_names().  *out has members (those located, in file order), member_count,
 * file and total, and nothing else; free it with bundle_scan_release().
 * Returns: 1; 0 when only names were used; -1.
 * Errors: ERR_SIGNAL; those of bundle_open() that are not damage: nothing can be located.
 */
MUST_USE int bundle_scan(struct bundle_content *out, const struct bundle_untrusted *u,
                         const struct admission *admission,
                         const struct scan_options *options, struct err *err);

/*
 * As bundle_scan() for any file, using only its headers: the name of a blob is its
 * digest. They are not authenticated, so this finds accidental damage, not forgery.  A
 * file that does not begin like a bundle has no members and no damage.  The bodies of
 * located members count as read: hashing them is left to the caller.  Holes outside of
 * them cost nothing.  bound: NULL for no limit except the size of the file.
 * Returns: 0, -1.  Errors: ERR_SIGNAL.
 */
MUST_USE int bundle_scan_names(struct bundle_content *out, struct volumes file,
                               const struct scan_options *options,
                               struct scan_bound *bound, struct err *err);

void bundle_scan_release(struct bundle_content *c);

#endif
