/* SPDX-License-Identifier: Apache-2.0 */
/* scan_list.h - scan a bundle member by member, as its SHA256SUMS lists them.
 *
 * Layer: bundle.
 */
#ifndef BUNDLE_SCAN_SCAN_LIST_H
#define BUNDLE_SCAN_SCAN_LIST_H

#include "bundle/format/index.h"
#include "bundle/scan/scan_note.h"

/*
 * Scan from the cursor on, which is after SHA256SUMS.  The used parts of index are
 * authentic, and so are the digests.
 */
MUST_USE int scan_list(struct scan *s, const struct index_content *index,
                       const struct digest *digests, size_t count, struct err *err);

#endif
