/* SPDX-License-Identifier: Apache-2.0 */
/* bundle_source.h - an opened bundle as a source of images.
 *
 * Layer: bundle.
 */
#ifndef BUNDLE_READER_BUNDLE_SOURCE_H
#define BUNDLE_READER_BUNDLE_SOURCE_H

#include "bundle/reader/reader.h"
#include "images/image_source.h"

/*
 * Borrows the bundle.  A preview cannot become a source: what was not admitted cannot be
 * pushed.
 * Errors: reading the whole: as bundle_read_member(); a part: ERR_INTEGRITY "truncated",
 *         ERR_LOCAL.
 */
struct image_source bundle_source(const struct bundle *b);

#endif
