/* SPDX-License-Identifier: Apache-2.0 */
/* export.h - names in, one signed bundle out.
 *
 * Layer: ops.
 */
#ifndef OPS_EXPORT_EXPORT_H
#define OPS_EXPORT_EXPORT_H

#include "io/file/secure_dir.h"
#include "io/crypto/pki.h"
#include "bundle/format/layout.h"
#include "ops/plan/plan.h"

struct export_options {
    struct plan_options plan;
    const char *output;
    uint64_t volume_size; /* bytes of each volume; 0: one file */
    bool foreign_layers;  /* also from the URLs that descriptors name */
    bool force;           /* replace an existing file */
    bool verify_after;    /* read it back from the disk before it gets its name */
    bool dry_run;         /* stop when the plan stands */
    bool accepts_sparse;  /* indexes that list what is left out were asked for: no word */
    bool allow_incomplete;    /* with plan.keep_going: publish what can be had */
    const char *const *reuse; /* bundles to take blobs from, reuse_count of them */
    size_t reuse_count;
    const struct pki_key *key;     /* NULL: unsigned, which the user asked for */
    const struct pki_certs *certs; /* sign as the holder of the first; NULL: by the key */
    const char *sig_out; /* a file for the signature; NULL: it goes into the bundle */
    const char *stream;
    bool has_serial;
    uint64_t serial;
    bool has_expires;
    uint64_t expires; /* epoch seconds */
    const char *tool; /* "sealift/x.y.z" */
};

struct export_result {
    struct plan plan;
    struct layout layout; /* what was written, or would be */
    struct bundle_meta meta;
    struct digest index; /* of index.json: what was signed */
    size_t volumes;      /* files that are written, or would be; see volume_size */
    uint64_t fetched;    /* bytes of blobs that came over the network, or would */
    uint64_t reused;     /* and that an earlier run or another bundle had */
    struct secure_dir_names
        removed;       /* paths of volumes of a larger set that it replaced */
    bool is_published; /* there is a bundle under its name */
};

#define EXPORT_RESULT_INIT                                                               \
    {                                                                                    \
        .plan = PLAN_INIT, .layout = LAYOUT_INIT, .removed = SECURE_DIR_NAMES_INIT       \
    }

/*
 * Plan, then write in place, sign, publish.  Under its final name the bundle is complete,
 * or it does not exist.  What an unfinished run left is gone on with: in place when it is
 * for the same content, else as a source of blobs.
 *
 * With plan.keep_going what cannot be had is noted in plan.failures, and the run ends
 * with ERR_PARTIAL: with allow_incomplete there is a bundle of all the rest, which says
 * what it lacks; else that rest is kept for the next run. Errors: ERR_CONFLICT, ERR_LOCAL
 * of file.h; those of plan_make() and pull.h.
 */
MUST_USE int export_run(struct export_result *out, const struct export_options *options,
                        struct err *err);
void export_result_release(struct export_result *r);

#endif
