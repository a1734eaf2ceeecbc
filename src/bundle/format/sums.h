/* SPDX-License-Identifier: Apache-2.0 */
/* sums.h - SHA256SUMS: one line per file, in member order; then a comment line for each
 * omitted object.
 *
 * Layer: bundle.
 * Source: docs/bundle-format.md, "Members" 5 and "Complete".
 */
#ifndef BUNDLE_FORMAT_SUMS_H
#define BUNDLE_FORMAT_SUMS_H

#include "base/buf.h"
#include "bundle/format/members.h"

/*
 * Append the lines of oci-layout, of the members, and of the omitted objects.
 * Errors: ERR_LIMIT - out's maximum would be exceeded; out then contains part of it.
 */
MUST_USE int sums_write(struct buf *out, const struct bundle_member *members,
                        size_t count, const struct bundle_omitted *omitted,
                        size_t omitted_count, struct err *err);

struct sums {
    struct digest *files; /* of oci-layout, then of the blobs, in order */
    size_t file_count;
    struct bundle_omitted *omitted;
    size_t omitted_count;
};

#define SUMS_INIT                                                                        \
    {                                                                                    \
        .files = NULL                                                                    \
    }

/*
 * Parse into *out, which must be empty.
 * Shape:  "<64 hex>  oci-layout\n", then "<hex>  blobs/sha256/<the same hex>\n" each
 *         once, then "#omitted sha256:<hex> <size>\n".
 * Errors: ERR_INTEGRITY "sums" - another format, a path that does not match its digest, a
 *         duplicate digest; ERR_PROTOCOL - "#absent" lines: requires a newer sealift.
 */
MUST_USE int sums_read(struct sums *out, const char *text, size_t len, struct err *err);
void sums_release(struct sums *s);

#endif
