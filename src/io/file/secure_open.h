/* SPDX-License-Identifier: Apache-2.0 */
/* secure_open.h -
 *
 * Layer: io.
 */
#ifndef IO_FILE_SECURE_OPEN_H
#define IO_FILE_SECURE_OPEN_H

#include "io/file/secure_dir.h"

/*
 * Open what decides something: only root and we may be able to change it.  The last
 * `checked` names of the path are looked at: each is root's or ours, and nobody else may
 * write to it.  The same holds for links among them and for all that these lead through,
 * but that a sticky folder like /tmp may be on their way.
 * flags:   of open(); links are followed.
 * Returns: a descriptor, or -1.
 * Errors:  ERR_NOT_FOUND - it is not there, and no link says that it should be;
 *          ERR_USAGE - others could change it; ERR_LOCAL.
 */
int secure_dir_open(const char *path, size_t checked, int flags, struct err *err);

#endif
