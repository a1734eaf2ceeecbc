/* SPDX-License-Identifier: Apache-2.0 */
/* document.h - what an index or a manifest refers to.
 *
 * Only read, never written: documents are carried as the exact bytes received.
 *
 * Layer: oci.
 * Source: OCI image-spec v1.1, image-index.md, manifest.md, descriptor.md.
 */
#ifndef OCI_DOCUMENT_H
#define OCI_DOCUMENT_H

#include "oci/descriptor.h"
#include "oci/media_type.h"

#define DOCUMENT_BYTES_MAX       (8U << 20) /* of one index or manifest */
#define DOCUMENT_WARN_BYTES      (4U << 20) /* many registries reject larger ones */
#define DOCUMENT_SMALL_MAX       (1U << 20) /* above, one is fetched at a time */
#define DOCUMENT_DESCRIPTORS_MAX 10000

struct document {
    enum media_kind kind; /* MEDIA_INDEX or MEDIA_MANIFEST */
    char media_type[MEDIA_TYPE_MAX +
                    1]; /* its own, else a known declared type, else OCI's */
    bool names_itself;  /* media_type comes from the document */
    char artifact_type[MEDIA_TYPE_MAX + 1]; /* "" when it has none */
    bool has_subject;
    struct digest subject;
    struct descriptor *edges; /* in document order */
    size_t count;
};

#define DOCUMENT_INIT                                                                    \
    {                                                                                    \
        .edges = NULL                                                                    \
    }

/*
 * Parse an index or a manifest.
 *
 * Shape:  schemaVersion 2 (the artifact manifest has none); either "manifests" or
 *         "config" with "layers" (or the artifact manifest's "blobs"), never both; no
 *         key twice, also not by case; sizes are integers; null for what may be absent.
 *         The body, its mediaType and the declared type must agree in kind
 *         (CVE-2021-41190); an unknown type agrees with anything.
 *         declared is the type of the descriptor or response, NULL when unknown.
 * Errors: kind, with reason "json", "format" or "digest"; ERR_PROTOCOL for schema 1 and
 *         for a sha512 descriptor, which format 1 of the bundle does not support; a bound
 *         exceeded is document_limit_kind(kind).
 */
MUST_USE int document_parse(struct document *out, const void *bytes, size_t len,
                            const char *declared, enum err_kind kind, struct err *err);
void document_release(struct document *doc);

/*
 * Whether a child of an index is a document or a blob (BuildKit's cache index lists
 * layers): 1 document, 0 blob, -1: the type is unknown, and its own mediaType decides. A
 * body of unknown type above DOCUMENT_BYTES_MAX is a blob.
 */
int document_by_type(const char *media_type, uint64_t size);

/* The kind of error for an exceeded bound, where broken documents are errors of kind. */
enum err_kind document_limit_kind(enum err_kind kind);

/* Get the mediaType of a JSON object with schemaVersion 2; false for anything else. */
bool document_own_type(char out[MEDIA_TYPE_MAX + 1], const void *bytes, size_t len);

#endif
