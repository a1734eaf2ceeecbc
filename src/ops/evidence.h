/* evidence.h - the signature files of a bundle, and those that lie beside it.
 *
 * Layer: ops.
 */
#ifndef OPS_EVIDENCE_H
#define OPS_EVIDENCE_H

#include "bundle/reader.h"
#include "trust/signers.h"

struct evidence {
    struct trust_evidence *items; /* those of the bundle first */
    size_t count;
    struct buf *detached; /* what was read of the others */
    size_t detached_count;
};

#define EVIDENCE_INIT                                                                    \
    {                                                                                    \
        .items = NULL                                                                    \
    }

/*
 * paths: files with a signature each.  Borrows from head.
 * Errors: ERR_USAGE - more than 64 files; ERR_NOT_FOUND, ERR_LOCAL; ERR_LIMIT - one is
 *         larger than a signature may be.
 */
MUST_USE int evidence_gather(struct evidence *out, const struct bundle_untrusted *head,
                             const char *const *paths, size_t path_count,
                             struct err *err);
void evidence_release(struct evidence *e);

#endif
