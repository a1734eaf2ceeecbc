/* resolve.h - from each name to its top-level document; a tag is asked for once.
 *
 * Layer: ops.
 */
#ifndef OPS_RESOLVE_H
#define OPS_RESOLVE_H

#include "base/pool.h"
#include "oci/reference_list.h"
#include "registry/pull.h"

/* What a name stands for. */
struct resolved {
    struct pulled top; /* bytes may be with another name of the same digest only */
    uint64_t size;     /* of those bytes */
};

/*
 * Resolve all names: tags first, then the digests that no tag led to, each once.
 * out: one for each name, zeroed by RESOLVED_INIT; released by the caller in any case,
 * after the pool.
 * Errors: those of pull.h, wrapped with the name.
 */
MUST_USE int resolve_names(struct resolved *out, const struct reference_list *names,
                           struct client *client, struct pool *pool,
                           const struct events *events, struct err *err);

#define RESOLVED_INIT                                                                    \
    {                                                                                    \
        .top = PULLED_INIT                                                               \
    }

/* The repository a reference points into; strings borrowed. */
struct repository resolve_repository(const struct reference *ref);

/* err_wrap() with the canonical name. */
int resolve_wrap(struct err *err, const struct reference *ref);

#endif
