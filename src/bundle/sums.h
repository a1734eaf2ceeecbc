/* sums.h - SHA256SUMS: one line a file, in the order of the members.
 *
 * Layer:  bundle.
 * Source: docs/bundle-format.md, "Members" 5 and "Complete".
 */
#ifndef BUNDLE_SUMS_H
#define BUNDLE_SUMS_H

#include "bundle/layout.h"

/*
 * Append the line of oci-layout and one a member.
 * Errors: ERR_LIMIT - longer than out may grow; out then holds a part of it.
 */
MUST_USE int sums_write(struct buf *out, const struct bundle_member *members,
                        size_t count, struct err *err);

/*
 * Read it: the digest of oci-layout first, then those of the blobs, in order; *count of
 * them, the caller frees.
 * Shape:  "<64 hex>  oci-layout\n", then "<hex>  blobs/sha256/<the same hex>\n" each
 * once. Errors: ERR_INTEGRITY "sums" - another shape, a path that does not match its
 * digest, a blob twice; ERR_PROTOCOL - "#absent" or "#omitted" lines: needs a newer
 * sealift.
 */
MUST_USE int sums_read(const char *text, size_t len, struct digest **digests,
                       size_t *count, struct err *err);

#endif
