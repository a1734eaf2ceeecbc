/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "render/render_omitted.h"

#include "base/text.h"
#include "io/json/json_write.h"
#include "oci/graph_walk.h"

#include <stdio.h>
#include <string.h>

enum { LINE_MAX_BYTES = 600 };

struct line {
    char bytes[LINE_MAX_BYTES];
    size_t len;
    bool is_used, is_cut;
};

struct platform_listing {
    const struct image_set *set;
    struct jsout *items; /* NULL: no items yet */
    struct line omitted, missing;
};

static void
add_to_line(struct line *l, const char *platform)
{
    size_t need = strlen(platform) + (l->len > 0 ? strlen(", ") : 0);

    l->is_cut |= l->len + need >= sizeof(l->bytes);
    if (!l->is_cut)
        l->len +=
            (size_t)sprintf(l->bytes + l->len, "%s%s", l->len > 0 ? ", " : "", platform);
}

static void
list_platform(struct platform_listing *l, const struct graph_edge *e)
{
    const char *platform = graph_platform(l->set->graph, e);
    bool is_missing = l->set->is_missing[e->to];
    struct line *line = is_missing ? &l->missing : &l->omitted;
    struct jsout *obj = jsout_object();

    if (!l->items)
        l->items = jsout_array();
    if (platform[0] != '\0')
        jsout_put_text(obj, "platform", platform);
    jsout_put_bool(obj, "attestation", e->is_attestation);
    jsout_put_bool(obj, "missing", is_missing);
    result_put_digest(obj, "digest", &graph_object(l->set->graph, e->to)->digest);
    jsout_append(l->items, obj);
    line->is_used = true;
    if (!e->is_attestation)
        add_to_line(line, platform[0] != '\0' ? platform : "an image");
}

static void
find_omitted(void *ctx, uint32_t id, bool as_document)
{
    struct platform_listing *l = ctx;
    const struct graph_object *o = graph_object(l->set->graph, id);

    for (uint32_t i = 0; as_document && i < o->edge_count; i++) {
        if (graph_object(l->set->graph, o->edges[i].to)->state == GRAPH_OMITTED)
            list_platform(l, &o->edges[i]);
    }
}

static void
say_line(struct result *r, const char *what, const struct line *l, const char *name)
{
    if (l->is_used)
        result_say(r, "%s  %s%s of %s\n", what, l->len > 0 ? l->bytes : "attestations",
                   l->is_cut ? ", ..." : "", name);
}

void
result_omitted(struct result *r, struct jsout *image, const struct image_set *set,
               struct graph_walk *walk, const struct image_entry *entry)
{
    struct platform_listing l = {.set = set};

    graph_walk_root(walk, entry->object, find_omitted, &l);
    if (!l.items)
        return;
    jsout_put(image, "omitted", l.items);
    say_line(r, "left out", &l.omitted, entry->name);
    say_line(r, "lacks   ", &l.missing, entry->name);
}

void
result_put_missing(struct result *r, const struct missing_list *missing)
{
    struct jsout *names = jsout_array();

    for (size_t i = 0; i < missing->count; i++)
        jsout_append_text(names, missing->items[i].name);
    jsout_put(r->json, "missing", names);
}

void
result_missing(struct result *r, const struct missing_list *missing)
{
    result_put_missing(r, missing);
    for (size_t i = 0; i < missing->count; i++)
        result_say(r, "missing   %s\n", missing->items[i].name);
}

void
result_no_referrers(struct result *r, size_t names)
{
    char count[TEXT_COUNT_MAX];

    jsout_put_u64(r->json, "withoutReferrers", names);
    result_say(r, "referrers not searched for %s\n",
               text_count(count, names, "name", "names"));
}
