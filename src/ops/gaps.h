/* gaps.h - what an export that goes on could not have, and what is missing because of it.
 *
 * A gap is a cause: a name, a document or a blob that nobody gives us.  What is missing
 * is the effect: names, and children of indexes, that would not be whole without it.  A
 * digest is lost when there is a gap in its place, or in something that it cannot do
 * without.
 *
 * Thread-safe up to gaps_spread().
 *
 * Layer:  ops.
 * Source: docs/bundle-format.md, "Complete".
 */
#ifndef OPS_GAPS_H
#define OPS_GAPS_H

#include "base/events.h"
#include "bundle/layout.h"
#include "oci/graph.h"
#include "oci/reference.h"

enum gap_what { GAP_NAME, GAP_DOCUMENT, GAP_BLOB };

struct gap {
    enum gap_what what;
    struct reference ref; /* the name, or one that the object is needed for */
    struct digest digest; /* of the object */
    bool has_needer;      /* then: */
    struct digest needer; /* a document that cannot do without the blob */
    enum err_kind kind;   /* why, as in struct err */
    const char *reason;
    char *message;
};

struct gaps;

struct gaps *gaps_new(const struct events *events);
void gaps_free(struct gaps *g); /* NULL is fine */

/*
 * Somebody else failed: note it, warn, forget the error and go on.  What is wrong here
 * (no space, a signal, ...) is no gap.  g NULL: nothing is one. Returns: 0 with *err
 * reset; -1 with *err as it was.
 */
MUST_USE int gaps_note_name(struct gaps *g, const struct reference *ref, struct err *err);
MUST_USE int gaps_note_object(struct gaps *g, enum gap_what what,
                              const struct reference *ref, const struct digest *digest,
                              struct err *err);

/* Would that be noted?  For those who have yet to try elsewhere. */
bool gaps_may_note(const struct gaps *g, const struct err *err);

/* The name is missing, for some gap. */
void gaps_miss(struct gaps *g, const struct reference *ref);

/* The object is of no use, for some gap. */
void gaps_lose(struct gaps *g, const struct digest *digest);

/* g NULL: false, or 0. */
bool gaps_has(struct gaps *g, const struct digest *digest);
size_t gaps_count(struct gaps *g);

/* In the order in which they were noted. */
const struct gap *gaps_items(const struct gaps *g, size_t *count);

/*
 * A document is lost with what it cannot do without: a manifest with its config or any
 * layer, an index with its last image, and with parts of it that are no documents.  The
 * graph need not be finished, nor good for anything else.
 */
void gaps_spread(struct gaps *g, const struct graph *graph);

/* What gaps_miss() was told, in no order, and some of it twice; borrowed. */
const struct missing_list *gaps_names(const struct gaps *g);

#endif
