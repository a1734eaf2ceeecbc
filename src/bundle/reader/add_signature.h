/* SPDX-License-Identifier: Apache-2.0 */
/* add_signature.h - add a file to signatures/, in place.
 *
 * Layer: bundle.
 */
#ifndef BUNDLE_READER_ADD_SIGNATURE_H
#define BUNDLE_READER_ADD_SIGNATURE_H

#include "bundle/reader/reader.h"

/*
 * Add a file to signatures/, in place: part of the pad becomes the member; all other
 * bytes of the bundle and its size are unchanged.  The file must be open for writing,
 * without concurrent changes.  *u is not updated.
 *
 * After a kill or power loss at any point, the bundle is unchanged, or rejected as
 * "interrupted-sign", or has the new signature; see add_signature.c.
 *
 * Errors: ERR_LIMIT - no space in the area, or 64 already; ERR_CONFLICT - one of that
 * name
 *         exists; ERR_LOCAL.
 */
MUST_USE int bundle_add_signature(const struct bundle_untrusted *u,
                                  const struct signature_file *f, struct err *err);

#endif
