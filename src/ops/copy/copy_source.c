/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "ops/copy/copy_source.h"

#include "base/mem.h"
#include "oci/graph_walk.h"

#include <assert.h>
#include <stdlib.h>

const struct reference *
copy_source_origin(const struct copy_source *s, const struct digest *digest)
{
    uint32_t id = graph_find(s->plan->set.graph, digest);

    assert(id != GRAPH_NONE);
    return &s->plan->names[s->plan->origins[id]].ref;
}

static struct image_origin
origin_of_object(void *ctx, const struct image_object *what)
{
    const struct copy_source *s = ctx;
    struct image_object there = *what;

    there.in = copy_source_origin(s, what->digest);
    return s->inner->origin ? s->inner->origin(s->inner->ctx, &there)
                            : (struct image_origin){.in = there.in};
}

static int
read_planned(void *ctx, unsigned worker, const struct image_object *what,
             struct image_document *out, struct err *err)
{
    const struct copy_source *s = ctx;
    size_t len;
    const char *bytes = document_cache_find(s->plan->cache, what->digest, &len);

    (void)worker;
    assert(bytes); /* the plan has read every document */
    buf_clear(&out->bytes);
    out->digest = *what->digest;
    out->media_type[0] = '\0';
    return buf_add(&out->bytes, bytes, len) < 0
               ? err_set(err, ERR_LIMIT, "a document of %zu bytes", len)
               : 0;
}

/* An open blob: from memory, or from the inner source. */
struct planned_blob {
    const struct image_source *inner;
    struct byte_source source;
    struct byte_block block;
    struct image_origin origin;
    bool needs_urls; /* a foreign layer whose URLs may not be used */
};

static ssize_t
read_planned_blob(void *ctx, void *out, size_t len, uint64_t offset, struct err *err)
{
    const struct planned_blob *b = ctx;
    ssize_t n = b->source.read_at(b->source.ctx, out, len, offset, err);

    if (n < 0 && err->kind == ERR_NOT_FOUND && b->needs_urls)
        err->reason = REASON_FOREIGN_LAYER;
    if (n < 0 && err->kind == ERR_NETWORK && !err->reason)
        err->reason = REASON_SOURCE; /* repeating the upload would not help */
    if (n < 0 && err->kind != ERR_SIGNAL && !b->origin.archive) /* named already */
        err_wrap(err, "from %s/%s", b->origin.in->host, b->origin.in->path);
    return n;
}

static bool
is_foreign(const struct copy_source *s, const struct digest *digest)
{
    const struct graph *g = s->plan->set.graph;

    return graph_object(g, graph_find(g, digest))->is_foreign;
}

static void
open_planned_blob(void *ctx, unsigned worker, const struct image_object *what,
                  struct byte_source *out)
{
    const struct copy_source *s = ctx;
    struct planned_blob *b = xcalloc(1, sizeof(*b));
    struct image_object there = *what;

    b->block.data = document_cache_find(s->plan->cache, what->digest, &b->block.len);
    if (b->block.data && b->block.len == what->size) {
        b->source = byte_block_source(&b->block);
    } else {
        b->origin = origin_of_object(ctx, what);
        there.in = b->origin.in;
        if (s->foreign_layers)
            there.urls =
                foreign_urls_find(s->plan->links, what->digest, &there.url_count);
        b->needs_urls = !s->foreign_layers && is_foreign(s, what->digest);
        b->inner = s->inner;
        b->inner->open_blob(b->inner->ctx, worker, &there, &b->source);
    }
    *out =
        (struct byte_source){.read_at = read_planned_blob, .ctx = b, .size = what->size};
}

static void
close_planned_blob(struct byte_source *blob)
{
    struct planned_blob *b = blob->ctx;

    if (b->inner)
        b->inner->close_blob(&b->source);
    free(b);
    blob->ctx = NULL;
}

struct image_source
copy_source(struct copy_source *s)
{
    return (struct image_source){.ctx = s,
                                 .is_remote = s->inner->is_remote,
                                 .fetch_document = read_planned,
                                 .open_blob = open_planned_blob,
                                 .close_blob = close_planned_blob,
                                 .origin = origin_of_object};
}
