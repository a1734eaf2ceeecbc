/* SPDX-License-Identifier: Apache-2.0 */
/* attached_tags.h - tags derived from the digest of an image: lists of referrers where a
 * registry has no API for them, and artifacts of cosign.
 *
 * One list of tags per repository answers for all its images.  Where it is refused or
 * long, each tag is requested.
 *
 * Layer: registry.
 */
#ifndef REGISTRY_ATTACHED_TAGS_H
#define REGISTRY_ATTACHED_TAGS_H

#include "oci/referrer_list.h"
#include "registry/connection/client.h"

#define ATTACHED_PAGES_MAX 3 /* pages of a list of tags that are read */

/* Which of the tags exist. */
struct attached_found {
    bool has_list; /* the fallback tag */
    bool has_cosign[COSIGN_SUFFIXES];
};

/*
 * wants_list: whether the fallback tag matters.
 * Errors: those of tags_list() and pull.h, but not refusals.
 */
MUST_USE int attached_tags_find(struct session *s, const struct repository *repo,
                                const struct digest *subject, bool wants_list,
                                struct attached_found *out, struct err *err);

#endif
