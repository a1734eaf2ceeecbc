/* SPDX-License-Identifier: Apache-2.0 */
/* auth_file.h - change the entry of one registry in a credentials file.
 *
 * Everything else in the file keeps its meaning and its order.  A change is atomic: the
 * file is replaced as a whole, with mode 0600, and changes of several processes are made
 * one after the other.  A symbolic link stays one.
 *
 * Layer: registry.
 * Source: docker's config.json; containers-auth.json(5).
 */
#ifndef REGISTRY_CREDENTIALS_AUTH_FILE_H
#define REGISTRY_CREDENTIALS_AUTH_FILE_H

#include "base/cancel.h"
#include "registry/credentials/credential.h"

#define AUTH_FILE_WAIT_S 30 /* for another process that is changing the file */

struct auth_file {
    char *path;   /* owned; of the file itself, behind links */
    int lock;     /* its folder, locked */
    char *helper; /* owned; the helper that has the credentials of the host, or NULL */
    bool has_password; /* the file itself has credentials for the host */
};

#define AUTH_FILE_INIT                                                                   \
    {                                                                                    \
        .path = NULL, .lock = -1                                                         \
    }

/*
 * Lock a file, which need not exist, and read what it has for a host.  make: create its
 * folder.
 * Errors: ERR_USAGE - malformed; ERR_LOCAL - no access, or it belongs to another user;
 *         ERR_NOT_FOUND - without make, there is no such folder; ERR_CONFLICT - another
 *         process keeps it locked; ERR_SIGNAL.
 */
MUST_USE int auth_file_open(struct auth_file *out, const char *path, const char *host,
                            bool make, struct cancel *cancel, struct err *err);
void auth_file_release(struct auth_file *f);

/*
 * Replace all entries of the host, in whatever spelling, by one with this key; credential
 * NULL: remove them.
 * Errors: ERR_USAGE - malformed; ERR_LIMIT - too large; ERR_LOCAL.
 */
MUST_USE int auth_file_set(const struct auth_file *f, const char *host, const char *key,
                           const struct credential *credential, struct err *err);

#endif
