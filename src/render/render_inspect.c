/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "render/render_inspect.h"

#include "base/text.h"
#include "io/json/json_write.h"
#include "render/render_images.h"
#include "render/render_omitted.h"

static void
put_signature_list(const struct signature_check *signers, struct result *r)
{
    struct jsout *array = jsout_array();

    for (size_t i = 0; i < signers->count; i++) {
        const struct trust_finding *f = &signers->items[i];
        struct jsout *obj = jsout_object();
        char hex[2 * DIGEST_RAW_MAX + 1] = "not named";

        if (f->has_key_id)
            digest_hex(&f->key_id, hex);
        jsout_put_text(obj, "file", f->file);
        if (f->has_key_id)
            jsout_put_text(obj, "keyId", hex);
        jsout_append(array, obj);
        result_say(r, "signature key id %s\n", hex);
    }
    if (signers->count == 0)
        result_say(r, "signature none\n");
    jsout_put(r->json, "signatures", array);
}

void
result_inspection(struct result *r, const char *path, const struct inspection *x)
{
    const struct bundle_content *c = bundle_preview_content(x->preview);
    char size[TEXT_HUMAN_MAX];

    jsout_put_text(r->json, "bundle", path);
    jsout_put_bool(r->json, "verified", false);
    result_put_digest(r->json, "index", &x->signers.index);
    result_put_meta(r->json, &c->meta);
    result_say(r, "bundle    %s: %s, UNVERIFIED\n", path, text_human(size, c->total));
    put_signature_list(&x->signers, r);
    result_say_meta(r, &c->meta);
    result_missing(r, &c->set.missing);
    result_contents(r, c, "");
    result_say(r, "\n");
    render_images(r, &c->set, x->images);
}
