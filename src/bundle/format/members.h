/* SPDX-License-Identifier: Apache-2.0 */
/* members.h - what a bundle consists of: the names of its members and their limits.
 *
 * Layer:  bundle.
 * Source: docs/bundle-format.md, "Members".
 */
#ifndef BUNDLE_FORMAT_MEMBERS_H
#define BUNDLE_FORMAT_MEMBERS_H

#include "base/digest.h"

#include <stdbool.h>
#include <stdint.h>

#define BUNDLE_OCI_LAYOUT            "{\"imageLayoutVersion\":\"1.0.0\"}"
#define BUNDLE_OCI_LAYOUT_MAX        4096         /* bytes */
#define BUNDLE_INDEX_MAX             (16U << 20)  /* bytes of index.json */
#define BUNDLE_SUMS_MAX              (64U << 20)  /* bytes of SHA256SUMS */
#define BUNDLE_SIGNATURES_MAX        64           /* files */
#define BUNDLE_SIGNATURE_MAX         (64U * 1024) /* bytes of one */
#define BUNDLE_SIGNATURE_AREA        (512U + 32768U) /* bytes of members 3 and 4, as written */
#define BUNDLE_SIGNATURE_AREA_MAX    /* maximum when reading: 64 of the largest files, and \
                                        the pad */                                         \
    (BUNDLE_SIGNATURES_MAX * (512U + BUNDLE_SIGNATURE_MAX) + 512U)
#define BUNDLE_TRAILING_MAX (64U * 1024) /* zeros tolerated after the end */
#define BUNDLE_STREAM_MAX   64
#define BUNDLE_TOOL_MAX     64

/* The annotations of index.json that describe the whole bundle. */
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

/* The name of a file in signatures/: 16 lowercase hex digits, then ".sigstore.json" or
 * ".p7s". */
bool bundle_signature_name_is_valid(const char *name);

/* One of the files named in SHA256SUMS after oci-layout: blobs/sha256/<hex>. */
struct bundle_member {
    struct digest digest;
    uint64_t size;
    uint64_t offset; /* of the body; the header is the 512 bytes before it */
};

/* An object that was left out: a child of an index. */
struct bundle_omitted {
    struct digest digest;
    uint64_t size;
    bool
        is_missing; /* it could not be fetched; otherwise its platform was not selected */
};

#define BUNDLE_MISSING_MAX 10000 /* names in dev.sealift.missing */

/* "blobs/sha256/<hex>" */
#define BUNDLE_BLOB_NAME_MAX (sizeof("blobs/sha256/") + 64)
void bundle_blob_name(const struct digest *d, char out[BUNDLE_BLOB_NAME_MAX]);
/* The inverse; false, with *out untouched, for any other name. */
bool bundle_blob_digest(struct digest *out, const char *name);

#endif
