/* SPDX-License-Identifier: Apache-2.0 */
/* graph.h - which objects a set of images consists of: a state machine that is fed the
 * bytes of documents and returns which objects are still needed.
 *
 * Used twice: export walks registries with it, the reader walks a bundle with it, so both
 * agree on what is a document, what is complete, and on the order of members. Not
 * thread-safe: the caller holds one lock around it.
 *
 * Layer: oci.
 * Source: docs/bundle-format.md, "Document or blob", "Complete", "Members".
 */
#ifndef OCI_GRAPH_H
#define OCI_GRAPH_H

#include "oci/document.h"

#define GRAPH_OBJECTS_MAX 100000
#define GRAPH_EDGES_MAX   4000000
#define GRAPH_TEXTS_MAX   65536 /* different media types and platforms */
#define GRAPH_DEPTH_MAX   8     /* roots are at 0, children of an index one deeper */
#define GRAPH_NONE        UINT32_MAX

enum graph_role { ROLE_OTHER, ROLE_CONFIG, ROLE_DOCUMENT }; /* the strongest use wins */

enum graph_state {
    GRAPH_WANTED,    /* its bytes decide what it is or refers to; not yet requested */
    GRAPH_REQUESTED, /* returned by graph_next() */
    GRAPH_DOCUMENT,  /* parsed, its edges are known */
    GRAPH_BLOB,      /* opaque */
    GRAPH_OMITTED,   /* left out on purpose; its children are not known */
};

struct graph_edge {
    uint32_t to; /* object id */
    enum edge_kind kind;
    uint32_t platform;   /* for graph_platform() */
    uint32_t spec;       /* for graph_spec() */
    uint32_t media_type; /* as in the descriptor, for graph_media_type() */
    bool is_attestation;
};

/* One digest.  Ids are 0 .. count-1 in order of discovery, which is unspecified. Pointers
 * to it stay valid as long as the graph. */
struct graph_object {
    struct digest digest;
    uint64_t size;
    enum graph_state state;
    enum graph_role role;
    enum media_kind kind;      /* of a document: index or manifest */
    const char *media_type;    /* interned; a document's own type, else that of its first
                                  parent (first seen; in member order when finished) */
    const char *artifact_type; /* interned; usually "" */
    struct digest *subject;    /* of a document: its "subject", or NULL */
    struct graph_edge *edges;
    uint32_t edge_count;
    uint8_t depth;              /* nesting at which it was first seen; roots are 0 */
    bool is_foreign;            /* some descriptor of it has "urls" */
    bool has_parent_child_edge; /* listed in "manifests" of some index */
};

struct graph;

/* kind: the error kind of broken documents (ERR_PROTOCOL from servers, ERR_INTEGRITY in a
 * bundle; a bound exceeded is ERR_LIMIT from servers). */
struct graph *graph_new(enum err_kind kind);
void graph_free(struct graph *g);
void graph_release(struct graph **g);

/*
 * Call fn with each document that is fed, before its edges are added.  For an index, fn
 * may leave children out: omit has doc->count elements, all false.  An object that
 * another document or a root needs is not left out: a digest is included for all uses or
 * for none.
 */
void graph_watch(struct graph *g,
                 void (*fn)(void *ctx, const struct document *doc, bool *omit),
                 void *ctx);

/*
 * Add a root: the top-level document of a name.  The same digest may be added repeatedly.
 * Roots keep the order of adding as their index: graph_root(). media_type may be NULL
 * when unknown.
 * Errors: the graph's kind - another size for a known digest; ERR_PROTOCOL - schema 1,
 *         sha512; ERR_LIMIT.  After an error the graph can only be freed.
 */
MUST_USE int graph_add_root(struct graph *g, const struct digest *digest, uint64_t size,
                            const char *media_type, uint32_t *id, struct err *err);

/*
 * The next object whose bytes are needed, marked GRAPH_REQUESTED; GRAPH_NONE when no
 * request is pending.
 */
uint32_t graph_next(struct graph *g);

/*
 * Feed the bytes of a requested object; the caller has checked digest and size.
 * Afterwards it is GRAPH_DOCUMENT, or GRAPH_BLOB when an unknown type turned out to be
 * opaque; graph_next() may return more.
 */
MUST_USE int graph_feed(struct graph *g, uint32_t id, const void *bytes, size_t len,
                        struct err *err);

/* The id, or GRAPH_NONE. */
uint32_t graph_find(const struct graph *g, const struct digest *digest);

#endif
