#include "config.h"
#include "cli/omitted.h"

enum { LINE_MAX_BYTES = 600 };

struct listing {
    const struct graph *graph;
    struct jsout *items; /* NULL: none so far */
    struct buf *line;
    bool is_cut;
};

static void
add(struct listing *l, const struct graph_edge *e)
{
    const char *platform = graph_platform(l->graph, e);
    struct jsout *obj = jsout_object();

    if (!l->items)
        l->items = jsout_array();
    if (platform[0] != '\0')
        jsout_put_text(obj, "platform", platform);
    jsout_put_bool(obj, "attestation", e->is_attestation);
    result_put_digest(obj, "digest", &graph_object(l->graph, e->to)->digest);
    jsout_append(l->items, obj);
    if (!e->is_attestation && !l->is_cut)
        l->is_cut = buf_addf(l->line, "%s%s", l->line->len > 0 ? ", " : "", platform) < 0;
}

static void
look(void *ctx, uint32_t id, bool as_document)
{
    struct listing *l = ctx;
    const struct graph_object *o = graph_object(l->graph, id);

    for (uint32_t i = 0; as_document && i < o->edge_count; i++) {
        if (graph_object(l->graph, o->edges[i].to)->state == GRAPH_OMITTED)
            add(l, &o->edges[i]);
    }
}

void
result_omitted(struct result *r, struct jsout *image, const struct graph *graph,
               struct graph_walk *walk, uint32_t root, const char *name)
{
    CLEANUP(buf_release) struct buf line = BUF_INIT(LINE_MAX_BYTES);
    struct listing l = {.graph = graph, .line = &line};

    graph_walk_root(walk, root, look, &l);
    if (!l.items)
        return;
    jsout_put(image, "omitted", l.items);
    result_say(r, "left out  %s%s of %s\n", line.len > 0 ? line.data : "attestations",
               l.is_cut ? ", ..." : "", name);
}

void
result_missing(struct result *r, const struct missing_list *missing)
{
    struct jsout *names = jsout_array();

    for (size_t i = 0; i < missing->count; i++) {
        jsout_append_text(names, missing->items[i].name);
        result_say(r, "missing   %s\n", missing->items[i].name);
    }
    jsout_put(r->json, "missing", names);
}
