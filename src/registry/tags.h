/* SPDX-License-Identifier: Apache-2.0 */
/* tags.h - list the tags of a repository.
 *
 * Layer: registry.
 * Source: OCI distribution-spec v1.1, "Listing Tags".
 */
#ifndef REGISTRY_TAGS_H
#define REGISTRY_TAGS_H

#include "images/image_source.h"
#include "oci/reference.h"
#include "registry/connection/client.h"

/* Summary of one page. */
struct tag_page {
    size_t count;                     /* entries */
    size_t odd;                       /* invalid tags among them, which are ignored */
    char last[REFERENCE_TAG_MAX + 1]; /* the last tag, "" for an empty page */
};

/*
 * Parse the body of one answer.  "tags" may be null or absent when there are none.
 * Errors: ERR_PROTOCOL; those of take().
 */
MUST_USE int tags_read_page(struct tag_page *out, const void *body, size_t len,
                            const struct tag_sink *sink, struct err *err);

/*
 * List all tags.  Invalid ones are ignored, with a warning.  take() must not parse JSON.
 * Errors: as pull.h; ERR_LIMIT - too many pages; those of take().
 */
MUST_USE int tags_list(struct session *s, const struct repository *repo,
                       const struct tag_sink *sink, struct err *err);

#endif
