/* SPDX-License-Identifier: Apache-2.0 */
/* push_context.h - what the steps of a push share.
 *
 * Layer: ops.
 */
#ifndef OPS_PUSH_PUSH_CONTEXT_H
#define OPS_PUSH_PUSH_CONTEXT_H

#include "base/pool.h"
#include "base/run.h"
#include "images/image_set.h"
#include "images/image_source.h"
#include "ops/push/push_result.h"
#include "registry/connection/client.h"
#include "registry/pull.h"

#include <pthread.h>
#include <stdatomic.h>

enum on_existing { EXISTING_ERROR, EXISTING_SKIP, EXISTING_OVERWRITE };

struct push_options {
    struct mapping mapping;
    enum on_existing on_existing; /* when a tag has another digest */
    bool dry_run;                 /* stop once it is known what would be sent */
    bool read_back_blobs; /* fetch all blobs again before tags move, and compare */
    bool keep_going;      /* a failure at the target does not stop the other images */
    struct client *client;
    struct run *run;
    /* Another repository of the target that has a blob, or NULL.  Or NULL. */
    const char *(*mount_source)(void *ctx, const struct digest *digest);
    void *mount_ctx;
    /* The target accepted the first visible change, a tag, or a manifest where no tag is
     * pushed.  Called once, unless it fails; that ends the push.  Or NULL. */
    int (*accepted)(void *ctx, struct err *err);
    void *accepted_ctx;
};

/* What is known of a repository at the target; grows during the checks. */
struct repository_state {
    bool
        is_used; /* it has some tag, manifest or blob of ours, so others may be present */
    bool is_known; /* ... a manifest, so all of its blobs may be present */

    unsigned in_a_row; /* consecutive operations that were given up */
    uint32_t cause;    /* the cause why the repository is no longer used; 0: it is used */
};

struct push_context {
    const struct push_options *options;
    struct push_result *result;
    const struct image_set *set;       /* what is pushed */
    const struct image_source *source; /* its bytes */
    struct pool *pool;
    struct repository_state *repos; /* per repository at the target */
    bool has_begun;                 /* something may have been sent */
    bool moves_tags;                /* some tag of the target will be moved */
    bool is_trying;                 /* only what goes first is sent now */
    atomic_bool is_unread;          /* the source could not be read */
    pthread_mutex_t lock; /* guards result->counts, states, failures, and repos */

    bool was_accepted; /* options->accepted was called, under a lock of its own, since
                          it may wait for the disk */
    pthread_mutex_t acceptance;
};

struct session *push_context_session(const struct push_context *push, unsigned worker);
struct repository push_context_repository(const struct push_context *push, uint32_t repo);
/* The repository is used. */
void push_context_found(struct push_context *push, uint32_t repo);
void push_context_count(struct push_context *push, size_t *counter, size_t n);
int push_context_wrap(struct err *err, const struct repository *repo);
/*
 * The target rejects this one image; others may be accepted.  name: its name there; NULL
 * when unknown.
 */
void push_context_refused(const struct push_context *push,
                          const struct push_plan_name *name, struct err *err);
/* Something that others can see was accepted. */
MUST_USE int push_context_accepted(struct push_context *push, struct err *err);
/* An object of the set, in the form the source requires. */
struct image_object push_context_object(const struct push_context *push, uint32_t object);
MUST_USE int push_context_read(struct push_context *push, uint32_t object,
                               struct buf *out, struct err *err);
/* Compare with the bytes of the object.  Errors: ERR_INTEGRITY. */
MUST_USE int push_context_compare(struct push_context *push, uint32_t object,
                                  const struct pulled *back, struct err *err);

#endif
