/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "cli/commands/commands.h"

#include "io/json/json_write.h"
#include "ops/sign/attach.h"
#include "ops/sign/sign.h"
#include "render/render_trust.h"

struct attach_command {
    struct common_options common;
    struct opt_list keys;
};

#define T struct attach_command
static const struct opt table[] = {
    GROUP("Signatures"),
    FILE_LIST(T, keys, 0, "key", "PUB", OPT_READS,
              "public key of the signer (repeatable)"),
    COMMON_OPTIONS(T),
    {.kind = OPT_END},
};
#undef T

static void
put_attach_result(struct result *r, const char *path, const struct attach_result *a,
                  char **signatures)
{
    struct jsout *array = jsout_array();

    result_signable(r, path, &a->bundle);
    for (size_t i = 0; i < a->count; i++) {
        const struct attached *s = &a->items[i];
        struct jsout *obj = jsout_object();
        char hex[2 * DIGEST_RAW_MAX + 1];

        digest_hex(&s->key_id, hex);
        jsout_put_text(obj, "file", signatures[i]);
        jsout_put_text(obj, "keyId", hex);
        jsout_put_text(obj, "signature", s->name);
        jsout_put_bool(obj, "wasThere", s->was_there);
        jsout_append(array, obj);
        result_say(r, "signed by %s (%s)%s\n", hex, signatures[i],
                   s->was_there ? " already: not added again" : "");
    }
    jsout_put(r->json, "attached", array);
}

static int
run_attach(const void *options, char **operands, size_t count, struct runtime *rt,
           struct result *r, struct err *err)
{
    const struct attach_command *o = options;
    CLEANUP(trust_keys_release) struct trust_keys keys = TRUST_KEYS_INIT;
    CLEANUP(attach_result_release) struct attach_result a = ATTACH_RESULT_INIT;
    const struct attach_options attach = {
        .path = operands[0],
        .signatures = (const char *const *)operands + 1,
        .count = count - 1,
        .keys = &keys,
    };

    for (size_t i = 0; i < o->keys.count; i++) {
        if (trust_keys_add(&keys, o->keys.items[i], err) < 0)
            return -1;
    }
    trust_keys_warn(&keys, &rt->run.events);
    if (attach_run(&a, &attach, err) < 0)
        return -1;
    put_attach_result(r, operands[0], &a, operands + 1);
    return 0;
}

static void
files(const void *options, char **operands, size_t count, struct files *f)
{
    (void)options;
    files_add_operands(f, FILE_CHANGED_BUNDLE, "BUNDLE", operands, 0, count > 0);
    files_add_operands(f, FILE_READ, "SIGNATURE", operands, 1, count);
}

const struct command cmd_attach = {
    .name = "attach",
    .group = COMMAND_SIGN,
    .operands = "BUNDLE SIGNATURE...",
    .summary = "add signatures made elsewhere",
    .about = "Add signatures of the bytes of 'sealift payload' to BUNDLE: sigstore "
             "bundles, bare\nsignatures as written by openssl, a smart card or a key "
             "service, binary or in\nbase64, or CMS.  Each is checked first.",
    .examples =
        {
            {"Add a signature that a key service made",
             "sealift attach --key service.pub images.tar service.sig"},
            {"Add a CMS signature, which contains its certificate",
             "sealift attach images.tar signature.p7s"},
        },
    .table = table,
    .options_size = sizeof(struct attach_command),
    .operands_min = 2,
    .operands_max = 1 + BUNDLE_SIGNATURES_MAX,
    .files = files,
    .run = run_attach,
};
