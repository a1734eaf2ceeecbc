/* SPDX-License-Identifier: Apache-2.0 */
/* add_signature.h - put one more file into signatures/, in place.
 *
 * Layer: bundle.
 */
#ifndef BUNDLE_READER_ADD_SIGNATURE_H
#define BUNDLE_READER_ADD_SIGNATURE_H

#include "bundle/reader/reader.h"

/*
 * Put one more file into signatures/, in place: a part of the pad becomes the member, and
 * no other byte of the bundle changes, nor its size.  The file must be open for writing,
 * and nobody else may do the same meanwhile.  *u stays what it was before.
 *
 * Killed or without power at any point, the bundle is what it was, or refused as
 * "interrupted-sign", or has the new signature; add_signature.c says why.
 *
 * Errors: ERR_LIMIT - no room in the area, or 64 already; ERR_CONFLICT - one of that name
 *         is there; ERR_LOCAL.
 */
MUST_USE int bundle_add_signature(const struct bundle_untrusted *u,
                                  const struct signature_file *f, struct err *err);

#endif
