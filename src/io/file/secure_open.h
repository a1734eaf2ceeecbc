/* SPDX-License-Identifier: Apache-2.0 */
/* secure_open.h - open files that no other user can have changed.
 *
 * Layer: io.
 */
#ifndef IO_FILE_SECURE_OPEN_H
#define IO_FILE_SECURE_OPEN_H

#include "base/err.h"

#include <stddef.h>

/*
 * Open a file or folder that only root and this user can change.  The last `checked`
 * names of the path are checked: each belongs to root or this user, and no other user may
 * write to it.  The same applies to links among them and to everything that these lead
 * through, except that a sticky folder like /tmp may be on the way. flags:   of open();
 * links are followed.
 * Returns: a descriptor, or -1.
 * Errors:  ERR_NOT_FOUND - it does not exist, and no link refers to it;
 *          ERR_USAGE - others could change it; ERR_LOCAL.
 */
int secure_dir_open(const char *path, size_t checked, int flags, struct err *err);

#endif
