/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "render/render_trust.h"

#include "base/text.h"
#include "io/json/json_write.h"

#include <inttypes.h>

void
result_signers(struct result *r, const struct signature_check *signers)
{
    struct jsout *array = jsout_array();

    for (size_t i = 0; i < signers->count; i++) {
        const struct trust_finding *f = &signers->items[i];
        struct jsout *obj = jsout_object();
        char hex[2 * DIGEST_RAW_MAX + 1] = "";

        if (f->has_key_id)
            digest_hex(&f->key_id, hex);
        jsout_put_text(obj, "file", f->file);
        jsout_put_bool(obj, "counts", f->counts);
        if (f->is_detached)
            jsout_put_bool(obj, "detached", true);
        if (f->has_key_id)
            jsout_put_text(obj, "keyId", hex);
        if (f->counts) {
            jsout_put_text(obj, "key", f->key_name);
            result_say(r, "signed by %s (%s)\n", hex, f->key_name);
        } else {
            jsout_put_text(obj, "why", f->why);
            result_say(r, "ignored   %s%s: %s\n", f->is_detached ? "" : "signatures/",
                       f->file, f->why);
        }
        jsout_append(array, obj);
    }
    jsout_put(r->json, "signatures", array);
}

static void
put_overrides(struct result *r, const struct trust_verdict *verdict,
              const struct trust_wishes *wishes)
{
    struct jsout *array = jsout_array();

    for (size_t i = 0; i < verdict->override_count; i++) {
        enum trust_override o = verdict->overrides[i];
        struct jsout *obj = jsout_object();

        jsout_put_text(obj, "name", trust_override_name(o));
        if (o == OVERRIDE_EXPIRED)
            jsout_put_text(obj, "reason", wishes->expired);
        jsout_append(array, obj);
        result_say(r, "override  %s%s%s\n", trust_override_name(o),
                   o == OVERRIDE_EXPIRED ? ": " : "",
                   o == OVERRIDE_EXPIRED ? wishes->expired : "");
    }
    jsout_put(r->json, "overrides", array);
}

void
result_verdict(struct result *r, const struct trust_verdict *verdict,
               const struct trust_wishes *wishes)
{
    struct jsout *names = jsout_array();

    for (size_t i = 0; i < verdict->signer_count; i++)
        jsout_append_text(names, verdict->signers[i]);
    jsout_put(r->json, "signers", names);
    jsout_put_u64(r->json, "threshold", verdict->threshold);
    if (verdict->rule && verdict->signer_count > 0) {
        result_say(r, "approved  by %s", verdict->signers[0]);
        for (size_t i = 1; i < verdict->signer_count; i++)
            result_say(r, ", %s", verdict->signers[i]);
        result_say(r, " (%" PRIu64 " needed)\n", verdict->threshold);
    }
    put_overrides(r, verdict, wishes);
}

void
result_signable(struct result *r, const char *path, const struct signable *bundle)
{
    const struct bundle_content *c = bundle_preview_content(bundle->preview);
    char digest[DIGEST_TEXT_MAX], size[TEXT_HUMAN_MAX];

    digest_text(&bundle->index, digest);
    jsout_put_text(r->json, "bundle", path);
    result_put_digest(r->json, "index", &bundle->index);
    result_put_meta(r->json, &c->meta);
    result_say(r, "bundle    %s: %s\n", path, text_human(size, c->total));
    result_say(r, "index     %s\n", digest);
    result_say_meta(r, &c->meta);
    result_contents(r, c, "; layers were not read");
}
