/* SPDX-License-Identifier: Apache-2.0 */
/* layout.h - name, offset and size of every member, before the first blob is fetched.
 *
 * Layer:  bundle.
 * Source: docs/bundle-format.md, "Members", "index.json".
 */
#ifndef BUNDLE_FORMAT_LAYOUT_H
#define BUNDLE_FORMAT_LAYOUT_H

#include "base/buf.h"
#include "images/image_set.h"

#include <stdbool.h>
#include <stdint.h>

#define BUNDLE_OCI_LAYOUT         "{\"imageLayoutVersion\":\"1.0.0\"}"
#define BUNDLE_OCI_LAYOUT_MAX     4096            /* bytes */
#define BUNDLE_INDEX_MAX          (16U << 20)     /* bytes of index.json */
#define BUNDLE_SUMS_MAX           (64U << 20)     /* bytes of SHA256SUMS */
#define BUNDLE_SIGNATURES_MAX     64              /* files */
#define BUNDLE_SIGNATURE_MAX      (64U * 1024)    /* bytes of one */
#define BUNDLE_SIGNATURE_AREA     (512U + 32768U) /* bytes of members 3 and 4, as written */
#define BUNDLE_SIGNATURE_AREA_MAX /* as read: room for 64 of the largest, and the pad */ \
    (BUNDLE_SIGNATURES_MAX * (512U + BUNDLE_SIGNATURE_MAX) + 512U)
#define BUNDLE_TRAILING_MAX (64U * 1024) /* zeros tolerated after the end */
#define BUNDLE_STREAM_MAX   64
#define BUNDLE_TOOL_MAX     64

/* What the top-level annotations of index.json say about the whole. */
struct bundle_meta {
    char stream[BUNDLE_STREAM_MAX + 1]; /* [a-z0-9._-]{1,64} */
    uint64_t serial;                    /* < 2^63 */
    uint64_t created;                   /* epoch seconds */
    bool has_expires;
    uint64_t expires;               /* epoch seconds */
    char tool[BUNDLE_TOOL_MAX + 1]; /* "sealift/x.y.z" */
    bool omits_platforms;           /* children of indexes were left out, by platform */
    bool is_incomplete; /* something could not be fetched: see struct missing_list */
};

bool bundle_stream_is_valid(const char *stream);

/* Of a file in signatures/: 16 lowercase hex digits, then ".sigstore.json" or ".p7s". */
bool bundle_signature_name_is_valid(const char *name);

/* One of the files named in SHA256SUMS after oci-layout: blobs/sha256/<hex>. */
struct bundle_member {
    struct digest digest;
    uint64_t size;
    uint64_t offset; /* of the body; its header is the 512 bytes before */
};

/* An object that was left out: a child of an index. */
struct bundle_omitted {
    struct digest digest;
    uint64_t size;
    bool is_missing; /* it could not be had; else its platform was not wanted */
};

#define BUNDLE_MISSING_MAX 10000 /* names in dev.sealift.missing */

/* What a bundle is made from; all borrowed. */
struct layout_input {
    const struct bundle_meta *meta;    /* agrees with omitted and missing */
    uint64_t mtime;                    /* of all members */
    const struct image_set *set;       /* its graph is not looked at */
    const struct bundle_member *blobs; /* in member order; offsets are not looked at */
    size_t blob_count;
    const struct bundle_omitted *omitted; /* in the order of graph_omitted() */
    size_t omitted_count;
};

struct layout {
    struct buf index;       /* index.json, complete: what gets signed */
    struct buf sums;        /* SHA256SUMS */
    uint64_t mtime;         /* of all members */
    uint64_t signatures_at; /* offset of the signature area */
    uint64_t sums_at;       /* offset of the header of SHA256SUMS */
    struct bundle_member *members;
    size_t member_count;
    uint64_t total; /* bytes of the file, the two zero blocks included */
};

#define LAYOUT_INIT                                                                      \
    {                                                                                    \
        .index = BUF_INIT(BUNDLE_INDEX_MAX), .sums = BUF_INIT(BUNDLE_SUMS_MAX)           \
    }

/*
 * Fix everything.  What *out held before is released.
 * Errors: ERR_PROTOCOL - a sha512 digest; ERR_LIMIT - too many names, index.json or
 *         SHA256SUMS too large, mtime beyond TAR_MTIME_MAX, or a total of 2^62 or more.
 */
MUST_USE int layout_plan(struct layout *out, const struct layout_input *in,
                         struct err *err);

/* The same for the blobs of a set and for what it leaves out, as its graph has them. */
MUST_USE int layout_plan_set(struct layout *out, const struct image_set *set,
                             const struct bundle_meta *meta, uint64_t mtime,
                             struct err *err);
void layout_release(struct layout *l);

/* "blobs/sha256/<hex>" */
#define BUNDLE_BLOB_NAME_MAX (sizeof("blobs/sha256/") + 64)
void bundle_blob_name(const struct digest *d, char out[BUNDLE_BLOB_NAME_MAX]);
/* And back; false: it is no such name, *out is untouched. */
bool bundle_blob_digest(struct digest *out, const char *name);

#endif
