/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "cli/commands/commands.h"

#include "base/mem.h"
#include "base/text.h"
#include "cli/hints.h"
#include "cli/passphrase.h"
#include "cli/receipt_files.h"
#include "cli/target_options.h"
#include "oci/graph_walk.h"
#include "ops/import/import.h"
#include "ops/receipt/receipt.h"
#include "render/render_import.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct import_command {
    struct common_options common;
    struct registry_options registry;
    struct trust_options trust;
    struct target_options target;
    struct opt_list only;
    const char *index, *as;
    bool with_tool;
    const char *receipt;
    const char *place; /* the operand by settings: main() uses it */
    struct passphrase_options passphrase;
};

#define T struct import_command
static const struct opt table[] = {
    TARGET_OPTIONS(T),
    OPERAND(T, place, "target", "REGISTRY[/PREFIX]", "the target of a single BUNDLE"),
    LIST(T, only, 0, "only", "PATTERN",
         "push only the images whose full source names match; '*' stands for any text "
         "(repeatable)"),
    FLAG(T, with_tool, 0, "with-tool",
         "also push the program sealift, when the bundle has it"),
    TEXT(T, as, 0, "as", "REPOSITORY[:TAG]",
         "push one image as REPOSITORY[:TAG] below the target"),
    TEXT(T, index, 0, "index", "HOW",
         "of indexes that list what was left out: keep them (default), or rebuild them",
         .choices = "keep rebuild"),
    TRUST_OPTIONS(T),
    GROUP("Receipt"),
    FILE_TEXT(T, receipt, 0, "receipt", "KEY", OPT_READS,
              "sign a receipt with this private key and push it next to the images",
              .family = "receipt"),
    PASSPHRASE_OPTIONS(T),
    REGISTRY_OPTIONS(T),
    COMMON_OPTIONS(T),
    {.kind = OPT_END},
};
#undef T

/* ---- options ---- */

static int
check_secrets(const struct import_command *o, struct err *err)
{
    const char *users[] = {o->registry.creds_stdin ? "--creds-stdin" : NULL,
                           passphrase_stdin_user(&o->passphrase)};

    if (stdin_users_check(users, COUNT_OF(users), err) < 0)
        return -1;
    if (o->receipt && o->target.dry_run)
        return err_set(err, ERR_USAGE, "--receipt and --dry-run are mutually exclusive");
    return 0;
}

/* Secrets that only the pushing process may have: loaded once the bundle's signature is
 * verified and the sandboxed process exists. */
struct import_secrets {
    const struct import_command *command;
    struct runtime *runtime;
    struct registry_access access;
    struct pki_key *key;
    struct import_options *options; /* receives them */
};

static void
import_secrets_release(struct import_secrets *s)
{
    registry_access_release(&s->access);
    pki_release(&s->key);
}

static int
load_secrets(void *ctx, struct err *err)
{
    struct import_secrets *s = ctx;
    const struct import_command *o = s->command;

    if (o->receipt) {
        s->key = passphrase_load_key(&o->passphrase, o->receipt, NULL, err);
        if (!s->key)
            return -1;
    }
    if (registry_access_open(&s->access, &o->registry, s->runtime, true, err) < 0 ||
        registry_access_check_target(&s->access, &o->registry,
                                     &s->options->push.mapping.target, err) < 0)
        return -1;
    s->options->receipt_key = s->key;
    s->options->push.client = s->access.client;
    return 0;
}

static void
complete_import_hint(const void *ctx, enum err_reason reason, const char *subject,
                     char hint[HINT_MAX])
{
    hint_add(hint, &cmd_import, ctx, reason, subject);
}

/* ---- the command ---- */

/* REPOSITORY[:TAG] below the target; without a tag the image keeps its own. */
static int
read_as(const char *text, const struct target *target, struct reference *out,
        struct err *err)
{
    CLEANUP(mem_free_string)
    char *whole = xasprintf("%s/%s%s%s", target->host, target->prefix,
                            target->prefix[0] != '\0' ? "/" : "", text);

    return target_name_read(out, whole, err);
}

