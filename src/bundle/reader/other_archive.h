/* SPDX-License-Identifier: Apache-2.0 */
/* other_archive.h - tar archives that are no bundles: of image tools, or a bundle that
 * was packed again.
 *
 * Layer: bundle.
 */
#ifndef BUNDLE_READER_OTHER_ARCHIVE_H
#define BUNDLE_READER_OTHER_ARCHIVE_H

#include "io/file/volumes.h"

/* As other_file_explain(): 0 also for what is no tar archive. */
int other_archive_explain(const struct volumes *file, struct err *err);

#endif
