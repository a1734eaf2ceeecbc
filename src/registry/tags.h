/* SPDX-License-Identifier: Apache-2.0 */
/* tags.h - list the tags of a repository.
 *
 * Layer: registry.
 * Source: OCI distribution-spec v1.1, "Listing Tags".
 */
#ifndef REGISTRY_TAGS_H
#define REGISTRY_TAGS_H

#include "images/image_source.h"
#include "registry/connection/client.h"

/*
 * List all tags.  Invalid ones are ignored, with a warning.  take() must not parse JSON.
 * Errors: as pull.h; ERR_LIMIT - too many pages; those of take().
 */
MUST_USE int tags_list(struct session *s, const struct repository *repo,
                       const struct name_sink *sink, struct err *err);

#endif
