/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "ops/receipt/receipt_artifact.h"

#include "io/json/json.h"

#include <string.h>

void
receipt_parts_release(struct receipt_parts *r)
{
    buf_release(&r->index.bytes);
    for (size_t i = 0; i < r->count; i++)
        buf_release(&r->signatures[i].bytes);
}

static int
artifact_error(struct err *err)
{
    return err_set(err, ERR_INTEGRITY, "it is no receipt");
}

static int
read_part(const struct js *layer, struct receipt_part *out, uint64_t max, struct err *err)
{
    const char *digest;

    *out = (struct receipt_part){.bytes = BUF_INIT((size_t)max)};
    if (js_string(layer, "digest", &digest) != 1 ||
        digest_parse(&out->digest, digest, strlen(digest), ERR_INTEGRITY, err) < 0 ||
        js_u64(layer, "size", &out->size) != 1 || out->size > max)
        return artifact_error(err);
    return 0;
}

static int
read_layer(const struct js *layer, struct receipt_parts *r, struct err *err)
{
    struct receipt_part *next = &r->signatures[r->count];
    bool is_cms;
    const char *type;

    if (js_string(layer, "mediaType", &type) != 1)
        return artifact_error(err);
    if (strcmp(type, RECEIPT_LAYER_INDEX) == 0)
        return r->index.size > 0 ? artifact_error(err)
                                 : read_part(layer, &r->index, BUNDLE_INDEX_MAX, err);
    is_cms = strcmp(type, RECEIPT_LAYER_CMS) == 0;
    if (!is_cms && strcmp(type, RECEIPT_LAYER_SIG) != 0)
        return 0;
    if (r->count == BUNDLE_SIGNATURES_MAX ||
        read_part(layer, next, BUNDLE_SIGNATURE_MAX, err) < 0)
        return artifact_error(err);
    memcpy(next->name, is_cms ? "receipt.p7s" : "receipt", is_cms ? 12 : 8);
    r->count++;
    return 0;
}

int
receipt_parts_read(struct receipt_parts *r, const void *bytes, size_t len,
                   struct err *err)
{
    CLEANUP(js_release) struct js *root = js_parse(bytes, len, ERR_INTEGRITY, err);
    const struct js *layers;

    if (!root || js_array(root, "layers", &layers) != 1)
        return artifact_error(err);
    for (size_t i = 0; i < js_length(layers); i++) {
        if (read_layer(js_at(layers, i), r, err) < 0)
            return -1;
    }
    return r->index.size > 0 ? 0 : artifact_error(err);
}
