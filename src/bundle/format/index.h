/* SPDX-License-Identifier: Apache-2.0 */
/* index.h - index.json: written in one fixed form, parsed strictly.
 *
 * Layer: bundle.
 * Source: docs/bundle-format.md, "index.json".
 */
#ifndef BUNDLE_FORMAT_INDEX_H
#define BUNDLE_FORMAT_INDEX_H

#include "bundle/format/members.h"
#include "images/image_set.h"

/* What index.json pins besides the entries. */
struct index_pins {
    struct digest sums;
    uint64_t members; /* number of files in SHA256SUMS, including oci-layout */
    uint64_t bytes;   /* offset after the second zero block */
};

struct index_content {
    struct bundle_meta meta;
    struct index_pins pins;
    struct image_set set; /* has no graph */
};

#define INDEX_CONTENT_INIT                                                               \
    {                                                                                    \
        .set = IMAGE_SET_INIT                                                            \
    }

/*
 * Parse the output of index_write(), with keys in any order, but no other keys.  Every
 * name must be a canonical reference; a digest in it must be that of the entry.
 * Returns: 0 and fills *out, which must be empty; or -1, *out is then untouched.
 * Errors:  ERR_INTEGRITY "json" or "format": no dev.sealift.format (signed, but not a
 *          bundle), no entries, a duplicate name, ...; ERR_PROTOCOL: a newer format, an
 *          unknown reason in dev.sealift.omits, dev.sealift.base.
 */
MUST_USE int index_read(struct index_content *out, const void *bytes, size_t len,
                        struct err *err);
void index_content_release(struct index_content *c);

#endif
