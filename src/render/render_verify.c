/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "render/render_verify.h"

#include "base/text.h"
#include "io/json/json_write.h"
#include "ops/verify/check_layers.h"
#include "render/render_damage.h"
#include "render/render_omitted.h"
#include "render/render_trust.h"

void
result_verified(struct result *r, const char *path, const struct verified *v,
                const struct verify_options *o, const struct err *err)
{
    const struct bundle_content *c;
    struct jsout *images;
    char size[TEXT_HUMAN_MAX], left_out[TEXT_COUNT_MAX];
    size_t by_platform;

    jsout_put_text(r->json, "bundle", path);
    jsout_put_bool(r->json, "signatureSkipped", o->skip_signature);
    if (v->bundle)
        result_say(r, "bundle    %s: %s\n", path,
                   text_human(size, bundle_content(v->bundle)->total));
    else
        result_say(r, "bundle    %s\n", path);
    result_signers(r, &v->signers);
    if (v->has_meta) {
        result_verdict(r, &v->verdict, &o->wishes);
        result_missing(r, &v->missing);
    }
    result_damage(r, &v->files.volumes, &v->damage, err);
    if (!v->bundle)
        return;
    c = bundle_content(v->bundle);
    result_put_digest(r->json, "index", &v->admission.index);
    result_put_meta(r->json, &c->meta);
    images = jsout_array();
    for (size_t i = 0; i < c->set.count; i++)
        jsout_append(images, result_entry(&c->set, &c->set.entries[i]));
    jsout_put(r->json, "images", images);
    result_say_meta(r, &c->meta);
    result_contents(r, c, "");
    by_platform = image_set_unwanted(&c->set);
    if (by_platform > 0)
        result_say(r, "left out  %s, by platform\n",
                   text_count(left_out, by_platform, "child of an index",
                              "children of indexes"));
}

void
result_layers(struct result *r, const struct bundle_content *c)
{
    struct jsout *layers = jsout_object(), *others = jsout_object();
    struct layer_counts n;
    size_t not_unpacked;
    const char *mark = ":";

    check_count_layers(c, &n);
    not_unpacked = n.artifact + n.other_type + n.absent;
    result_say(r, "layers    %zu unpacked, %zu not", n.unpacked, not_unpacked);
    const struct {
        const char *key, *text;
        size_t count;
    } reasons[] = {
        {"artifact", "of artifacts", n.artifact},
        {"otherType", "of a type other than tar", n.other_type},
        {"absent", "not in the bundle", n.absent},
    };
    for (size_t i = 0; i < COUNT_OF(reasons); i++) {
        jsout_put_u64(others, reasons[i].key, reasons[i].count);
        if (reasons[i].count == 0)
            continue;
        result_say(r, "%s %zu %s", mark, reasons[i].count, reasons[i].text);
        mark = ",";
    }
    result_say(r, "\n");
    jsout_put_u64(layers, "unpacked", n.unpacked);
    jsout_put(layers, "notUnpacked", others);
    jsout_put(r->json, "layers", layers);
}
