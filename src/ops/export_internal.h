/* export_internal.h - what the two parts of an export share.
 *
 * export.c       the plan, the file that is begun or gone on with, publishing
 * export_blobs.c every blob to its place
 * export_check.c --verify-after
 *
 * Layer: ops, private.
 */
#ifndef OPS_EXPORT_INTERNAL_H
#define OPS_EXPORT_INTERNAL_H

#include "bundle/writer.h"
#include "ops/export.h"
#include "ops/salvage.h"

#include <stdatomic.h>

/* A bundle that is being written. */
struct writing {
    const struct export_options *options;
    const struct export_result *result;
    struct volumes file;
    bool in_order; /* it is written from front to back */
    struct salvage salvage;
    size_t volumes;                       /* as in struct export_result */
    atomic_uint_fast64_t fetched, reused; /* bytes of blobs, as in struct export_result */
};

/* Write the bodies: of documents from memory, of blobs from where they are. */
MUST_USE int export_blobs(struct writing *w, struct err *err);

/*
 * Read what was flushed back from the disk, and check it as a reader would.
 * Errors: ERR_INTEGRITY, ERR_LOCAL.
 */
MUST_USE int export_read_back(const struct writing *w,
                              const struct signature_file *signature, struct err *err);

#endif
