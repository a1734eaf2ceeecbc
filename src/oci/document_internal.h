/* SPDX-License-Identifier: Apache-2.0 */
/* document_internal.h - what document.c (the whole) and descriptor.c (one thing it points
 * at) share.
 *
 * Layer: oci.
 */
#ifndef OCI_DOCUMENT_INTERNAL_H
#define OCI_DOCUMENT_INTERNAL_H

#include "oci/document.h"

/* What is being filled, and whose fault it is when it is wrong. */
struct document_reading {
    struct document *doc;
    enum err_kind kind;
    struct err *err;
};

#endif
