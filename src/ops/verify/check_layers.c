/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "ops/verify/check_layers.h"

#include "base/mem.h"
#include "bundle/reader/member_read.h"
#include "io/archive/tar_layer.h"
#include "io/json/json.h"
#include "oci/graph_walk.h"

#include <stdlib.h>
#include <string.h>

enum { CONFIG_MAX = 8 << 20 }; /* bytes */

/* ---- layers and their diff_ids ---- */

static bool
ends_with(const char *text, const char *end)
{
    size_t len = strlen(text), n = strlen(end);

    return len >= n && strcmp(text + len - n, end) == 0;
}

static bool
is_layer(const char *type)
{
    return ends_with(type, ".tar") || ends_with(type, "tar+gzip") ||
           ends_with(type, "tar+zstd") || ends_with(type, ".tar.gzip");
}

struct layer_gathering {
    const struct bundle_content *content;
    struct layer_wish *wishes;
    size_t count, cap;
};

static int
add_wish(struct layer_gathering *g, uint32_t object, const char *diff_id, struct err *err)
{
    struct layer_wish wish = {.member = g->content->member_of_object[object]};

    if (wish.member == GRAPH_NONE)
        return 0;
    if (!diff_id ||
        digest_parse(&wish.diff_id, diff_id, strlen(diff_id), ERR_INTEGRITY, err) < 0)
        return err_because(err, ERR_INTEGRITY, REASON_FORMAT,
                           "a diff_id is not a digest");
    g->wishes = mem_grow(g->wishes, g->count, &g->cap, sizeof(*g->wishes));
    g->wishes[g->count++] = wish;
    return 0;
}

/* Layer n belongs to diff_id n. */
static int
pair(struct layer_gathering *g, const struct graph_object *manifest, const struct js *ids,
     struct err *err)
{
    size_t n = 0;

    for (uint32_t i = 0; i < manifest->edge_count; i++) {
        const struct graph_edge *e = &manifest->edges[i];

        if (e->kind != EDGE_LAYER)
            continue;
        if (n == js_length(ids))
            return err_because(err, ERR_INTEGRITY, REASON_FORMAT,
                               "fewer diff_ids than layers in the image");
        if (is_layer(graph_media_type(g->content->set.graph, e)) &&
            add_wish(g, e->to, js_text(js_at(ids, n)), err) < 0)
            return -1;
        n++;
    }
    if (n < js_length(ids))
        return err_because(err, ERR_INTEGRITY, REASON_FORMAT,
                           "more diff_ids than layers in the image");
    return 0;
}

/* Artifacts, such as signatures of cosign, may have the config of an image. */
static bool
has_layers(const struct graph *g, const struct graph_object *manifest)
{
    for (uint32_t i = 0; i < manifest->edge_count; i++) {
        const struct graph_edge *e = &manifest->edges[i];

        if (e->kind == EDGE_LAYER && is_layer(graph_media_type(g, e)))
            return true;
    }
    return false;
}

static int
read_config(struct layer_gathering *g, const struct graph_object *manifest,
            uint32_t config, struct err *err)
{
    CLEANUP(buf_release) struct buf bytes = BUF_INIT(CONFIG_MAX);
    CLEANUP(js_release) struct js *root = NULL;
    const struct js *rootfs, *ids;

    if (bundle_read_member(g->content, g->content->member_of_object[config], &bytes,
                           err) < 0)
        return -1;
    root = js_parse_foreign(bytes.data, bytes.len, ERR_INTEGRITY, err);
    if (!root)
        return -1;
    if (js_object(root, "rootfs", &rootfs) != 1 ||
        js_array(rootfs, "diff_ids", &ids) != 1)
        return err_because(err, ERR_INTEGRITY, REASON_FORMAT, "no rootfs.diff_ids");
    return pair(g, manifest, ids, err);
}

static int
by_layer(const void *a, const void *b)
{
    const struct layer_wish *x = a, *y = b;

    if (x->member != y->member)
        return x->member < y->member ? -1 : 1;
    return digest_compare(&x->diff_id, &y->diff_id);
}

static void
drop_repeated(struct layer_gathering *g)
{
    size_t kept = 0;

    if (g->count > 0)
        qsort(g->wishes, g->count, sizeof(*g->wishes), by_layer);
    for (size_t i = 0; i < g->count; i++) {
        if (kept == 0 || by_layer(&g->wishes[kept - 1], &g->wishes[i]) != 0)
            g->wishes[kept++] = g->wishes[i];
    }
    g->count = kept;
}

