/* SPDX-License-Identifier: Apache-2.0 */
/* descriptor.h - what an index or a manifest says of one thing that it points at.
 *
 * Layer:  oci.
 * Source: OCI image-spec v1.1, descriptor.md.
 */
#ifndef OCI_DESCRIPTOR_H
#define OCI_DESCRIPTOR_H

#include "base/digest.h"
#include "oci/platform.h"

#define DESCRIPTOR_URLS_MAX    16   /* further ones are ignored */
#define DESCRIPTOR_URL_LEN_MAX 8192 /* bytes; longer ones are ignored */

enum edge_kind {
    EDGE_CHILD,  /* "manifests" of an index */
    EDGE_CONFIG, /* "config" of a manifest */
    EDGE_LAYER,  /* "layers" of a manifest, "blobs" of an artifact manifest */
};

struct descriptor {
    enum edge_kind edge;
    char *media_type; /* owned by the document; "" when absent */
    struct digest digest;
    uint64_t size;            /* bytes */
    struct platform platform; /* its text is "" when it has none */
    bool is_attestation;      /* BuildKit's "vnd.docker.reference.type" is set */
    bool has_about; /* set for an attestation: about is the sibling it is about */
    struct digest about;
    bool is_foreign; /* has "urls": the registry may not have it */
    char **urls;     /* owned, unchanged */
    size_t url_count;
    char *data; /* inline content, size bytes that match the digest; owned; NULL when
                   absent */
};

#endif
