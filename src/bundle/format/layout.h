/* SPDX-License-Identifier: Apache-2.0 */
/* layout.h - name, offset and size of every member, before the first blob is fetched.
 *
 * Layer:  bundle.
 * Source: docs/bundle-format.md, "Members", "index.json".
 */
#ifndef BUNDLE_FORMAT_LAYOUT_H
#define BUNDLE_FORMAT_LAYOUT_H

#include "base/buf.h"
#include "bundle/format/members.h"
#include "images/image_set.h"

#include <stdint.h>

/* What a bundle is made of; all borrowed. */
struct layout_input {
    const struct bundle_meta *meta;    /* consistent with omitted and missing */
    uint64_t mtime;                    /* of all members */
    const struct image_set *set;       /* its graph is not used */
    const struct bundle_member *blobs; /* in member order; offsets are ignored */
    size_t blob_count;
    const struct bundle_omitted *omitted; /* in the order of graph_omitted() */
    size_t omitted_count;
};

struct layout {
    struct buf index;       /* the complete index.json, which is signed */
    struct buf sums;        /* SHA256SUMS */
    uint64_t mtime;         /* of all members */
    uint64_t signatures_at; /* offset of the signature area */
    uint64_t sums_at;       /* offset of the header of SHA256SUMS */
    struct bundle_member *members;
    size_t member_count;
    uint64_t total; /* bytes of the file, including the two zero blocks */
};

#define LAYOUT_INIT                                                                      \
    {                                                                                    \
        .index = BUF_INIT(BUNDLE_INDEX_MAX), .sums = BUF_INIT(BUNDLE_SUMS_MAX)           \
    }

/*
 * Compute the layout.  The previous content of *out is released.
 * Errors: ERR_PROTOCOL - a sha512 digest; ERR_LIMIT - too many names, index.json or
 *         SHA256SUMS too large, mtime beyond TAR_MTIME_MAX, or a total of 2^62 or more.
 */
MUST_USE int layout_plan(struct layout *out, const struct layout_input *in,
                         struct err *err);

/* As layout_plan(), with the blobs and omitted objects from the graph of a set. */
MUST_USE int layout_plan_set(struct layout *out, const struct image_set *set,
                             const struct bundle_meta *meta, uint64_t mtime,
                             struct err *err);
void layout_release(struct layout *l);

#endif
