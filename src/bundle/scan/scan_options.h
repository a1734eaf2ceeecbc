/* SPDX-License-Identifier: Apache-2.0 */
/* scan_options.h - what a scan may do, and what it reports.
 *
 * Layer: bundle.
 */
#ifndef BUNDLE_SCAN_SCAN_OPTIONS_H
#define BUNDLE_SCAN_SCAN_OPTIONS_H

#include "base/cancel.h"
#include "base/digest.h"
#include "base/err.h"

#include <stdbool.h>
#include <stdint.h>

/* A damaged range. */
struct damage {
    uint64_t offset, size; /* the bytes it is about */
    bool has_digest;       /* the range belongs to this object: */
    struct digest digest;
    struct err err; /* ERR_INTEGRITY: wrong bytes; ERR_LOCAL: they cannot be read */
};

struct scan_options {
    void (*note)(void *ctx,
                 const struct damage
                     *damage); /* receives all damage except in the bodies of blobs */
    void *ctx;
    struct cancel *cancel;
};

/* Limit for reading a file that is not authenticated. */
struct scan_bound {
    uint64_t left;   /* bytes */
    bool is_reached; /* it ended there: */
    uint64_t from;   /* nothing from this byte on was read */
};

#endif
