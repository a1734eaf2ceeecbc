/* SPDX-License-Identifier: Apache-2.0 */
/* head.h - the head of a bundle: up to the header of SHA256SUMS, not parsed.
 *
 * Layer: bundle.
 */
#ifndef BUNDLE_READER_HEAD_H
#define BUNDLE_READER_HEAD_H

#include "bundle/reader/reader.h"

/*
 * Read oci-layout, the raw index.json and the signature area.  The files are borrowed and
 * must stay open as long as the result is used.
 * Errors: ERR_INTEGRITY (order header padding extra missing duplicate truncated
 *         interrupted-sign) with offsets; ERR_LOCAL - read errors.
 */
struct bundle_untrusted *bundle_head(struct volumes file, struct err *err);
/*
 * As bundle_head(), for adding a signature: a pad that is not zero, left by an
 * interrupted signing, is not an error, and bundle_add_signature() repairs it.
 */
struct bundle_untrusted *bundle_head_to_sign(struct volumes file, struct err *err);
void bundle_untrusted_release(struct bundle_untrusted **u);

/* The exact bytes that signatures are checked over, borrowed. */
const void *bundle_raw_index(const struct bundle_untrusted *u, size_t *len);
/* The files in signatures/, of every kind, in order; borrowed. */
const struct signature_file *bundle_signatures(const struct bundle_untrusted *u,
                                               size_t *count);

#endif
