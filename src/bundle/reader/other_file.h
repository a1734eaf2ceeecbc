/* SPDX-License-Identifier: Apache-2.0 */
/* other_file.h - identify a file that is given as a bundle but is not one.
 *
 * Only magic numbers and tar headers are parsed: the file is not trusted.
 *
 * Layer: bundle.
 */
#ifndef BUNDLE_READER_OTHER_FILE_H
#define BUNDLE_READER_OTHER_FILE_H

#include "io/file/volumes.h"

#include <stdbool.h>

/*
 * To be called when the first header is not that of a bundle.
 * Returns: -1 with the kind of file, ERR_INTEGRITY and a reason whose word is "format";
 *          0, and *err unchanged, for a file that may be a damaged bundle.
 */
int other_file_explain(const struct volumes *file, struct err *err);

/* Whether an error is one of those: then there is no damage to search for. */
bool other_file_is_why(const struct err *err);

#endif
