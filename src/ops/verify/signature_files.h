/* SPDX-License-Identifier: Apache-2.0 */
/* signature_files.h - the signature files in a bundle, and those next to it.
 *
 * Layer: ops.
 */
#ifndef OPS_VERIFY_SIGNATURE_FILES_H
#define OPS_VERIFY_SIGNATURE_FILES_H

#include "bundle/reader/reader.h"
#include "trust/signature_check.h"

struct signature_files {
    struct trust_evidence *items; /* those of the bundle first */
    size_t count;
    struct buf *detached; /* content of the others */
    size_t detached_count;
};

#define SIGNATURE_FILES_INIT                                                             \
    {                                                                                    \
        .items = NULL                                                                    \
    }

/*
 * paths: files with one signature each.  Borrows from head; NULL: there is no bundle.
 * Errors: ERR_USAGE - more than 64 files; ERR_NOT_FOUND, ERR_LOCAL; ERR_LIMIT - a file
 *         exceeds the maximum size of a signature.
 */
MUST_USE int signature_files_gather(struct signature_files *out,
                                    const struct bundle_untrusted *head,
                                    const char *const *paths, size_t path_count,
                                    struct err *err);
void signature_files_release(struct signature_files *e);

#endif
