/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "oci/graph.h"

#include "base/mem.h"
#include "oci/graph_internal.h"

#include <assert.h>
#include <inttypes.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

/* ---- texts: one copy of each media type and platform ---- */

static int
compare_interned(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int
intern(struct graph *g, const char *text, uint32_t *id, struct err *err)
{
    void *const *found = tfind(&text, &g->by_text, compare_interned);
    struct graph_text *t = found ? *found : NULL;

    if (!t) {
        if (g->text_count == GRAPH_TEXTS_MAX)
            return err_because(err, document_limit_kind(g->kind), REASON_FORMAT,
                               "more than %d different media types and platforms",
                               GRAPH_TEXTS_MAX);
        t = xmalloc(sizeof(*t));
        t->text = xstrdup(text);
        t->id = (uint32_t)g->text_count;
        if (!tsearch(t, &g->by_text, compare_interned))
            mem_exhausted();
        g->texts = mem_grow(g->texts, g->text_count, &g->text_cap, sizeof(*g->texts));
        g->texts[g->text_count++] = t;
    }
    *id = t->id;
    return 0;
}

/* ---- objects ---- */

struct graph_node *
graph_node(const struct graph *g, uint32_t id)
{
    assert(id < g->count);
    return &g->blocks[id / GRAPH_BLOCK][id % GRAPH_BLOCK];
}

static struct graph_node *
new_node(struct graph *g, const struct digest *digest)
{
    struct graph_node **block = &g->blocks[g->count / GRAPH_BLOCK];
    struct graph_node *node;

    if (!*block)
        *block = xcalloc(GRAPH_BLOCK, sizeof(**block));
    node = &(*block)[g->count % GRAPH_BLOCK];
    node->object.digest = *digest;
    node->id = g->count++;
    return digest_map_add(&g->by_digest, &node->object.digest, node);
}

/* Find or add the object of a digest; it is opaque until it is used as a document. */
static int
add_object(struct graph *g, const struct digest *digest, uint64_t size, uint32_t type,
           unsigned depth, struct graph_node **out, struct err *err)
{
    struct graph_node *node = digest_map_find(&g->by_digest, digest);
    char text[DIGEST_TEXT_MAX];

    if (node && node->object.size != size) {
        digest_text(digest, text);
        return err_because(err, g->kind, REASON_SIZE,
                           "conflicting sizes of %s: %" PRIu64 " and %" PRIu64 " bytes",
                           text, node->object.size, size);
    }
    if (!node) {
        if (g->count == GRAPH_OBJECTS_MAX)
            return err_because(err, document_limit_kind(g->kind), REASON_FORMAT,
                               "more than %d objects", GRAPH_OBJECTS_MAX);
        node = new_node(g, digest);
        node->object.size = size;
        node->object.state = GRAPH_BLOB;
        node->object.media_type = g->texts[type]->text;
        node->object.artifact_type = g->texts[0]->text;
        node->object.depth = (uint8_t)depth;
    }
    *out = node;
    return 0;
}

/* ---- document or blob ---- */

/* Queue the object's bytes to be requested, once. */
static void
request_bytes(struct graph *g, struct graph_node *node)
{
    if (node->object.state != GRAPH_BLOB)
        return;
    node->object.state = GRAPH_WANTED;
    if (g->queue_head == g->queue_count)
        g->queue_head = g->queue_count = 0;
    g->queue = mem_grow(g->queue, g->queue_count, &g->queue_cap, sizeof(*g->queue));
    g->queue[g->queue_count++] = node->id;
}

/* Check that the body is of the kind that descriptors claim (CVE-2021-41190). */
static int
check_document_kind(const struct graph *g, const struct graph_node *node, struct err *err)
{
    unsigned agreeing = 1U << node->object.kind | 1U << MEDIA_UNKNOWN;

    if ((node->named_as & ~agreeing) == 0)
        return 0;
    return err_because(err, g->kind, REASON_FORMAT,
                       "it is %s, but a descriptor gives it another type",
                       node->object.kind == MEDIA_INDEX ? "an index" : "a manifest");
}

static int
use_as_document(struct graph *g, struct graph_node *node, const char *type,
                struct err *err)
{
    enum media_kind kind = media_kind(type);

    if (kind == MEDIA_SCHEMA1)
        return err_set(err, ERR_PROTOCOL, "a schema 1 image, which is not supported");
    if (node->object.size > DOCUMENT_BYTES_MAX)
        return err_because(err, document_limit_kind(g->kind), REASON_FORMAT,
                           "an index or manifest of %" PRIu64
                           " bytes, at most %u MiB are allowed",
                           node->object.size, DOCUMENT_BYTES_MAX >> 20);
    node->named_as |= (uint8_t)(1U << kind);
    node->is_certain = true;
    if (node->object.state == GRAPH_DOCUMENT)
        return check_document_kind(g, node, err);
    request_bytes(g, node);
    return 0;
}

/* Record a use by an index with an unknown type: the object is a document if its own
 * mediaType is the same. */
static void
use_as_unknown(struct graph *g, struct graph_node *node, uint32_t type)
{
    if (node->is_certain)
        return;
    if (node->is_judged) {
        node->is_certain = node->own_type == type;
        if (node->is_certain)
            request_bytes(g, node);
        return;
    }
    g->claims = mem_grow(g->claims, g->claim_count, &g->claim_cap, sizeof(*g->claims));
    g->claims[g->claim_count++] =
        (struct graph_claim){.type = type, .next = node->claims};
    node->claims = (uint32_t)g->claim_count;
    request_bytes(g, node);
}

/* Classify the bytes of an object that is known only by unknown types. */
static int
classify_blob(struct graph *g, struct graph_node *node, const void *bytes, size_t len,
              struct err *err)
{
    char own[MEDIA_TYPE_MAX + 1];

    node->is_judged = true;
    if (!document_own_type(own, bytes, len))
        return 0;
    if (intern(g, own, &node->own_type, err) < 0)
        return -1;
    for (uint32_t c = node->claims; c != 0; c = g->claims[c - 1].next) {
        if (g->claims[c - 1].type == node->own_type)
            node->is_certain = true;
    }
    return 0;
}

/* ---- edges ---- */

int
graph_too_deep(const struct graph *g, struct err *err)
{
    return err_because(err, document_limit_kind(g->kind), REASON_FORMAT,
                       "indexes are nested more than %d deep", GRAPH_DEPTH_MAX);
}

/* Include an object that was left out: request what its other uses would have
 * requested. */
static void
include_node(struct graph *g, struct graph_node *node)
{
    if (node->object.state != GRAPH_OMITTED)
        return;
    node->object.state = GRAPH_BLOB;
    g->omitted_count--;
    if (node->is_certain || node->claims != 0)
        request_bytes(g, node);
}

static int
add_edge(struct graph *g, const struct graph_node *parent, const struct descriptor *d,
         bool omit, struct graph_edge *edge, struct err *err)
{
    unsigned depth = parent->object.depth + (d->edge == EDGE_CHILD ? 1U : 0U);
    uint32_t known = g->count;
    struct graph_node *child;

    if (depth > GRAPH_DEPTH_MAX)
        return graph_too_deep(g, err);
    if (intern(g, d->media_type, &edge->media_type, err) < 0 ||
        intern(g, d->platform.text, &edge->platform, err) < 0 ||
        intern(g, d->platform.spec, &edge->spec, err) < 0 ||
        add_object(g, &d->digest, d->size, edge->media_type, depth, &child, err) < 0)
        return -1;
    if (omit && child->id == known) {
        child->object.state = GRAPH_OMITTED;
        g->omitted_count++;
    } else if (!omit) {
        include_node(g, child);
    }
    edge->to = child->id;
    edge->kind = d->edge;
    edge->is_attestation = d->is_attestation;
    child->object.is_foreign |= d->is_foreign;
    if (d->edge == EDGE_CONFIG && child->object.role < ROLE_CONFIG)
        child->object.role = ROLE_CONFIG;
    if (d->edge != EDGE_CHILD)
        return 0;
    child->object.has_parent_child_edge = true;
    switch (document_by_type(d->media_type, d->size)) {
    case 0:
        return 0;
    case 1:
        return use_as_document(g, child, d->media_type, err);
    default:
        use_as_unknown(g, child, edge->media_type);
        return 0;
    }
}

static int
add_edges(struct graph *g, struct graph_node *node, const struct document *doc,
          const bool *omit, struct err *err)
{
    struct graph_object *o = &node->object;

    if (doc->count > GRAPH_EDGES_MAX - g->edge_count)
        return err_because(err, document_limit_kind(g->kind), REASON_FORMAT,
                           "more than %d descriptors in all", GRAPH_EDGES_MAX);
    g->edge_count += doc->count;
    o->edges = doc->count > 0 ? xcalloc(doc->count, sizeof(*o->edges)) : NULL;
    for (size_t i = 0; i < doc->count; i++) {
        if (add_edge(g, node, &doc->edges[i], omit[i], &o->edges[i], err) < 0)
            return -1;
        o->edge_count++;
    }
    return 0;
}

static int
feed_document(struct graph *g, struct graph_node *node, const void *bytes, size_t len,
              struct err *err)
{
    CLEANUP(document_release) struct document doc = DOCUMENT_INIT;
    struct graph_object *o = &node->object;
    uint32_t type, artifact;
    bool *omit;
    int rc;

    if (document_parse(&doc, bytes, len, NULL, g->kind, err) < 0 ||
        intern(g, doc.media_type, &type, err) < 0 ||
        intern(g, doc.artifact_type, &artifact, err) < 0)
        return -1;
    o->state = GRAPH_DOCUMENT;
    o->role = ROLE_DOCUMENT;
    o->kind = doc.kind;
    o->media_type = g->texts[type]->text;
    o->artifact_type = g->texts[artifact]->text;
    node->is_typed = doc.names_itself;
    if (doc.has_subject) {
        o->subject = xmalloc(sizeof(*o->subject));
        *o->subject = doc.subject;
    }
    if (check_document_kind(g, node, err) < 0)
        return -1;
    omit = xcalloc(doc.count, sizeof(*omit));
    if (g->watch)
        g->watch(g->watch_ctx, &doc, omit);
    rc = add_edges(g, node, &doc, omit, err);
    free(omit);
    return rc;
}

static int
feed_node(struct graph *g, struct graph_node *node, const void *bytes, size_t len,
          struct err *err)
{
    if (!node->is_certain && classify_blob(g, node, bytes, len, err) < 0)
        return -1;
    if (node->is_certain)
        return feed_document(g, node, bytes, len, err);
    node->object.state = GRAPH_BLOB;
    return 0;
}

/* ---- interface ---- */

struct graph *
graph_new(enum err_kind kind)
{
    struct graph *g = xcalloc(1, sizeof(*g));
    uint32_t empty;

    g->kind = kind;
    if (intern(g, "", &empty, err_ignored()) < 0)
        mem_exhausted();
    return g;
}

static void
keep_text(void *key)
{
    (void)key; /* the tree does not own it */
}

void
graph_free(struct graph *g)
{
    if (!g)
        return;
    for (uint32_t id = 0; id < g->count; id++) {
        free(graph_node(g, id)->object.edges);
        free(graph_node(g, id)->object.subject);
    }
    digest_map_release(&g->by_digest);
    tdestroy(g->by_text, keep_text);
    for (size_t i = 0; i < COUNT_OF(g->blocks); i++)
        free(g->blocks[i]);
    for (size_t i = 0; i < g->text_count; i++) {
        free(g->texts[i]->text);
        free(g->texts[i]);
    }
    free(g->texts);
    free(g->roots);
    free(g->claims);
    free(g->queue);
    free(g->order);
    free(g->omitted);
    free(g);
}

void
graph_release(struct graph **g)
{
    graph_free(*g);
    *g = NULL;
}

void
graph_watch(struct graph *g,
            void (*fn)(void *ctx, const struct document *doc, bool *omit), void *ctx)
{
    g->watch = fn;
    g->watch_ctx = ctx;
}

int
graph_add_root(struct graph *g, const struct digest *digest, uint64_t size,
               const char *media_type, uint32_t *id, struct err *err)
{
    struct graph_node *node;
    char text[DIGEST_TEXT_MAX];
    uint32_t type;

    digest_text(digest, text);
    if (digest->alg != DIGEST_SHA256)
        return err_set(err, ERR_PROTOCOL,
                       "%s: sha512 digests are not supported in a bundle", text);
    if (g->root_count == GRAPH_OBJECTS_MAX)
        return err_because(err, document_limit_kind(g->kind), REASON_FORMAT,
                           "more than %d images", GRAPH_OBJECTS_MAX);
    if (intern(g, media_type ? media_type : "", &type, err) < 0 ||
        add_object(g, digest, size, type, 0, &node, err) < 0)
        return -1;
    include_node(g, node);
    if (use_as_document(g, node, g->texts[type]->text, err) < 0)
        return err_wrap(err, "%s", text);
    g->roots = mem_grow(g->roots, g->root_count, &g->root_cap, sizeof(*g->roots));
    g->roots[g->root_count++] = (struct graph_root){.id = node->id, .media_type = type};
    *id = node->id;
    return 0;
}

uint32_t
graph_next(struct graph *g)
{
    uint32_t id;

    if (g->queue_head == g->queue_count)
        return GRAPH_NONE;
    id = g->queue[g->queue_head++];
    graph_node(g, id)->object.state = GRAPH_REQUESTED;
    return id;
}

int
graph_feed(struct graph *g, uint32_t id, const void *bytes, size_t len, struct err *err)
{
    struct graph_node *node = graph_node(g, id);
    char text[DIGEST_TEXT_MAX];

    assert(node->object.state == GRAPH_REQUESTED);
    if (feed_node(g, node, bytes, len, err) == 0)
        return 0;
    digest_text(&node->object.digest, text);
    return err_wrap(err, "%s", text);
}

uint32_t
graph_find(const struct graph *g, const struct digest *digest)
{
    const struct graph_node *node = digest_map_find(&g->by_digest, digest);

    return node ? node->id : GRAPH_NONE;
}
