/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "render/render_import.h"

#include "io/json/json_write.h"
#include "render/render_damage.h"
#include "render/render_omitted.h"
#include "render/render_trust.h"

#include <inttypes.h>

void
result_import(struct result *r, const struct import_view *view,
              const struct import_result *x, const struct err *err)
{
    bool done = err->kind == ERR_NONE || err->kind == ERR_PARTIAL;
    const char *pushed = done ? "pushed" : "unfinished";
    const struct import_options *o = view->options;

    jsout_put_text(r->json, "bundle", view->path);
    jsout_put_text(r->json, "target", view->target);
    jsout_put_bool(r->json, "dryRun", o->push.dry_run);
    jsout_put_bool(r->json, "signatureSkipped", o->verify.skip_signature);
    result_signers(r, &x->verified.signers);
    if (x->verified.has_meta) {
        result_verdict(r, &x->verified.verdict, &o->verify.wishes);
        result_missing(r, &x->verified.missing);
    }
    result_damage(r, &x->verified.files.volumes, &x->verified.damage, err);
    if (!x->verified.bundle || !x->push.states)
        return;
    result_put_digest(r->json, "index", &x->verified.admission.index);
    result_put_meta(r->json, &bundle_content(x->verified.bundle)->meta);
    render_push(r, &x->push, 1, o->push.dry_run ? "would-push" : pushed, done,
                &view->hints);
    render_push_counts(r, &x->push.counts, o->push.dry_run, done);
    jsout_put_u64(r->json, "programsLeft", x->part.programs);
    if (x->part.programs > 0)
        result_say(r,
                   "program   sealift stays in the bundle, which verify can extract\n");
    jsout_put_text(r->json, "presence", x->push.is_by_head ? "head" : "last-byte");
    render_push_failed(r, &x->push, 1, &view->hints, err);
}

void
result_receipt(struct result *r, const struct import_view *view,
               const struct import_result *x)
{
    if (x->lacks_receipt) {
        result_say(r, "receipt   failed: %s\n", x->receipt_error.message);
        jsout_put_bool(r->json, "receipt", false);
        jsout_put(r->json, "receiptError",
                  render_push_failure(&x->receipt_error, &view->hints));
    }
    if (x->receipt.json.len == 0)
        return;
    result_say(r, "receipt   %s/sealift/%s:serial-%" PRIu64 "\n", view->target,
               x->verified.meta.stream, x->verified.meta.serial);
    jsout_put_bool(r->json, "receipt", true);
}