int
check_gather_layers(const struct bundle_content *c, struct layer_wish **out,
                    size_t *count, struct damage_list *damage, struct err *err)
{
    struct layer_gathering g = {.content = c};
    struct damage found;

    for (uint32_t id = 0; id < graph_count(c->set.graph); id++) {
        const struct graph_object *o = graph_object(c->set.graph, id);

        for (uint32_t i = 0; o->kind == MEDIA_MANIFEST && has_layers(c->set.graph, o) &&
                             i < o->edge_count;
             i++) {
            const struct graph_edge *e = &o->edges[i];

            if (e->kind != EDGE_CONFIG || c->member_of_object[e->to] == GRAPH_NONE ||
                !image_config_type(graph_media_type(c->set.graph, e)))
                continue;
            if (read_config(&g, o, e->to, err) == 0)
                continue;
            if (err->kind != ERR_INTEGRITY && err->kind != ERR_LOCAL) {
                free(g.wishes);
                return -1;
            }
            err_wrap(err, "the config of an image");
            found = damage_of_member(c, c->member_of_object[e->to], err);
            damage_note(damage, &found);
            *err = (struct err)ERR_INIT;
        }
    }
    drop_repeated(&g);
    *out = g.wishes;
    *count = g.count;
    return 0;
}

/* ---- how many ---- */

enum layer_fate {
    NO_LAYER,
    LAYER_ABSENT,
    LAYER_ARTIFACT,
    LAYER_OTHER_TYPE,
    LAYER_UNPACKED
};

static bool
is_image(const struct bundle_content *c, const struct graph_object *manifest)
{
    for (uint32_t i = 0; i < manifest->edge_count; i++) {
        const struct graph_edge *e = &manifest->edges[i];

        if (e->kind == EDGE_CONFIG)
            return image_config_type(graph_media_type(c->set.graph, e));
    }
    return false;
}

static enum layer_fate
fate_of_layer(const struct bundle_content *c, const struct graph_edge *e, bool in_image)
{
    if (c->member_of_object[e->to] == GRAPH_NONE)
        return LAYER_ABSENT;
    if (!in_image)
        return LAYER_ARTIFACT;
    return is_layer(graph_media_type(c->set.graph, e)) ? LAYER_UNPACKED
                                                       : LAYER_OTHER_TYPE;
}

void
check_count_layers(const struct bundle_content *c, struct layer_counts *out)
{
    size_t objects = graph_count(c->set.graph), counts[LAYER_UNPACKED + 1] = {0};
    enum layer_fate *fates = xcalloc(objects, sizeof(*fates));

    for (uint32_t id = 0; id < objects; id++) {
        const struct graph_object *o = graph_object(c->set.graph, id);
        bool in_image = o->kind == MEDIA_MANIFEST && is_image(c, o);

        for (uint32_t i = 0; o->kind == MEDIA_MANIFEST && i < o->edge_count; i++) {
            const struct graph_edge *e = &o->edges[i];
            enum layer_fate fate =
                e->kind == EDGE_LAYER ? fate_of_layer(c, e, in_image) : NO_LAYER;

            if (fate > fates[e->to])
                fates[e->to] = fate;
        }
    }
    for (uint32_t id = 0; id < objects; id++)
        counts[fates[id]]++;
    free(fates);
    *out = (struct layer_counts){.unpacked = counts[LAYER_UNPACKED],
                                 .artifact = counts[LAYER_ARTIFACT],
                                 .other_type = counts[LAYER_OTHER_TYPE],
                                 .absent = counts[LAYER_ABSENT]};
}

/* ---- checking a layer ---- */

struct member_stream {
    const struct bundle_content *content;
    const struct bundle_member *member;
    struct run *run;
};

static ssize_t
read_layer_bytes(void *ctx, void *out, size_t len, uint64_t offset, struct err *err)
{
    const struct member_stream *s = ctx;
    uint64_t left = s->member->size - offset;
    ssize_t n;

    if (cancel_wanted(&s->run->cancel))
        return cancel_error(err);
    n = volumes_read(&s->content->file, out, left < len ? (size_t)left : len,
                     s->member->offset + offset, err);
    if (n > 0)
        events_done(&s->run->events, (uint64_t)n);
    return n;
}

int
check_layer(const struct bundle_content *c, const struct layer_wish *wish,
            struct run *run, struct err *err)
{
    const struct bundle_member *m = &c->members[wish->member];
    struct member_stream stream = {.content = c, .member = m, .run = run};
    const struct byte_source source = {
        .read_at = read_layer_bytes, .ctx = &stream, .size = m->size};
    char name[BUNDLE_BLOB_NAME_MAX];
    struct digest got;

    bundle_blob_name(&m->digest, name);
    if (tar_layer_look(&source, &got, err) < 0)
        return err->kind == ERR_SIGNAL ? -1 : err_wrap(err, "layer %s", name);
    if (digest_equal(&got, &wish->diff_id))
        return 0;
    return err_because(err, ERR_INTEGRITY, REASON_LAYER,
                       "layer %s does not match its diff_id in the image config", name);
}
