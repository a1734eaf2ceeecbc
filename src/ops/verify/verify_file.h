/* SPDX-License-Identifier: Apache-2.0 */
/* verify_file.h - check the signatures of any file that is not a bundle.
 *
 * Layer: ops.
 */
#ifndef OPS_VERIFY_VERIFY_FILE_H
#define OPS_VERIFY_VERIFY_FILE_H

#include "trust/signature_check.h"

struct verify_file_options {
    const char *path;
    const char *const *signatures; /* files */
    size_t signature_count;
    const struct trust_store *store;
};

/*
 * Check that a trusted key signed the bytes of a file.  Streams, thresholds and recorded
 * state are about bundles.  *signers has the result for each signature, also after
 * ERR_TRUST.
 * Errors: ERR_NOT_FOUND, ERR_LOCAL; ERR_LIMIT - larger than SIGN_FILE_MAX; those of
 *         signature_files.h and trust_admit().
 */
MUST_USE int verify_file(struct signature_check *signers,
                         const struct verify_file_options *options, struct err *err);

#endif
