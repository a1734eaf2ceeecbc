/* SPDX-License-Identifier: Apache-2.0 */
/* verified.h - a bundle being verified, and its properties.
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
    bool skip_signature; /* --insecure-skip-verify: skips signatures, never digests */
    struct trust_wishes wishes;
    bool holds_stream;             /* lock the stream until verified_release() */
    const char *const *signatures; /* --signature: files next to the bundle */
    size_t signature_count;
    bool layers;         /* look into them, too */
    bool documents_only; /* do not read other members, and use no sandbox */
    int (*prepare)(void *ctx, struct err *err); /* see sandboxed_check.h; or NULL */
    void *prepare_ctx;
    struct run *run;
};

/* A verified bundle and its properties. */
struct verified {
    struct volume_set files;
    struct bundle_untrusted *head;
    struct signature_files
        evidence; /* what was checked: its files, in the order of signers */
    struct signature_check signers; /* filled in also when no signature counts */
    struct admission admission;
    bool has_meta; /* the policy was applied; the next four are set */
    struct bundle_meta meta;
    struct missing_list missing; /* what the export could not fetch */
    struct trusted_time now;
    struct trust_verdict verdict;
    bool has_last; /* an import of its stream is recorded */
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