static int
import(const struct import_command *o, char **operands, size_t count,
       const struct push_options *push, const struct trust_store *store,
       struct runtime *rt, struct result *r, struct err *err)
{
    CLEANUP(import_secrets_release)
    struct import_secrets secrets = {
        .command = o, .runtime = rt, .access = REGISTRY_ACCESS_INIT};
    CLEANUP(import_result_release) struct import_result x = IMPORT_RESULT_INIT;
    struct reference as;
    struct import_options options = {
        .verify = {.paths = (const char *const *)operands,
                   .path_count = count - 1,
                   .store = store,
                   .skip_signature = o->trust.skip,
                   .wishes = trust_options_wishes(&o->trust),
                   .holds_stream = !o->target.dry_run,
                   .signatures = o->trust.signatures.items,
                   .signature_count = o->trust.signatures.count,
                   .prepare = load_secrets,
                   .prepare_ctx = &secrets,
                   .run = &rt->run},
        .push = *push,
        .only = o->only.items,
        .only_count = o->only.count,
        .with_program = o->with_tool,
        .as = o->as ? &as : NULL,
        .rebuild_indexes = o->index && strcmp(o->index, "rebuild") == 0,
        .tool = TOOL_NAME_VERSION,
    };
    const struct import_view view = {
        .path = operands[0],
        .target = operands[count - 1],
        .options = &options,
        .hints = {.complete = complete_import_hint, .ctx = o},
    };
    int rc;

    if (o->as && read_as(o->as, &push->mapping.target, &as, err) < 0)
        return err_wrap(err, "--as");
    if (o->index && !options.rebuild_indexes && strcmp(o->index, "keep") != 0)
        return err_set(err, ERR_USAGE, "--index must be one of keep, rebuild");
    if (check_secrets(o, err) < 0)
        return -1;
    secrets.options = &options;
    rc = import_run(&x, &options, err);
    if (rc < 0 && err->reason == REASON_RECEIPT) /* hint at the cause */
        render_push_hint(err->hint, &x.receipt_error, &view.hints);
    result_import(r, &view, &x, rc < 0 ? err : &(const struct err)ERR_INIT);
    if (rc < 0 && err->kind != ERR_PARTIAL)
        return -1;
    result_receipt(r, &view, &x);
    if (receipt_files_save(&x.receipt, rt->common->report, err) < 0)
        return -1;
    target_warn_untagged(&x.push, &rt->run.events);
    if (o->trust.skip)
        result_say(r,
                   "UNVERIFIED: every digest is right, but no signature was checked\n");
    if (rc == 0 || o->target.dry_run)
        result_say(r, "%s\n", target_options_verdict(&o->target));
    return rc;
}

static int
run_import(const void *options, char **operands, size_t count, struct runtime *rt,
           struct result *r, struct err *err)
{
    const struct import_command *o = options;
    CLEANUP(trust_store_release) struct trust_store store = TRUST_STORE_INIT;
    struct mapping_rule *rules = xcalloc(o->target.map.count, sizeof(*rules));
    struct push_options push = {.run = &rt->run};
    int rc = target_options_read(&o->target, operands[count - 1], rules, &push, err);

    if (rc == 0)
        rc = trust_options_load(&o->trust, "--key", &store, &rt->run.events, err);
    if (rc == 0)
        rc = import(o, operands, count, &push, &store, rt, r, err);
    free(rules);
    return rc;
}

/* The last operand is the target. */
static void
files(const void *options, char **operands, size_t count, struct files *f)
{
    const struct import_command *o = options;

    trust_options_files(&o->trust, f);
    registry_options_files(f);
    files_add_operands(f, FILE_READ_BUNDLE, "BUNDLE", operands, 0,
                       count > 1 ? count - 1 : count);
    if (o->receipt)
        receipt_files_add(f, o->common.report);
}

const struct command cmd_import = {
    .name = "import",
    .group = COMMAND_CARRY,
    .operands = "BUNDLE... REGISTRY[/PREFIX]",
    .summary = "verify a bundle, then push it to a registry",
    .about = "Verify BUNDLE completely, then push what the registry lacks: blobs, "
             "manifests,\nand last the tags.  Manifests and tags are read back and "
             "compared, with\n--read-back blobs also blobs.  Nothing is sent before "
             "every byte is checked.\ndocker.io/library/nginx:1 becomes "
             "REGISTRY/PREFIX/docker.io/library/nginx:1."
             "\nREGISTRY[/PREFIX] may be left out after one BUNDLE if the setting "
             "'target' has it.",
    .examples =
        {
            {"Push the images of a bundle to a path of a registry",
             "sealift import images.tar registry.corp:5000/mirror"},
            {"Push to the root of a registry, and move tags that have another digest",
             "sealift import --on-existing overwrite images.tar registry.corp"},
        },
    .table = table,
    .options_size = sizeof(struct import_command),
    .operands_min = 2,
    .operands_max = SIZE_MAX,
    .last_operand = "target",
    .files = files,
    .run = run_import,
};
