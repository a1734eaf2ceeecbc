/* SPDX-License-Identifier: Apache-2.0 */
/* referrers.h - the manifests that refer to another one.
 *
 * Registries list them by an API; where there is none, clients keep an index under a tag
 * derived from the digest: the fallback tag.
 *
 * Layer: registry.
 * Source: OCI distribution-spec v1.1, "Listing Referrers", "Referrers Tag Schema".
 */
#ifndef REGISTRY_REFERRERS_H
#define REGISTRY_REFERRERS_H

#include "oci/index_edit.h"
#include "oci/referrer_list.h"
#include "registry/connection/client.h"

/*
 * Use the API only.  A refusal means that there is none; 401 and 403 only if the same
 * authorization is sufficient for the manifest itself.
 * Returns: 1 and the list in *out, which was empty; 0: there is no such API; -1.
 * Errors:  as pull.h; ERR_PROTOCOL - the answer is not an index; ERR_LIMIT.
 */
int referrers_ask(struct session *s, const struct repository *repo,
                  const struct digest *digest, struct referrers *out, struct err *err);

/*
 * Use the API, or the fallback tag where there is none, and add the tags of cosign.  A
 * refused API is one warning for each host.  The list is not trustworthy: check the
 * subject of each entry.
 */
MUST_USE int referrers_list(struct session *s, const struct repository *repo,
                            const struct digest *digest, struct referrers *out,
                            struct err *err);

/*
 * The list under the fallback tag; empty when absent.
 * Errors: those of pull.h; ERR_CONFLICT - the tag is not an index.
 */
MUST_USE int referrers_under_tag(struct session *s, const struct repository *repo,
                                 const struct digest *digest, struct referrers *out,
                                 struct err *err);

enum merge_outcome {
    MERGE_PRESENT,
    MERGE_DONE,
    MERGE_REFUSED, /* the registry does not support such lists; a warning was shown */
};

/*
 * Without the API: make sure that the index under the fallback tag lists these manifests,
 * despite concurrent changes.  dry_run: only determine whether it would be changed
 * (MERGE_DONE).
 *
 * Some registries treat the tag as the digest, and return the manifest itself.  This is
 * not a list: it is replaced once, and if that has no effect, the result is
 * MERGE_REFUSED.
 * Errors: those of pull.h and push.h; ERR_CONFLICT - the tag is not an index, or changes
 *         too often.
 */
MUST_USE int referrers_merge(struct session *s, const struct repository *repo,
                             const struct digest *digest, const struct attachment *items,
                             size_t count, bool dry_run, enum merge_outcome *outcome,
                             struct err *err);

#endif
