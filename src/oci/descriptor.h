/* SPDX-License-Identifier: Apache-2.0 */
/* descriptor.h - read one descriptor.
 *
 * Layer: oci.
 */
#ifndef OCI_DESCRIPTOR_H
#define OCI_DESCRIPTOR_H

#include "oci/document_internal.h"

/* What a getter returned, but null counts as absent: the Go programs that write documents
 * mean the same by both. */
int reading_optional(int rc, const struct js *obj, const char *key);

/* The error for a member that has to be there, or be of another type.  Always -1. */
int reading_wrong_type(const struct document_reading *r, const char *key);

/* Go takes "Layers" for "layers": such a document says two things. */
MUST_USE int reading_unambiguous(const struct document_reading *r, const struct js *obj,
                                 const char *const *known);

/* A media type, "" when it is absent. */
MUST_USE int reading_type(const struct document_reading *r, const struct js *obj,
                          const char *key, const char **out);

/* Only type, digest and size of it count: "subject". */
MUST_USE int descriptor_read_digest(const struct document_reading *r,
                                    const struct js *obj, struct digest *out);

/* *d is zeroed but for edge; on failure it holds nothing. */
MUST_USE int descriptor_read(const struct document_reading *r, const struct js *obj,
                             struct descriptor *d);
void descriptor_release(struct descriptor *d);

#endif
