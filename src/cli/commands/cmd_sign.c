/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "cli/commands/commands.h"

#include "cli/signer.h"
#include "io/file/file.h"
#include "io/file/output.h"
#include "io/json/json_write.h"
#include "ops/sign/sign.h"
#include "ops/sign/sign_file.h"
#include "render/render_trust.h"

struct sign_command {
    struct common_options common;
    struct passphrase_options passphrase;
    struct signer_options signer;
    const char *file;
};

#define T struct sign_command
static const struct opt table[] = {
    GROUP("Signature"),
    SIGNER_OPTIONS(T),
    FILE_TEXT(T, file, 0, "file", "FILE", OPT_READS,
              "sign this file instead of a bundle, into --sig-out",
              .from = OPT_FROM_LINE),
    COMMON_OPTIONS(T),
    {.kind = OPT_END},
};
#undef T

static void
put_sign_result(struct result *r, const struct sign_command *o, const char *path,
                const struct sign_result *s, const struct pki_key *key)
{
    char hex[2 * DIGEST_RAW_MAX + 1];

    digest_hex(pki_id(key), hex);
    result_signable(r, path, &s->bundle);
    jsout_put_text(r->json, "keyId", hex);
    jsout_put_bool(r->json, "wasThere", s->was_there);
    jsout_put_text(r->json, "signature", o->signer.out ? o->signer.out : s->file.name);
    if (s->was_there)
        result_say(r, "signed by %s (%s) already: nothing was changed\n", hex,
                   o->signer.key);
    else
        result_say(r, "signed by %s (%s)%s%s\n", hex, o->signer.key,
                   o->signer.out ? ", in " : "", o->signer.out ? o->signer.out : "");
}

static int
sign_any_file(const struct sign_command *o, const struct signer *signer, struct result *r,
              struct err *err)
{
    const struct sign_file_options sign = {.path = o->file,
                                           .out = o->signer.out,
                                           .key = signer->key,
                                           .certs = signer->certs};
    char hex[2 * DIGEST_RAW_MAX + 1], text[DIGEST_TEXT_MAX];
    struct digest digest;

    if (sign_file(&sign, &digest, err) < 0)
        return -1;
    digest_hex(pki_id(signer->key), hex);
    digest_text(&digest, text);
    jsout_put_text(r->json, "file", o->file);
    result_put_digest(r->json, "digest", &digest);
    jsout_put_text(r->json, "keyId", hex);
    jsout_put_text(r->json, "signature", o->signer.out);
    result_say(r, "file      %s\n", o->file);
    result_say(r, "digest    %s\n", text);
    result_say(r, "signed by %s (%s), in %s\n", hex, o->signer.key, o->signer.out);
    return 0;
}

/* A bundle, or else --file, which has no room for a signature inside. */
static int
check_what_to_sign(const struct sign_command *o, size_t count, struct err *err)
{
    if (o->file && count > 0)
        return err_set(err, ERR_USAGE, "--file and a bundle are given together");
    if (!o->file && count == 0)
        return err_set(err, ERR_USAGE, "missing operand: BUNDLE...");
    if (o->file && !o->signer.out)
        return err_set(err, ERR_USAGE, "--file requires --sig-out FILE");
    return signer_check(&o->signer, err);
}

static int
run_sign(const void *options, char **operands, size_t count, struct runtime *rt,
         struct result *r, struct err *err)
{
    const struct sign_command *o = options;
    CLEANUP(signer_release) struct signer signer = SIGNER_INIT;
    CLEANUP(sign_result_release) struct sign_result s = SIGN_RESULT_INIT;
    struct sign_options sign = {.paths = (const char *const *)operands,
                                .path_count = count,
                                .out = o->signer.out};

    (void)rt;
    if (check_what_to_sign(o, count, err) < 0)
        return -1;
    if (!o->signer.key)
        return err_because(err, ERR_USAGE, REASON_NO_SIGNING_KEY,
                           "--key KEY is required");
    if (o->signer.out && output_check(o->signer.out, false, err) < 0)
        return -1; /* before any prompt */
    if (signer_load(&o->signer, &o->passphrase, &signer, err) < 0)
        return -1;
    if (o->file)
        return sign_any_file(o, &signer, r, err);
    sign.key = signer.key;
    sign.certs = signer.certs;
    if (sign_run(&s, &sign, err) < 0)
        return -1;
    put_sign_result(r, o, operands[0], &s, signer.key);
    return 0;
}

static void
files(const void *options, char **operands, size_t count, struct files *f)
{
    const struct sign_command *o = options;

    files_add_operands(f, o->signer.out ? FILE_READ_BUNDLE : FILE_CHANGED_BUNDLE,
                       "BUNDLE", operands, 0, count);
}

const struct command cmd_sign = {
    .name = "sign",
    .group = COMMAND_SIGN,
    .operands = "{BUNDLE... | --file FILE}",
    .summary = "add a signature to a bundle",
    .about = "Sign an existing BUNDLE, for instance as a second signer.  The signature "
             "goes into\nthe space reserved for it; no other byte changes.  Layers are "
             "not read: 'sealift\nverify' checks them.  With --file sign any other file: "
             "'sealift verify --file' checks\nit.",
    .examples =
        {
            {"Add the signature of a second signer",
             "sealift sign --key second.key images.tar"},
            {"Sign a bundle on a read-only medium",
             "sealift sign --key second.key --sig-out second.sig images.tar"},
        },
    .table = table,
    .options_size = sizeof(struct sign_command),
    .operands_max = SIZE_MAX,
    .files = files,
    .run = run_sign,
};
