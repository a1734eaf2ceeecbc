/* SPDX-License-Identifier: Apache-2.0 */
/* bundle_images.h - the images of an opened bundle, as a source among others.
 *
 * Layer: bundle.
 */
#ifndef BUNDLE_READER_BUNDLE_IMAGES_H
#define BUNDLE_READER_BUNDLE_IMAGES_H

#include "bundle/reader/bundle_source.h"
#include "images/local_images.h"

/* Borrows the bundle.  Objects that the bundle leaves out are not there. */
void bundle_images(struct local_images *out, struct bundle *b);

#endif
