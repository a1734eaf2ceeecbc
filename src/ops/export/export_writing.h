/* SPDX-License-Identifier: Apache-2.0 */
/* export_writing.h - a bundle being written.
 *
 * Layer: ops, private.
 */
#ifndef OPS_EXPORT_EXPORT_WRITING_H
#define OPS_EXPORT_EXPORT_WRITING_H

#include "bundle/format/writer.h"
#include "io/file/output_set.h"
#include "ops/export/export_options.h"
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
