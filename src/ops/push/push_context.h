/* SPDX-License-Identifier: Apache-2.0 */
/* push_context.h - the steps of an import and what they share.
 *
 * Layer: ops.
 */
#ifndef OPS_PUSH_PUSH_CONTEXT_H
#define OPS_PUSH_PUSH_CONTEXT_H

#include "base/pool.h"
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
    const struct bundle_content *content;
    struct pool *pool;
    struct repository_state *repos; /* of each repository at the target */
    bool has_begun;                 /* something may have been sent */
    bool moves_tags;                /* some tag of the target is going to be put */
    atomic_bool is_unread;          /* the bundle could not be read */
    pthread_mutex_t lock; /* guards result->counts, states, setbacks, and repos */

    bool is_remembered; /* in part; under its own lock, since it waits for the disk */
    pthread_mutex_t memory;
};

/* ---- push_failures.c: --keep-going ---- */

/*
 * What came of one step in a repository, rc and *err.  A failure that leaves other images
 * alone is written down, *cause is its number from then on, and the step counts as done.
 * Returns: 0; -1 with *err kept when work has to end: not asked to go on, the trouble is
 *          here and not at the target, the password is refused, or the registry answers
 *          nobody any more.  ERR_LIMIT - too many setbacks.
 */
MUST_USE int push_settle(struct push_context *im, unsigned worker, uint32_t repo,
                         uint32_t *cause, int rc, struct err *err);

/* Is it of no use to try there?  Then *cause says why. */
bool push_is_closed(struct push_context *im, uint32_t repo, uint32_t *cause);

/* A failure as the result keeps it.  Texts are owned by the caller. */
struct push_failure import_setback(const struct err *err);
void import_setback_release(struct push_failure *s);

/* Why a document is not whole there: itself, a part of it, what it belongs to; or 0. */
uint32_t push_incomplete_cause(const struct push_context *im, const struct placement *p);

/* Give the documents that are not whole their cause, after the last one was found. */
void push_spread_causes(struct push_context *im);

/* ---- push_manifests.c ---- */

/*
 * Ask for every manifest by digest, in the repositories that are in use, and see which
 * are known.  A registry takes no manifest before its blobs: in a repository that turns
 * out to have none of them, nobody needs to ask.
 */
MUST_USE int push_probe_manifests(struct push_context *im, struct err *err);

/* Put the manifests that were not there, children before parents. */
MUST_USE int push_manifests(struct push_context *im, struct err *err);

/* Fetch every manifest by digest and compare its bytes with the bundle's. */
MUST_USE int push_read_back_manifests(struct push_context *im, struct err *err);

/* ---- push_all_blobs.c ---- */

/* Bring every blob to every repository that lacks it. */
MUST_USE int push_all_blobs(struct push_context *im, struct err *err);

/*
 * The registry lacks something that a document in this repository refers to, although all
 * of it was brought there or had been: bring its blobs once more.  Those that the
 * registry says it has not; with no_matter_what all of them.
 */
MUST_USE int push_blobs_again(struct push_context *im, unsigned worker, uint32_t document,
                              uint32_t repo, bool no_matter_what, struct err *err);

/* Fetch every blob where it was brought, or was already, and compare its digest. */
MUST_USE int import_read_back_blobs(struct push_context *im, struct err *err);

/* ---- push_referrer_lists.c ---- */

/* See that what belongs to something is listed there: by the registry, or by us. */
MUST_USE int push_referrer_lists(struct push_context *im, struct err *err);

/* ---- push_tags.c: tags ---- */

/* See what the target's names hold, and apply --on-existing.  Sets the states.  What is
 * attached to nothing but images that are left out is left out with them. */
MUST_USE int push_probe_tags(struct push_context *im, struct err *err);

/* What is not whole, or belongs to what is not, gets no tag.  Sets states and causes. */
void push_fail_images(struct push_context *im);

/* Put the tags that do not hold their digest yet. */
MUST_USE int push_tags(struct push_context *im, struct err *err);

/* Fetch every tag and compare its bytes with the bundle's. */
MUST_USE int push_read_back_tags(struct push_context *im, struct err *err);

/* ---- import.c: for both ---- */

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
