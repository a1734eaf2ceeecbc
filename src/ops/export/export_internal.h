/* SPDX-License-Identifier: Apache-2.0 */
/* export_internal.h - shared by the parts of an export.
 *
 * - export.c: the plan, starting or resuming the file, publishing
 * - export_blobs.c: every blob to its place
 * - export_verify_after.c: --verify-after
 *
 * Layer: ops, private.
 */
#ifndef OPS_EXPORT_EXPORT_INTERNAL_H
#define OPS_EXPORT_EXPORT_INTERNAL_H

#include "bundle/format/writer.h"
#include "io/file/output_set.h"
#include "ops/export/export.h"
#include "ops/export/reuse.h"

#include <stdatomic.h>

/* A bundle being written. */
struct writing {
    const struct export_options *options;
    struct export_result *result;
    struct volumes file;
    bool in_order;     /* it is written sequentially */
    const char *phase; /* shown as progress */
    struct reuse salvage;
    size_t volumes;                       /* as in struct export_result */
    atomic_uint_fast64_t fetched, reused; /* bytes of blobs, as in struct export_result */
};

#endif
