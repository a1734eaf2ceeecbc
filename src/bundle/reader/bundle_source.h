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
 * Borrows the bundle.  A preview cannot become a source: content without admission cannot
 * be pushed.  It reads objects of the bundle's set, blobs too, except omitted ones; names
 * and attached objects are in the set.
 * Errors: fetch_document(): as bundle_read_member(); reading a blob: ERR_INTEGRITY
 *         "truncated", ERR_LOCAL.
 */
struct image_source bundle_source(struct bundle *b);

#endif
