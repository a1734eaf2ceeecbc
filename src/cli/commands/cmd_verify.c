/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "cli/commands/commands.h"

#include "io/json/json_write.h"
#include "ops/verify/extract_tool.h"
#include "ops/verify/verify.h"
#include "ops/verify/verify_file.h"
#include "render/render_trust.h"
#include "render/render_verify.h"
#include "render/verify_script.h"

struct verify_command {
    struct common_options common;
    struct trust_options trust;
    bool explain, layers;
    const char *file, *extract_self;
};

static const struct opt table[] = {
    GROUP("Checks"),
    FLAG(struct verify_command, layers, 0, "layers",
         "also unpack every layer and compare it with its image config"),
    FLAG(struct verify_command, explain, 0, "explain",
         "check nothing: print how to check this bundle with openssl and tar"),
    FILE_TEXT(struct verify_command, file, 0, "file", "FILE", OPT_READS,
              "check this file, which is not a bundle, with --signature",
              .from = OPT_FROM_LINE),
    FILE_TEXT(struct verify_command, extract_self, 0, "extract-self", "DIR",
              OPT_BY_COMMAND, "then write the program that the bundle has as DIR/sealift",
              .from = OPT_FROM_LINE),
    TRUST_OPTIONS(struct verify_command),
    COMMON_OPTIONS(struct verify_command),
    {.kind = OPT_END},
};

/* Keys are used if available, but not required. */
static int
explain_it(const struct verify_command *o, const char *const *paths, size_t count,
           struct runtime *rt, struct result *r, struct err *err)
{
    CLEANUP(trust_store_release) struct trust_store store = TRUST_STORE_INIT;
    struct err why = ERR_INIT;

    if (trust_options_load(&o->trust, "--key", &store, &rt->run.events, &why) < 0 &&
        (why.reason != REASON_NO_TRUST)) {
        *err = why;
        return -1;
    }
    return explain(r, paths, count, &store, err);
}

/* Overrides are about bundles. */
static int
check_any_file(const struct verify_command *o, size_t count, struct runtime *rt,
               struct result *r, struct err *err)
{
    CLEANUP(trust_store_release) struct trust_store store = TRUST_STORE_INIT;
    CLEANUP(signature_check_release)
    struct signature_check signers = SIGNATURE_CHECK_INIT;
    const struct verify_file_options verify = {.path = o->file,
                                               .signatures = o->trust.signatures.items,
                                               .signature_count =
                                                   o->trust.signatures.count,
                                               .store = &store};
    int rc;

    if (count > 0)
        return err_set(err, ERR_USAGE, "--file and a bundle are given together");
    if (o->trust.signatures.count == 0)
        return err_set(err, ERR_USAGE, "--file requires --signature FILE");
    if (o->layers || o->explain || o->extract_self || o->trust.skip ||
        o->trust.allow_rollback || o->trust.allow_incomplete || o->trust.allow_expired)
        return err_set(err, ERR_USAGE, "--file takes no options about bundles");
    if (trust_options_load(&o->trust, "--key", &store, &rt->run.events, err) < 0)
        return -1;
    rc = verify_file(&signers, &verify, err);
    jsout_put_text(r->json, "file", o->file);
    result_say(r, "file      %s\n", o->file);
    result_signers(r, &signers);
    if (rc < 0)
        return -1;
    result_put_digest(r->json, "digest", &signers.index);
    result_say(r, "OK: the signature is that of this file\n");
    return 0;
}

static int
extract_it(const struct verify_command *o, struct verified *v, struct result *r,
           struct err *err)
{
    CLEANUP(extracted_tool_release) struct extracted_tool tool = EXTRACTED_TOOL_INIT;

    if (extract_tool(&tool, v->bundle, o->extract_self, err) < 0)
        return -1;
    jsout_put_text(r->json, "program", tool.path);
    result_say(r, "program   %s, of %s\n", tool.path, tool.name);
    return 0;
}

static void
say_verdict(struct result *r, bool is_skipped, bool is_incomplete)
{
    result_say_state(r, is_skipped ? RESULT_DOUBTFUL : RESULT_GOOD,
                     is_skipped ? "UNVERIFIED" : "OK");
    if (is_skipped) {
        result_say(r, ": every digest is right, but no signature was checked\n");
        return;
    }
    result_say(r, ": the signature and every digest are right");
    if (is_incomplete) {
        result_say(r, ", but the bundle is ");
        result_say_state(r, RESULT_BAD, "INCOMPLETE");
    }
    result_say(r, "\n");
}

static int
run_verify(const void *options, char **operands, size_t count, struct runtime *rt,
           struct result *r, struct err *err)
{
    const struct verify_command *o = options;
    CLEANUP(trust_store_release) struct trust_store store = TRUST_STORE_INIT;
    CLEANUP(verified_release) struct verified v = VERIFIED_INIT;
    struct verify_options verify = {
        .paths = (const char *const *)operands,
        .path_count = count,
        .store = &store,
        .skip_signature = o->trust.skip,
        .wishes = trust_options_wishes(&o->trust),
        .signatures = o->trust.signatures.items,
        .signature_count = o->trust.signatures.count,
        .layers = o->layers,
        .run = &rt->run,
    };
    int rc;

    if (o->file)
        return check_any_file(o, count, rt, r, err);
    if (count == 0)
        return err_set(err, ERR_USAGE, "missing operand: BUNDLE...");
    if (o->extract_self && (o->trust.skip || o->explain))
        return err_set(err, ERR_USAGE, "--extract-self requires a verified signature");
    if (o->explain)
        return explain_it(o, verify.paths, count, rt, r, err);
    if (trust_options_load(&o->trust, "--key", &store, &rt->run.events, err) < 0)
        return -1;
    rc = verify_run(&v, &verify, err);
    result_verified(r, operands[0], &v, &verify,
                    rc < 0 ? err : &(const struct err)ERR_INIT);
    if (rc < 0)
        return -1;
    if (o->extract_self && extract_it(o, &v, r, err) < 0)
        return -1;
    if (o->layers)
        result_layers(r, bundle_content(v.bundle));
    say_verdict(r, o->trust.skip, v.missing.count > 0);
    return 0;
}

static void
files(const void *options, char **operands, size_t count, struct files *f)
{
    const struct verify_command *o = options;

    trust_options_files(&o->trust, f);
    files_add_operands(f, FILE_READ_BUNDLE, "BUNDLE", operands, 0, count);
}

const struct command cmd_verify = {
    .name = "verify",
    .group = COMMAND_CARRY,
    .operands = "{BUNDLE... | --file FILE}",
    .summary = "check the signature and every byte of a bundle",
    .about = "Check that a trusted key signed BUNDLE, that nothing is missing or extra, "
             "and\nthat every byte matches its digest.  Needs no network.  With --file "
             "check a "
             "file\nthat 'sealift sign --file' signed.",
    .examples =
        {
            {"Check a bundle with the keys and the policy of this machine",
             "sealift verify images.tar"},
            {"Check a bundle in volumes with one public key, and unpack its layers",
             "sealift verify --key team.pub --layers images.tar.001"},
        },
    .table = table,
    .options_size = sizeof(struct verify_command),
    .operands_max = SIZE_MAX,
    .files = files,
    .run = run_verify,
};
