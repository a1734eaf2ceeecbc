/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "cli/commands/commands.h"

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "io/json/json_write.h"
#include "ops/receipt/receipt.h"
#include "render/render_trust.h"

#include <inttypes.h>

struct verify_receipt_command {
    struct common_options common;
    struct opt_list keys;
};

#define T struct verify_receipt_command
static const struct opt table[] = {
    GROUP("Trust"),
    FILE_LIST(T, keys, 0, "key", "PUB", OPT_READS,
              "the public key of the host that pushed (repeatable; one must match)",
              .from = OPT_FROM_SYSTEM),
    COMMON_OPTIONS(T),
    {.kind = OPT_END},
};
#undef T

static void
put_summary(struct result *r, const struct receipt_summary *s)
{
    char time[CLOCK_TEXT_MAX], index[DIGEST_TEXT_MAX];
    char images[TEXT_COUNT_MAX], overrides[TEXT_COUNT_MAX];

    clock_format(time, s->time);
    jsout_put_text(r->json, "target", s->target);
    jsout_put_bool(r->json, "copy", s->is_copy);
    if (!s->is_copy) {
        digest_text(&s->index, index);
        jsout_put_text(r->json, "stream", s->stream);
        jsout_put_u64(r->json, "serial", s->serial);
        jsout_put_text(r->json, "index", index);
    }
    jsout_put_text(r->json, "time", time);
    jsout_put_u64(r->json, "images", s->images);
    jsout_put_u64(r->json, "overrides", s->overrides);
    jsout_put_bool(r->json, "signatureSkipped", s->signature_skipped);
    jsout_put_bool(r->json, "partial", s->is_partial);
    result_say(r, "%s  %s to %s\n", s->is_copy ? "copied  " : "imported", time,
               s->target);
    if (!s->is_copy) {
        result_say(r, "stream    %s, serial %" PRIu64 "\n", s->stream, s->serial);
        result_say(r, "index     %s\n", index);
    }
    result_say(r, "contents  %s%s; %s used%s\n",
               text_count(images, s->images, "image", "images"),
               s->is_partial ? ", NOT ALL OF THEM PUSHED" : "",
               text_count(overrides, s->overrides, "override", "overrides"),
               s->signature_skipped ? "; THE SIGNATURE WAS NOT CHECKED" : "");
}

static int
run_verify_receipt(const void *options, char **operands, size_t count, struct runtime *rt,
                   struct result *r, struct err *err)
{
    const struct verify_receipt_command *o = options;
    CLEANUP(trust_store_release) struct trust_store store = TRUST_STORE_INIT;
    CLEANUP(verified_receipt_release) struct verified_receipt v = {.signers.items = NULL};
    int rc;

    (void)count;
    if (o->keys.count == 0)
        return err_set(err, ERR_USAGE, "--key HOST.pub is required");
    for (size_t i = 0; i < o->keys.count; i++) {
        if (trust_keys_add(&store.keys, o->keys.items[i], err) < 0)
            return -1;
    }
    trust_store_warn(&store, clock_now(), &rt->run.events);
    rc = verify_receipt(&v, operands[0], &store, err);
    jsout_put_text(r->json, "receipt", operands[0]);
    if (rc < 0)
        return -1;
    result_signers(r, &v.signers);
    put_summary(r, &v.summary);
    result_say(r, "OK: the receipt was signed by that host\n");
    return 0;
}

static void
files(const void *options, char **operands, size_t count, struct files *f)
{
    (void)options;
    for (size_t i = 0; i < count; i++) {
        CLEANUP(mem_free_string) char *beside = receipt_signature_path(operands[i]);

        files_add(f, FILE_READ, "FILE", operands[i]);
        files_add(f, FILE_READ, "the signature of FILE", beside);
    }
}

const struct command cmd_verify_receipt = {
    .name = "verify-receipt",
    .group = COMMAND_TRUST,
    .operands = "FILE",
    .summary = "check the receipt of an import or a copy",
    .about = "Check that FILE is a receipt signed by a known host; FILE.sigstore.json is "
             "its\nsignature.  Receipts are made by 'sealift import --receipt' "
             "and\n'sealift copy "
             "--receipt'.",
    .examples =
        {
            {"Check a receipt with the public key of the importing host",
             "sealift verify-receipt --key host.pub result.receipt.json"},
            {"Print the result as JSON",
             "sealift verify-receipt --json --key host.pub result.receipt.json"},
        },
    .table = table,
    .options_size = sizeof(struct verify_receipt_command),
    .operands_min = 1,
    .operands_max = 1,
    .files = files,
    .run = run_verify_receipt,
};
