/* SPDX-License-Identifier: Apache-2.0 */
/* export_options.h - what an export is asked for, and what comes of it.
 *
 * Layer: ops.
 */
#ifndef OPS_EXPORT_EXPORT_OPTIONS_H
#define OPS_EXPORT_EXPORT_OPTIONS_H

#include "io/file/secure_dir.h"
#include "io/crypto/pki.h"
#include "bundle/format/layout.h"
#include "ops/plan/plan.h"

struct export_options {
    struct plan_options plan;
    const char *output;
    uint64_t volume_size;  /* bytes per volume; 0: one file */
    bool foreign_layers;   /* also fetch layers from the URLs in descriptors */
    bool force;            /* replace an existing file */
    bool verify_after;     /* read it back from disk before it is renamed */
    bool dry_run;          /* stop after planning */
    bool accepts_sparse;   /* indexes with omitted children were requested: no warning */
    bool allow_incomplete; /* with plan.keep_going: publish without what failed */
    const char *const *reuse; /* bundles to take blobs from, reuse_count of them */
    size_t reuse_count;
    const struct pki_key *key; /* NULL: unsigned, as requested */
    const struct pki_certs
        *certs;          /* sign with the first certificate; NULL: with the bare key */
    const char *sig_out; /* a file for the signature; NULL: stored in the bundle */
    const char *stream;
    bool has_serial;
    uint64_t serial;
    bool has_expires;
    uint64_t expires; /* epoch seconds */
    const char *tool; /* "sealift/x.y.z" */
};

struct export_result {
    struct plan plan;
    struct layout layout; /* of the bundle that was or would be written */
    struct bundle_meta meta;
    struct digest index; /* of index.json, which is signed */
    size_t volumes;      /* files that are written, or would be; see volume_size */
    uint64_t fetched;    /* bytes of blobs that came over the network, or would */
    uint64_t reused;     /* bytes taken from an earlier run or another bundle */
    struct secure_dir_names removed; /* paths of removed volumes of a larger set */
    struct secure_dir_names left;    /* paths of another bundle of that name */
    bool is_published;               /* the bundle has its final name */
};

#define EXPORT_RESULT_INIT                                                               \
    {                                                                                    \
        .plan = PLAN_INIT, .layout = LAYOUT_INIT, .removed = SECURE_DIR_NAMES_INIT,      \
        .left = SECURE_DIR_NAMES_INIT                                                    \
    }

#endif
