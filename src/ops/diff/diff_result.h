/* SPDX-License-Identifier: Apache-2.0 */
/* diff_result.h - what differs between two sides.
 *
 * Layer: ops.
 */
#ifndef OPS_DIFF_DIFF_RESULT_H
#define OPS_DIFF_DIFF_RESULT_H

#include "ops/diff/diff_side.h"

/* A name that is not the same on both sides. */
struct diff_row {
    const char *names[2];        /* borrowed from the sides; NULL: it is not there */
    const struct reference *ref; /* in A; or NULL; borrowed */
    bool has_digest[2];          /* known, and different where both are */
    struct digest digests[2];
};

struct diff_result {
    struct diff_side sides[2];
    struct diff_row *rows; /* in the order of names */
    size_t count, cap;
    size_t same;    /* names that are equal on both sides */
    size_t only[2]; /* rows that one side only has */
    bool has_bytes; /* false: a side has no objects, only digests */
    uint64_t bytes; /* that would travel to give B what differs in A */
};

#define DIFF_RESULT_INIT                                                                 \
    {                                                                                    \
        .sides = { DIFF_SIDE_INIT, DIFF_SIDE_INIT }                                      \
    }
void diff_result_release(struct diff_result *r);

#endif
