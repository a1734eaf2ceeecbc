/* SPDX-License-Identifier: Apache-2.0 */
/* export_blobs.h - fetch every blob of a plan to its place in the bundle.
 *
 * Layer: ops.
 */
#ifndef OPS_EXPORT_EXPORT_BLOBS_H
#define OPS_EXPORT_EXPORT_BLOBS_H

#include "ops/export/export_writing.h"

/* Write the bodies: documents from memory, blobs from wherever they are. */
MUST_USE int export_blobs(struct writing *w, struct err *err);

#endif
