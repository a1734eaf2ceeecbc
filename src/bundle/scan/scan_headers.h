/* SPDX-License-Identifier: Apache-2.0 */
/* scan_headers.h - scan a bundle without an authentic SHA256SUMS, by the headers in the
 * file.
 *
 * Layer: bundle.
 */
#ifndef BUNDLE_SCAN_SCAN_HEADERS_H
#define BUNDLE_SCAN_SCAN_HEADERS_H

#include "bundle/scan/scan_note.h"

/* Scan from the cursor on; bytes: of the whole bundle, 0 when unknown. */
MUST_USE int scan_names(struct scan *s, uint64_t bytes, struct err *err);

#endif
