/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "render/render_sources.h"

#include "io/json/json_write.h"
#include "render/render_damage.h"
#include "render/render_omitted.h"
#include "render/render_trust.h"

#include <inttypes.h>

static void
say_source(struct result *r, const struct source_bundle *b)
{
    const struct verified *v = &b->verified;

    jsout_put_text(r->json, "bundle", b->path);
    jsout_put_bool(r->json, "signatureSkipped", b->options.skip_signature);
    if (v->bundle)
        result_say(r, "source    %s: stream %s, serial %" PRIu64 "\n", b->path,
                   v->meta.stream, v->meta.serial);
    else
        result_say(r, "source    %s\n", b->path);
    result_signers(r, &v->signers);
    if (v->has_meta) {
        result_verdict(r, &v->verdict, &b->options.wishes);
        if (v->bundle) /* what is made of it lists them */
            result_put_missing(r, &v->missing);
        else
            result_missing(r, &v->missing);
    }
    if (!v->bundle)
        return;
    result_put_digest(r->json, "index", &v->admission.index);
    result_put_meta(r->json, &v->meta);
    if (b->options.skip_signature)
        result_say(r, "          UNVERIFIED: its signature was not checked\n");
}

void
result_sources(struct result *r, const struct sources *s, const struct err *err)
{
    struct jsout *whole = r->json, *list;

    if (s->bundle_count == 0)
        return;
    list = jsout_array();
    for (size_t i = 0; i < s->bundle_count; i++) {
        const struct verified *v = &s->bundles[i]->verified;

        r->json = jsout_object();
        say_source(r, s->bundles[i]);
        result_damage(r, &v->files.volumes, &v->damage, err);
        jsout_append(list, r->json);
    }
    r->json = whole;
    jsout_put(r->json, "sources", list);
}
