/* SPDX-License-Identifier: Apache-2.0 */
/* push_context.h - the steps of an import and what they share.
 *
 * Layer: ops.
 */
#ifndef OPS_PUSH_PUSH_CONTEXT_H
#define OPS_PUSH_PUSH_CONTEXT_H

#include "base/pool.h"
#include "images/image_source.h"
#include "ops/import/import.h"
#include "registry/pull.h"

#include <pthread.h>
#include <stdatomic.h>

/* What is known of a repository at the target; it grows while things are looked for. */
struct repository_state {
    bool is_used;  /* it has some tag, manifest or blob of ours: more may be there */
    bool is_known; /* ... a manifest: all of its blobs may be */

    unsigned in_a_row; /* tries that were given up since something worked */
    uint32_t cause;    /* nothing is tried there any more: why; 0: it is */
};

struct push_context {
    const struct import_options *options;
    struct import_result *result;
    struct image_source source;  /* what is pushed */
    const struct image_set *set; /* of the source */
    struct pool *pool;
    struct repository_state *repos; /* of each repository at the target */
    bool has_begun;                 /* something may have been sent */
    bool moves_tags;                /* some tag of the target is going to be put */
    atomic_bool is_unread;          /* the bundle could not be read */
    pthread_mutex_t lock; /* guards result->counts, states, setbacks, and repos */

    bool is_remembered; /* in part; under its own lock, since it waits for the disk */
    pthread_mutex_t memory;
};

struct session *push_context_session(const struct push_context *im, unsigned worker);
struct repository push_context_repository(const struct push_context *im, uint32_t repo);
void push_context_found(struct push_context *im,
                        uint32_t repo); /* the repository is used */
void push_context_count(struct push_context *im, size_t *counter, size_t n);
int push_context_wrap(struct err *err, const struct repository *repo);
/*
 * The target accepted the first thing that others can see, a tag, or a manifest where no
 * tag is put: from now on nothing older may come back, however this run ends.
 */
MUST_USE int push_context_accepted(struct push_context *im, struct err *err);
MUST_USE int push_context_read(struct push_context *im, uint32_t object, struct buf *out,
                               struct err *err);
/* Are these the bytes of the object?  Errors: ERR_INTEGRITY. */
MUST_USE int push_context_compare(struct push_context *im, uint32_t object,
                                  const struct pulled *back, struct err *err);

#endif
