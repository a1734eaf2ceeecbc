/* SPDX-License-Identifier: Apache-2.0 */
/* graph_world.h - documents in memory, to build a graph of. */
#ifndef TESTS_UNIT_GRAPH_WORLD_H
#define TESTS_UNIT_GRAPH_WORLD_H

#include "tests/unit/unit.h"

#include "base/buf.h"
#include "base/mem.h"
#include "io/crypto/hash.h"
#include "oci/graph.h"
#include "oci/graph_walk.h"

#include <inttypes.h>

#define LAYER  "application/vnd.oci.image.layer.v1.tar+gzip"
#define CONFIG "application/vnd.oci.image.config.v1+json"
#define ODD    "application/vnd.example.odd+json" /* unknown type */

struct thing {
    struct digest digest;
    char *bytes;
    uint64_t size;
};

struct world {
    struct thing things[64];
    size_t count;
    size_t fed; /* how often drive() was asked for bytes */
};

static inline void
world_release(struct world *w)
{
    for (size_t i = 0; i < w->count; i++)
        free(w->things[i].bytes);
}

/* Takes over the bytes. */
static inline size_t
put(struct world *w, char *bytes)
{
    struct thing *t = &w->things[w->count];
    struct err err = ERR_INIT;

    assert_true(w->count < COUNT_OF(w->things));
    t->bytes = bytes;
    t->size = strlen(bytes);
    assert_int_equal(hash_bytes(DIGEST_SHA256, bytes, t->size, &t->digest, &err), 0);
    return w->count++;
}

static inline size_t
put_text(struct world *w, const char *text)
{
    return put(w, xstrdup(text));
}

static inline void
add_descriptor(const struct world *w, struct buf *out, size_t thing, const char *type,
               const char *more)
{
    char digest[DIGEST_TEXT_MAX];

    digest_text(&w->things[thing].digest, digest);
    assert_int_equal(buf_addf(out,
                              "{\"mediaType\":\"%s\",\"digest\":\"%s\","
                              "\"size\":%" PRIu64 "%s}",
                              type, digest, w->things[thing].size, more),
                     0);
}

/* One child of an index. */
struct child {
    size_t thing;
    const char *type;
    const char *more;
};

static inline size_t
put_index(struct world *w, const struct child *children, size_t count)
{
    CLEANUP(buf_release) struct buf b = BUF_INIT(1U << 20);

    assert_int_equal(buf_addf(&b,
                              "{\"schemaVersion\":2,\"mediaType\":\"%s\",\"manifests\":[",
                              MEDIA_OCI_INDEX),
                     0);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(buf_add_text(&b, i ? "," : ""), 0);
        add_descriptor(w, &b, children[i].thing, children[i].type,
                       children[i].more ? children[i].more : "");
    }
    assert_int_equal(buf_add_text(&b, "]}"), 0);
    return put(w, buf_steal(&b));
}

/* layers ends with SIZE_MAX. */
static inline size_t
put_image(struct world *w, size_t config, const size_t *layers)
{
    CLEANUP(buf_release) struct buf b = BUF_INIT(1U << 20);

    assert_int_equal(buf_addf(&b, "{\"schemaVersion\":2,\"mediaType\":\"%s\",\"config\":",
                              MEDIA_OCI_MANIFEST),
                     0);
    add_descriptor(w, &b, config, CONFIG, "");
    assert_int_equal(buf_add_text(&b, ",\"layers\":["), 0);
    for (size_t i = 0; layers[i] != SIZE_MAX; i++) {
        assert_int_equal(buf_add_text(&b, i ? "," : ""), 0);
        add_descriptor(w, &b, layers[i], LAYER, "");
    }
    assert_int_equal(buf_add_text(&b, "]}"), 0);
    return put(w, buf_steal(&b));
}

static inline size_t
put_parent(struct world *w, size_t thing, const char *type)
{
    const struct child child = {thing, type, NULL};

    return put_index(w, &child, 1);
}

static inline int
add_root(struct graph *g, const struct world *w, size_t thing, const char *type,
         struct err *err)
{
    uint32_t id;

    return graph_add_root(g, &w->things[thing].digest, w->things[thing].size, type, &id,
                          err);
}

static inline int
feed_one(struct graph *g, struct world *w, uint32_t id, struct err *err)
{
    const struct digest *digest = &graph_object(g, id)->digest;

    w->fed++;
    for (size_t i = 0; i < w->count; i++) {
        if (digest_equal(&w->things[i].digest, digest))
            return graph_feed(g, id, w->things[i].bytes, w->things[i].size, err);
    }
    fail_msg("something was asked for that is nowhere");
    return -1;
}

/* Feed all that is asked for, the oldest or the newest request first. */
static inline int
drive(struct graph *g, struct world *w, bool newest_first, struct err *err)
{
    uint32_t waiting[COUNT_OF(w->things)], id;
    size_t first = 0, count = 0;

    for (;;) {
        while ((id = graph_next(g)) != GRAPH_NONE) {
            assert_int_equal(graph_object(g, id)->state, GRAPH_REQUESTED);
            assert_true(count < COUNT_OF(waiting));
            waiting[count++] = id;
        }
        if (first == count)
            return 0;
        id = newest_first ? waiting[--count] : waiting[first++];
        if (feed_one(g, w, id, err) < 0)
            return -1;
    }
}

static inline void
assert_complete(struct graph *g, struct world *w, bool newest_first)
{
    struct err err = ERR_INIT;

    assert_int_equal(drive(g, w, newest_first, &err), 0);
    assert_int_equal(graph_finish(g, &err), 0);
}

static inline const struct graph_object *
object_of(const struct graph *g, const struct world *w, size_t thing)
{
    uint32_t id = graph_find(g, &w->things[thing].digest);

    assert_int_not_equal(id, GRAPH_NONE);
    return graph_object(g, id);
}

/* expected ends with SIZE_MAX. */
static inline void
assert_order(const struct graph *g, const struct world *w, const size_t *expected)
{
    size_t i = 0;

    for (; expected[i] != SIZE_MAX; i++) {
        assert_true(i < graph_count(g));
        assert_int_equal(graph_order(g)[i],
                         graph_find(g, &w->things[expected[i]].digest));
    }
    assert_int_equal(graph_count(g), i);
}

#endif
