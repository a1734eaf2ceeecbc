/* SPDX-License-Identifier: Apache-2.0 */
/* other_archive.h - tar archives other than bundles: of image tools, or a repacked
 * bundle.
 *
 * Layer: bundle.
 */
#ifndef BUNDLE_READER_OTHER_ARCHIVE_H
#define BUNDLE_READER_OTHER_ARCHIVE_H

#include "io/file/volumes.h"

/* As other_file_explain(): 0 also for files other than tar archives. */
int other_archive_explain(const struct volumes *file, struct err *err);

#endif
