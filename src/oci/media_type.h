/* SPDX-License-Identifier: Apache-2.0 */
/* media_type.h - the media types that decide how an object is carried.
 *
 * Layer: oci.
 * Source: OCI image-spec v1.1, media-types.md; Docker image manifest v2 schema 2.
 */
#ifndef OCI_MEDIA_TYPE_H
#define OCI_MEDIA_TYPE_H

#include <stdbool.h>

#define MEDIA_TYPE_MAX     255 /* bytes, RFC 6838 section 4.2: 127 + "/" + 127 */
#define MEDIA_OCI_INDEX    "application/vnd.oci.image.index.v1+json"
#define MEDIA_OCI_MANIFEST "application/vnd.oci.image.manifest.v1+json"
#define MEDIA_OCI_ARTIFACT "application/vnd.oci.artifact.manifest.v1+json"

enum media_kind {
    MEDIA_UNKNOWN,  /* unknown: the body decides */
    MEDIA_INDEX,    /* OCI index, Docker manifest list */
    MEDIA_MANIFEST, /* OCI manifest, Docker schema 2, the withdrawn artifact manifest */
    MEDIA_SCHEMA1,  /* rejected: its digest is not that of its bytes */
    MEDIA_BLOB,     /* a config or layer type: never a document */
};

/* The kind of a bare type, without parameters. */
enum media_kind media_kind(const char *type);

/* Every index and manifest type, for the Accept header. */
extern const char media_accept[];

/* Shape: type "/" subtype of RFC 6838 restricted names, so it is safe in a header. */
bool media_type_is_valid(const char *type);

/*
 * The bare lower-case type of a Content-Type value, parameters dropped.
 * Returns: false when it is missing, malformed, or generic (application/json, text/plain,
 * application/octet-stream), which carry no information.
 */
bool media_type_of_header(const char *value, char out[MEDIA_TYPE_MAX + 1]);

#endif
