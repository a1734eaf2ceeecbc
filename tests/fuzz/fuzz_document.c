/* SPDX-License-Identifier: Apache-2.0 */
/* A document that is accepted parses to the same again under the type it says it has, and
 * a graph of it has each object once in its order. */
#include "config.h"
#include "tests/fuzz/fuzz.h"

#include "io/crypto/hash.h"
#include "oci/graph.h"
#include "oci/index_edit.h"
#include "oci/graph_walk.h"

#include <stdlib.h>
#include <string.h>

static void
compare(const struct document *a, const struct document *b)
{
    assert(a->kind == b->kind);
    assert(strcmp(a->media_type, b->media_type) == 0);
    assert(strcmp(a->artifact_type, b->artifact_type) == 0);
    assert(a->has_subject == b->has_subject);
    assert(!a->has_subject || digest_equal(&a->subject, &b->subject));
    assert(a->count == b->count);
    for (size_t i = 0; i < a->count; i++) {
        const struct descriptor *x = &a->edges[i], *y = &b->edges[i];

        assert(x->edge == y->edge && x->size == y->size);
        assert(strcmp(x->media_type, y->media_type) == 0);
        assert(digest_equal(&x->digest, &y->digest));
        assert(strcmp(x->platform.text, y->platform.text) == 0);
        assert(x->is_attestation == y->is_attestation);
        assert(x->is_foreign == y->is_foreign);
    }
}

static bool
try_document(const uint8_t *data, size_t size)
{
    CLEANUP(document_release) struct document doc = DOCUMENT_INIT;
    CLEANUP(document_release) struct document again = DOCUMENT_INIT;
    struct err err = ERR_INIT;

    if (document_parse(&doc, data, size, NULL, ERR_INTEGRITY, &err) < 0) {
        assert(err.kind == ERR_INTEGRITY || err.kind == ERR_PROTOCOL);
        assert(err.kind == ERR_PROTOCOL || err.reason);
        return false;
    }
    assert(doc.kind == MEDIA_INDEX || doc.kind == MEDIA_MANIFEST);
    assert(media_type_is_valid(doc.media_type));
    assert(doc.count <= DOCUMENT_DESCRIPTORS_MAX);
    for (size_t i = 0; i < doc.count; i++)
        assert(doc.edges[i].digest.alg == DIGEST_SHA256 &&
               doc.edges[i].size <= INT64_MAX);
    assert(document_parse(&again, data, size, doc.media_type, ERR_INTEGRITY, &err) == 0);
    compare(&doc, &again);
    return true;
}

/* The same bytes stand for everything that is asked for: circles, deep nests. */
static void
try_graph(const uint8_t *data, size_t size)
{
    CLEANUP(graph_release) struct graph *g = graph_new(ERR_INTEGRITY);
    struct digest digest;
    struct err err = ERR_INIT;
    uint32_t id;
    bool *seen;

    if (hash_bytes(DIGEST_SHA256, data, size, &digest, &err) < 0 ||
        graph_add_root(g, &digest, size, NULL, &id, &err) < 0)
        return;
    while ((id = graph_next(g)) != GRAPH_NONE) {
        if (graph_feed(g, id, data, size, &err) < 0)
            return;
    }
    if (graph_finish(g, &err) < 0)
        return;
    seen = calloc(graph_count(g), sizeof(*seen));
    assert(seen);
    for (size_t i = 0; i < graph_count(g); i++) {
        assert(!seen[graph_order(g)[i]]);
        seen[graph_order(g)[i]] = true;
    }
    free(seen);
}

/* Taken for a list of referrers: what was added is there the next time. */
static void
try_list(const uint8_t *data, size_t size)
{
    CLEANUP(buf_release)
    struct buf once = BUF_INIT(64U << 20), twice = BUF_INIT(64U << 20);
    struct attachment item = {.bytes = "{}", .len = 2, .media_type = "a/b"};
    struct err err = ERR_INIT;
    size_t added;

    item.digest.alg = DIGEST_SHA256;
    if (index_attach(data, size, &item, 1, &once, &added, &err) < 0)
        return;
    assert(index_attach(once.data, once.len, &item, 1, &twice, &added, &err) == 0);
    assert(added == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char own[MEDIA_TYPE_MAX + 1];

    if (document_own_type(own, data, size))
        assert(media_type_is_valid(own));
    if (try_document(data, size))
        try_graph(data, size);
    if (size > 0)
        try_list(data, size);
    return 0;
}
