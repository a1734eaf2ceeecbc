/* SPDX-License-Identifier: Apache-2.0 */
/* failures.h - what an export that goes on could not have, and what is missing because of
 * it.
 *
 * A gap is a cause: a name, a document or a blob that nobody gives us.  What is missing
 * is the effect: names, and children of indexes, that would not be whole without it.  A
 * digest is lost when there is a gap in its place, or in something that it cannot do
 * without.
 *
 * Thread-safe up to failures_spread().
 *
 * Layer:  ops.
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
    struct reference ref; /* the name, or one that the object is needed for */
    struct digest digest; /* of the object */
    bool has_needer;      /* then: */
    struct digest needer; /* a document that cannot do without the blob */
    enum err_kind kind;   /* why, as in struct err */
    enum err_reason reason;
    char *message;
};

struct failures;

struct failures *failures_new(const struct events *events);
void failures_free(struct failures *g); /* NULL is fine */

/*
 * Somebody else failed: note it, warn, forget the error and go on.  What is wrong here
 * (no space, a signal, ...) is no gap.  g NULL: nothing is one. Returns: 0 with *err
 * reset; -1 with *err as it was.
 */
MUST_USE int failures_note_name(struct failures *g, const struct reference *ref,
                                struct err *err);
MUST_USE int failures_note_object(struct failures *g, enum failure_what what,
                                  const struct reference *ref,
                                  const struct digest *digest, struct err *err);

/* Whether an error is about one source only: what is wrong here (no space, a signal) is
 * not. */
bool failures_is_gap(const struct err *err);

/*
 * Keep a gap in *kept, which the caller frees, for whoever knows about all of them.
 * Returns: 0 with *err reset; -1 with *err as it was, when it is none.
 */
MUST_USE int failures_keep(struct err **kept, struct err *err);

/* Whether that would be noted. */
bool failures_may_note(const struct failures *g, const struct err *err);

/*
 * The same for what may yet be fetched from elsewhere: what would be noted is kept in
 * *kept, which the caller frees.
 * Returns: 0 with *err reset; -1 with *err as it was.
 */
MUST_USE int failures_put_off(const struct failures *g, struct err **kept,
                              struct err *err);

/* The name is missing, for some gap. */
void failures_miss(struct failures *g, const struct reference *ref);

/* The object is of no use, for some gap. */
void failures_lose(struct failures *g, const struct digest *digest);

/* g NULL: false, or 0. */
bool failures_has(struct failures *g, const struct digest *digest);
size_t failures_count(struct failures *g);

/* In the order in which they were noted. */
const struct failure *failures_items(const struct failures *g, size_t *count);

/*
 * A document is lost with what it cannot do without: a manifest with its config or any
 * layer, an index with its last image, and with parts of it that are no documents.  The
 * graph need not be finished, nor good for anything else.
 */
void failures_spread(struct failures *g, const struct graph *graph);

/* What failures_miss() was told, in no order, and some of it twice; borrowed. */
const struct missing_list *failures_names(const struct failures *g);

#endif
