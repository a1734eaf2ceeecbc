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
 * Ask the API only.  A refusal means that there is none, 401 and 403 where the same
 * authorization is good enough for the manifest itself.
 * Returns: 1 and what it lists in *out, which was empty; 0: there is no such API; -1.
 * Errors:  as pull.h; ERR_PROTOCOL - what it lists is no index; ERR_LIMIT.
 */
int referrers_ask(struct session *s, const struct repository *repo,
                  const struct digest *digest, struct referrers *out, struct err *err);

/*
 * By the API, or by the fallback tag where there is none, with one warning for each host;
 * nothing where neither is there.
 * What is listed need not be true: look at the subject of each.
 */
MUST_USE int referrers_list(struct session *s, const struct repository *repo,
                            const struct digest *digest, struct referrers *out,
                            struct err *err);

/*
 * What the fallback tag lists; nothing where it is absent.
 * Errors: those of pull.h; ERR_CONFLICT - the tag holds something else than an index.
 */
MUST_USE int referrers_under_tag(struct session *s, const struct repository *repo,
                                 const struct digest *digest, struct referrers *out,
                                 struct err *err);

enum merge_outcome {
    MERGE_PRESENT,
    MERGE_DONE,
    MERGE_REFUSED, /* the registry has no room for such a list; a warning said so */
};

/*
 * Where there is no API: make sure that the index under the fallback tag lists these
 * manifests, whoever else changes it at the same time.  dry_run: only see whether it
 * would be changed (MERGE_DONE).
 *
 * Some registries take the tag for the digest, and return the manifest itself.  That is
 * no list: one is put in its place once, and when that has no effect, it is
 * MERGE_REFUSED. Errors: those of pull.h and push.h; ERR_CONFLICT - the tag holds
 * something else than an index, or changes all the time.
 */
MUST_USE int referrers_merge(struct session *s, const struct repository *repo,
                             const struct digest *digest, const struct attachment *items,
                             size_t count, bool dry_run, enum merge_outcome *outcome,
                             struct err *err);

#endif
