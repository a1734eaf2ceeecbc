/* SPDX-License-Identifier: Apache-2.0 */
/* store_lock.h - one change of a trust store at a time.
 *
 * Layer: ops.
 */
#ifndef OPS_STORE_STORE_LOCK_H
#define OPS_STORE_STORE_LOCK_H

#include "base/err.h"

#define STORE_LOCK_MS 10000U /* how long to wait for another change */

/*
 * Find the store in dir (NULL: the default one), create its folder when it is missing,
 * and lock it until *fd is closed: by the file "lock" in it.  Readers need no lock,
 * because each file is replaced atomically.  *folder is owned by the caller.
 * Errors: those of secure_dir_make(); ERR_CONFLICT - another run holds the lock all the
 *         time; ERR_SIGNAL.
 */
MUST_USE int store_lock_new(const char *dir, char **folder, int *fd, struct err *err);

/* As store_lock_new(), but a store that is missing or unsafe is left as it is: then *fd
 * is not set. */
MUST_USE int store_lock_present(const char *dir, int *fd, struct err *err);

#endif
