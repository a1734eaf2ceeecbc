/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "images/image_details.h"

#include "base/mem.h"
#include "oci/graph_size.h"
#include "oci/graph_walk.h"

#include <stdlib.h>
#include <string.h>

static void
platform_of_config(const struct image_set *set, const struct graph_object *manifest,
                   const struct config_reader *configs, struct platform *out)
{
    CLEANUP(buf_release) struct buf bytes = BUF_INIT(IMAGE_CONFIG_MAX);

    for (uint32_t i = 0; i < manifest->edge_count; i++) {
        const struct graph_edge *e = &manifest->edges[i];
        struct js *root;

        if (e->kind != EDGE_CONFIG ||
            graph_object(set->graph, e->to)->size > IMAGE_CONFIG_MAX)
            continue;
        if (configs->read(configs->ctx, e->to, &bytes, err_ignored()) < 0)
            return;
        root = js_parse_foreign(bytes.data ? bytes.data : "", bytes.len, ERR_INTEGRITY,
                                err_ignored());
        if (root && platform_read(out, root) != 1)
            out->text[0] = '\0';
        js_close(root);
        return;
    }
}

static void
describe_image(const struct image_set *set, size_t index, struct graph_size *scales,
               const struct config_reader *configs, struct image_details *out)
{
    uint32_t root = set->entries[index].object;
    const struct graph_object *top = graph_object(set->graph, root);

    out->entry = &set->entries[index];
    out->subject = top->subject;
    out->bytes = graph_size_add(scales, root);
    out->platforms = xcalloc((size_t)top->edge_count + 1, sizeof(*out->platforms));
    if (top->kind == MEDIA_MANIFEST) {
        struct platform_details *p = &out->platforms[out->platform_count++];

        p->digest = top->digest;
        p->bytes = out->bytes;
        platform_of_config(set, top, configs, &p->platform);
        return;
    }
    for (uint32_t i = 0; i < top->edge_count; i++) {
        const struct graph_edge *e = &top->edges[i];
        struct platform_details *p = &out->platforms[out->platform_count++];
        const char *text = graph_platform(set->graph, e);

        p->digest = graph_object(set->graph, e->to)->digest;
        p->is_omitted = graph_object(set->graph, e->to)->state == GRAPH_OMITTED;
        p->is_missing = set->is_missing && set->is_missing[e->to];
        p->bytes = p->is_omitted ? 0 : graph_size_add(scales, e->to);
        p->is_attestation = e->is_attestation;
        memcpy(p->platform.text, text, strlen(text) + 1);
    }
}

struct image_details *
image_details_new(const struct image_set *set, const struct config_reader *configs)
{
    CLEANUP(graph_size_release) struct graph_size *scales = graph_size_new(set->graph);
    struct image_details *details = xcalloc(set->count + 1, sizeof(*details));

    for (size_t i = 0; i < set->count; i++)
        describe_image(set, i, scales, configs, &details[i]);
    return details;
}

void
image_details_free(struct image_details *details, size_t count)
{
    for (size_t i = 0; details && i < count; i++)
        free(details[i].platforms);
    free(details);
}
