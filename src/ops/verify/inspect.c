/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "ops/verify/inspect.h"

#include "base/mem.h"
#include "bundle/reader/head.h"
#include "bundle/reader/member_read.h"
#include "io/crypto/pki_sign.h"
#include "oci/graph_size.h"
#include "oci/graph_walk.h"
#include "ops/verify/signature_files.h"

#include <stdlib.h>
#include <string.h>

enum { CONFIG_MAX = 1 << 20 }; /* bytes; a larger config is not read */

/* A top-level image has its platform only in its config. */
static void
platform_of_config(const struct bundle_content *c, const struct graph_object *manifest,
                   struct platform *out)
{
    CLEANUP(buf_release) struct buf bytes = BUF_INIT(CONFIG_MAX);

    for (uint32_t i = 0; i < manifest->edge_count; i++) {
        const struct graph_edge *e = &manifest->edges[i];
        struct js *root;

        if (e->kind != EDGE_CONFIG ||
            graph_object(c->set.graph, e->to)->size > CONFIG_MAX)
            continue;
        if (bundle_read_member(c, c->member_of_object[e->to], &bytes, err_ignored()) < 0)
            return;
        root = js_parse_foreign(bytes.data, bytes.len, ERR_INTEGRITY, err_ignored());
        if (root && platform_read(out, root) != 1)
            out->text[0] = '\0';
        js_close(root);
        return;
    }
}

static void
describe_image(const struct bundle_content *c, struct graph_size *scales, size_t index,
               struct inspected_image *out)
{
    uint32_t root = c->set.entries[index].object;
    const struct graph_object *top = graph_object(c->set.graph, root);

    out->entry = &c->set.entries[index];
    out->subject = top->subject;
    out->bytes = graph_size_add(scales, root);
    out->platforms = xcalloc((size_t)top->edge_count + 1, sizeof(*out->platforms));
    if (top->kind == MEDIA_MANIFEST) {
        struct inspected_platform *p = &out->platforms[out->platform_count++];

        p->digest = top->digest;
        p->bytes = out->bytes;
        platform_of_config(c, top, &p->platform);
        return;
    }
    for (uint32_t i = 0; i < top->edge_count; i++) {
        const struct graph_edge *e = &top->edges[i];
        struct inspected_platform *p = &out->platforms[out->platform_count++];
        const char *text = graph_platform(c->set.graph, e);

        p->digest = graph_object(c->set.graph, e->to)->digest;
        p->is_omitted = graph_object(c->set.graph, e->to)->state == GRAPH_OMITTED;
        p->is_missing = c->set.is_missing[e->to];
        p->bytes = p->is_omitted ? 0 : graph_size_add(scales, e->to);
        p->is_attestation = e->is_attestation;
        memcpy(p->platform.text, text, strlen(text) + 1);
    }
}

int
inspect_run(struct inspection *out, const char *const *paths, size_t path_count,
            struct err *err)
{
    const struct bundle_content *content;
    CLEANUP(graph_size_release) struct graph_size *scales = NULL;
    const struct trust_store no_keys = TRUST_STORE_INIT;
    CLEANUP(signature_files_release) struct signature_files e = SIGNATURE_FILES_INIT;
    struct pki_payload payload;
    const void *raw;
    size_t len;

    if (volume_set_open(&out->files, paths, path_count, err) < 0)
        return -1;
    out->head = bundle_head(out->files.volumes, err);
    if (!out->head)
        return err_wrap(err, "%s", paths[0]);
    raw = bundle_raw_index(out->head, &len);
    payload = pki_payload(raw, len);
    if (signature_files_gather(&e, out->head, NULL, 0, err) < 0 ||
        signature_check(&out->signers, &payload, e.items, e.count, &no_keys, err) < 0)
        return -1;
    out->preview = bundle_preview(out->head, err);
    if (!out->preview)
        return err_wrap(err, "%s", paths[0]);

    content = bundle_preview_content(out->preview);
    scales = graph_size_new(content->set.graph);
    out->image_count = content->set.count;
    out->images = xcalloc(out->image_count, sizeof(*out->images));
    for (size_t i = 0; i < out->image_count; i++)
        describe_image(content, scales, i, &out->images[i]);
    for (size_t i = 0; i < content->member_count; i++)
        out->bytes += content->members[i].size;
    return 0;
}

void
inspection_release(struct inspection *i)
{
    for (size_t n = 0; n < i->image_count; n++)
        free(i->images[n].platforms);
    free(i->images);
    bundle_preview_release(&i->preview);
    signature_check_release(&i->signers);
    bundle_untrusted_release(&i->head);
    volume_set_release(&i->files);
}
