/* SPDX-License-Identifier: Apache-2.0 */
/* descriptor_internal.h - read one descriptor, and other members of a document.
 *
 * Layer: oci.
 */
#ifndef OCI_DESCRIPTOR_INTERNAL_H
#define OCI_DESCRIPTOR_INTERNAL_H

#include "io/json/json.h"
#include "oci/descriptor.h"

#define DESCRIPTOR_DATA_MAX (8U << 20) /* bytes of "data" */

struct document;

/* The document being filled, and the kind of error when it is malformed. */
struct document_reading {
    struct document *doc;
    enum err_kind kind;
    struct err *err;
};

/* The result of a getter, with null as absent: the Go programs that write documents treat
 * both alike. */
int reading_optional(int rc, const struct js *obj, const char *key);

/* Set the error for a required member that is missing or has the wrong type.  Always
 * -1. */
int reading_wrong_type(const struct document_reading *r, const char *key);

/* Reject keys that differ only by case: Go accepts "Layers" for "layers", so such a
 * document has two readings. */
MUST_USE int reading_unambiguous(const struct document_reading *r, const struct js *obj,
                                 const char *const *known);

/* A media type, "" when it is absent. */
MUST_USE int reading_type(const struct document_reading *r, const struct js *obj,
                          const char *key, const char **out);

/* Read type, digest and size only, as for "subject". */
MUST_USE int descriptor_read_digest(const struct document_reading *r,
                                    const struct js *obj, struct digest *out);

/* *d is zeroed except for edge; on failure it owns nothing. */
MUST_USE int descriptor_read(const struct document_reading *r, const struct js *obj,
                             struct descriptor *d);
void descriptor_release(struct descriptor *d);

#endif
