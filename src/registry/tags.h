/* SPDX-License-Identifier: Apache-2.0 */
/* tags.h - which tags does a repository have?
 *
 * Layer:  registry.
 * Source: OCI distribution-spec v1.1, "Listing Tags".
 */
#ifndef REGISTRY_TAGS_H
#define REGISTRY_TAGS_H

#include "images/image_source.h"
#include "oci/reference.h"
#include "registry/connection/client.h"

/* What a page of the list had. */
struct tag_page {
    size_t count;                     /* entries */
    size_t odd;                       /* of these, no tags by their form: left out */
    char last[REFERENCE_TAG_MAX + 1]; /* the last tag, "" when there is none */
};

/*
 * Read the body of one answer.  "tags" may be null, or not there, when there are none.
 * Errors: ERR_PROTOCOL; what take() reported.
 */
MUST_USE int tags_read_page(struct tag_page *out, const void *body, size_t len,
                            const struct tag_sink *sink, struct err *err);

/*
 * All of them.  What is no tag by its form is left out, with a warning.  take() must not
 * read JSON.
 * Errors: as pull.h; ERR_LIMIT - too many pages; what take() reported.
 */
MUST_USE int tags_list(struct session *s, const struct repository *repo,
                       const struct tag_sink *sink, struct err *err);

#endif
