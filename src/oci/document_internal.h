/* SPDX-License-Identifier: Apache-2.0 */
/* document_internal.h - shared by document.c (the document) and descriptor.c (one
 * descriptor).
 *
 * Layer: oci.
 */
#ifndef OCI_DOCUMENT_INTERNAL_H
#define OCI_DOCUMENT_INTERNAL_H

#include "oci/document.h"

/* The document being filled, and the kind of error when it is malformed. */
struct document_reading {
    struct document *doc;
    enum err_kind kind;
    struct err *err;
};

#endif
