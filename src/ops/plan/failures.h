/* SPDX-License-Identifier: Apache-2.0 */
/* failures.h - what an export with --keep-going could not fetch, and what is missing
 * because of it.
 *
 * A failure is a cause: a name, a document or a blob that could not be fetched.  What is
 * missing is the effect: names, and children of indexes, that would be incomplete.  A
 * digest is lost when it failed, or something that it requires did.
 *
 * Thread-safe up to failures_spread().
 *
 * Layer: ops.
 * Source: docs/bundle-format.md, "Complete".
 */
#ifndef OPS_PLAN_FAILURES_H
#define OPS_PLAN_FAILURES_H

#include "base/events.h"
#include "images/image_set.h"
#include "oci/graph.h"
#include "oci/reference.h"

enum failure_what { FAILURE_NAME, FAILURE_DOCUMENT, FAILURE_BLOB };

struct failure {
    enum failure_what what;
    struct reference ref; /* the name, or one that needs the object */
    struct digest digest; /* of the object */
    bool has_needer;      /* with it: */
    struct digest needer; /* a document that requires the blob */
    enum err_kind kind;   /* the cause, as in struct err */
    enum err_reason reason;
    char *message;
};

struct failures;

struct failures *failures_new(const struct events *events);
void failures_free(struct failures *g); /* NULL is allowed */

/*
 * Record a failure of a server: warn, and reset the error.  Local failures (no space, a
 * signal, ...) are not recorded.  g NULL: nothing is recorded.
 * Returns: 0 with *err reset; -1 with *err unchanged.
 */
MUST_USE int failures_note_name(struct failures *g, const struct reference *ref,
                                struct err *err);
MUST_USE int failures_note_object(struct failures *g, enum failure_what what,
                                  const struct reference *ref,
                                  const struct digest *digest, struct err *err);

/* Whether an error concerns a source only: local ones (no space, a signal) do not. */
bool failures_is_gap(const struct err *err);

/*
 * Keep a failure in *kept, which the caller frees, to be reported with others.
 * Returns: 0 with *err reset; -1 with *err unchanged, when it is not one.
 */
MUST_USE int failures_keep(struct err **kept, struct err *err);

/* Whether that would be recorded. */
bool failures_may_note(const struct failures *g, const struct err *err);

/*
 * As failures_note_name(), for what another repository may have: the error is kept in
 * *kept, which the caller frees.
 * Returns: 0 with *err reset; -1 with *err unchanged.
 */
MUST_USE int failures_put_off(const struct failures *g, struct err **kept,
                              struct err *err);

/* Record the name as missing, because of some failure. */
void failures_miss(struct failures *g, const struct reference *ref);

/* Record the object as lost, because of some failure. */
void failures_lose(struct failures *g, const struct digest *digest);

/* g NULL: false, or 0. */
bool failures_has(struct failures *g, const struct digest *digest);
size_t failures_count(struct failures *g);

/* In the order they were recorded. */
const struct failure *failures_items(const struct failures *g, size_t *count);

/*
 * Mark documents as lost that require lost objects: a manifest its config and all layers,
 * an index at least one image, and all parts that are not documents.  The graph need not
 * be finished or otherwise usable.
 */
void failures_spread(struct failures *g, const struct graph *graph);

/* The names passed to failures_miss(), unordered, with duplicates; borrowed. */
const struct missing_list *failures_names(const struct failures *g);

#endif
