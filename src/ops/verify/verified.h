/* SPDX-License-Identifier: Apache-2.0 */
/* verified.h - a bundle while it is verified, and what is known of it.
 *
 * Layer: ops.
 */
#ifndef OPS_VERIFY_VERIFIED_H
#define OPS_VERIFY_VERIFIED_H

#include "base/run.h"
#include "bundle/reader/reader.h"
#include "io/file/volume_set.h"
#include "ops/verify/damage.h"
#include "ops/verify/signature_files.h"
#include "trust/verdict.h"

struct verify_options {
    const char *const *paths; /* the bundle, or its volumes: path_count of them */
    size_t path_count;
    const struct trust_store *store;
    bool skip_signature; /* --insecure-skip-verify: the signature only, never a digest */
    struct trust_wishes wishes;
    bool holds_stream; /* nobody else may import this stream until verified_release() */
    const char *const *signatures; /* --signature: files beside the bundle */
    size_t signature_count;
    bool layers;                                /* look into them, too */
    int (*prepare)(void *ctx, struct err *err); /* see sandboxed_check.h; or NULL */
    void *prepare_ctx;
    struct run *run;
};

/* An open bundle and what is known of it. */
struct verified {
    struct volume_set files;
    struct bundle_untrusted *head;
    struct signature_files
        evidence; /* what was judged: its files, in the order of signers */
    struct signature_check signers; /* filled also when nobody counts */
    struct admission admission;
    bool has_meta; /* the policy was asked; the next four are set */
    struct bundle_meta meta;
    struct missing_list missing; /* what the export could not have */
    struct trusted_time now;
    struct trust_verdict verdict;
    bool has_last; /* something is remembered of its stream */
    struct trust_last last;
    int lock;              /* on its stream, or -1 */
    struct bundle *bundle; /* NULL until it was admitted */
    struct damage_list damage;
};

#define VERIFIED_INIT                                                                    \
    {                                                                                    \
        .files = VOLUME_SET_INIT, .lock = -1, .evidence = SIGNATURE_FILES_INIT,          \
        .missing = MISSING_LIST_INIT                                                     \
    }

void verified_release(struct verified *v);

#endif
