/* SPDX-License-Identifier: Apache-2.0 */
/* mirror_fallback.h - try one server after the other, along the route of a repository.
 *
 * Layer: registry.
 */
#ifndef REGISTRY_MIRROR_FALLBACK_H
#define REGISTRY_MIRROR_FALLBACK_H

#include "registry/connection/client_internal.h"

/* The operation to perform at each place until one succeeds. */
struct route_question {
    int (*ask)(struct session *s, const struct repository *at, void *ctx,
               struct err *err);
    void *ctx;
    bool is_worth_a_line; /* log where the answer came from */
    bool at_home;         /* skip mirrors, which may not have the whole of a list */
};

/* Whether a repository has mirrors. */
bool mirror_exists(const struct session *s, const struct repository *repo);

/*
 * Try the mirrors of a repository, then its own place, which is the repository itself
 * without routes in the client's config.  A mirror that lacks the object is skipped; one
 * that is unreachable is not used again in this run.
 * Errors: those of the operation, at the last place; those of mirrors_find().
 */
MUST_USE int mirror_fallback(struct session *s, const struct repository *repo,
                             const struct route_question *q, struct err *err);

#endif
