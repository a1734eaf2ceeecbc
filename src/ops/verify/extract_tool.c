/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "ops/verify/extract_tool.h"

#include "base/mem.h"
#include "base/text.h"
#include "bundle/reader/bundle_source.h"
#include "images/local_images.h"
#include "images/tool_image.h"
#include "io/archive/tar.h"
#include "io/file/output.h"
#include "oci/graph_walk.h"

#include <stdlib.h>
#include <string.h>

void
extracted_tool_release(struct extracted_tool *t)
{
    free(t->name);
    free(t->path);
    *t = (struct extracted_tool)EXTRACTED_TOOL_INIT;
}

/* The name of this machine's architecture in platforms. */
static const char *
own_arch(void)
{
#if defined(__x86_64__)
    return "amd64";
#elif defined(__aarch64__)
    return "arm64";
#else
    return "this machine";
#endif
}

static const struct image_entry *
find_tool(const struct image_set *set, struct err *err)
{
    CLEANUP(mem_free_string) char *suffix = xasprintf("-linux-%s", own_arch());

    for (size_t i = 0; i < set->count; i++) {
        const struct image_entry *e = &set->entries[i];

        size_t len = strlen(e->ref.tag);

        if (tool_image_is(e) && len > strlen(suffix) &&
            strcmp(e->ref.tag + len - strlen(suffix), suffix) == 0)
            return e;
    }
    err_set(err, ERR_NOT_FOUND, "the bundle does not have the program for %s",
            suffix + strlen("-linux-"));
    return NULL;
}

/* The only layer of the manifest. */
static const struct graph_object *
layer_of_tool(const struct image_set *set, const struct image_entry *e)
{
    const struct graph_object *o = graph_object(set->graph, e->object), *layer = NULL;

    for (uint32_t i = 0; i < o->edge_count; i++) {
        if (o->edges[i].kind != EDGE_LAYER)
            continue;
        if (layer)
            return NULL;
        layer = graph_object(set->graph, o->edges[i].to);
    }
    return layer;
}

/* Its body is a tar of one member. */
static int
write_program(const struct buf *tar, const char *path, struct err *err)
{
    struct tar_entry head;

    if (tar->len < TAR_BLOCK || tar_parse((const void *)tar->data, &head, err) < 0 ||
        strcmp(head.name, TOOL_MEMBER) != 0 || head.size > tar->len - TAR_BLOCK)
        return err_because(err, ERR_INTEGRITY, REASON_FORMAT,
                           "the layer is not a tar of the program");
    return file_put(path, tar->data + TAR_BLOCK, (size_t)head.size, 0755, true, err);
}

int
extract_tool(struct extracted_tool *out, struct bundle *b, const char *folder,
             struct err *err)
{
    const struct image_set *set = &bundle_content(b)->set;
    const struct image_entry *e = find_tool(set, err);
    const struct image_source source = bundle_source(b);
    CLEANUP(buf_release)
    struct buf tar = BUF_INIT(TOOL_PROGRAM_MAX + 4 * TAR_BLOCK);
    const struct graph_object *layer = e ? layer_of_tool(set, e) : NULL;
    struct image_object what = {.in = e ? &e->ref : NULL};
    const struct byte_sink sink = byte_buf_sink(&tar);
    struct byte_source blob;
    int rc;

    if (!e)
        return -1;
    if (!layer || layer->size > tar.max)
        return err_because(err, ERR_INTEGRITY, REASON_FORMAT,
                           "%s is not as export makes it", e->name);
    what.digest = &layer->digest;
    what.size = layer->size;
    out->name = xstrdup(e->name);
    out->path = xasprintf("%s/%s", folder, TOOL_MEMBER);
    source.open_blob(source.ctx, 0, &what, &blob);
    rc = local_fetch_blob(&blob, &what, NULL, &sink, err);
    source.close_blob(&blob);
    return rc < 0 ? -1 : write_program(&tar, out->path, err);
}
