/* SPDX-License-Identifier: Apache-2.0 */
/* mirror_fallback.h - asking one place after the other, along the route of a repository.
 *
 * Layer: registry.
 */
#ifndef REGISTRY_MIRROR_FALLBACK_H
#define REGISTRY_MIRROR_FALLBACK_H

#include "registry/connection/client_internal.h"

/* What is asked of each place until one has it. */
struct route_question {
    int (*ask)(struct session *s, const struct repository *at, void *ctx,
               struct err *err);
    void *ctx;
    bool is_worth_a_line; /* in the log: where the answer came from */
    bool at_home;         /* no mirror is asked: it may not have all of a list */
};

/*
 * Ask the mirrors of a repository, then the place it is at.  Without routes in the
 * client's config that is the repository itself.  A mirror that lacks something is passed
 * over; one that cannot be reached is not asked again in this run.
 * Errors: those of the question, of the last place asked; those of mirrors_find().
 */
MUST_USE int mirror_fallback(struct session *s, const struct repository *repo,
                             const struct route_question *q, struct err *err);

#endif
