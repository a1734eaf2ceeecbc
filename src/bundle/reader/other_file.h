/* SPDX-License-Identifier: Apache-2.0 */
/* other_file.h - what a file is that is given as a bundle and never was one.
 *
 * Nothing is parsed beyond magic numbers and tar headers: the file is not trusted.
 *
 * Layer: bundle.
 */
#ifndef BUNDLE_READER_OTHER_FILE_H
#define BUNDLE_READER_OTHER_FILE_H

#include "io/file/volumes.h"

#include <stdbool.h>

/*
 * To be called where the first header is none of a bundle.
 * Returns: -1 with what the file is, ERR_INTEGRITY and a reason whose word is "format";
 *          0, and *err as it was, for a file that may be a damaged bundle.
 */
int other_file_explain(const struct volumes *file, struct err *err);

/* Whether an error is one of those: there is no damage to look for. */
bool other_file_is_why(const struct err *err);

#endif
