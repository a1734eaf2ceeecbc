/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "cli/commands/commands.h"

#include "base/mem.h"
#include "base/text.h"
#include "cli/hints.h"
#include "cli/passphrase.h"
#include "images/image_kind.h"
#include "images/image_tree.h"
#include "io/file/file.h"
#include "io/json/json_write.h"
#include "oci/graph_size.h"
#include "oci/graph_walk.h"
#include "ops/import/import.h"
#include "ops/receipt/receipt.h"
#include "render/render_omitted.h"
#include "render/table.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct import_command {
    struct common_options common;
    struct registry_options registry;
    struct trust_options trust;
    bool dry_run, strip_host, keep_going;
    struct opt_list map;
    const char *on_existing, *index, *read_back;
    const char *receipt;
    struct passphrase_options passphrase;
};

#define T struct import_command
static const struct opt table[] = {
    GROUP("Target"),
    FLAG(T, strip_host, 0, "strip-host", "omit the source host from target names"),
    LIST(T, map, 0, "map", "FROM=TO",
         "replace FROM at the beginning of names with TO (repeatable)"),
    TEXT(T, on_existing, 0, "on-existing", "WHAT",
         "when a tag holds another digest: error (default), skip or overwrite"),
    TEXT(T, index, 0, "index", "HOW",
         "of indexes that list what was left out: keep them (default), or rebuild them"),
    FLAG(T, dry_run, 0, "dry-run", "verify, ask the registry what it has, send nothing"),
    FLAG(T, keep_going, 0, "keep-going",
         "when the target refuses a part of an image, still push the other images"),
    TEXT(T, read_back, 0, "read-back", "WHAT",
         "with 'blobs', also fetch all blobs again and compare them before tags move"),
    TRUST_OPTIONS(T),
    GROUP("Receipt"),
    FILE_TEXT(T, receipt, 0, "receipt", "KEY", OPT_READS,
              "sign a receipt with this private key and push it beside the images"),
    PASSPHRASE_OPTIONS(T),
    REGISTRY_OPTIONS(T),
    COMMON_OPTIONS(T),
    {.kind = OPT_END},
};
#undef T

/* ---- options ---- */

static int
read_on_existing(const char *text, enum on_existing *out, struct err *err)
{
    static const char *const words[] = {
        [EXISTING_ERROR] = "error",
        [EXISTING_SKIP] = "skip",
        [EXISTING_OVERWRITE] = "overwrite",
    };

    for (size_t i = 0; i < COUNT_OF(words); i++) {
        if (strcmp(text, words[i]) == 0) {
            *out = (enum on_existing)i;
            return 0;
        }
    }
    return err_set(err, ERR_USAGE, "--on-existing is one of error, skip, overwrite");
}

static int
check_read_back(const char *what, struct err *err)
{
    if (!what || strcmp(what, "blobs") == 0)
        return 0;
    return err_set(err, ERR_USAGE,
                   "--read-back takes 'blobs'; manifests and tags are always read back");
}

static int
read_mapping(const struct import_command *o, const char *target,
             struct mapping_rule *rules, struct mapping *out, struct err *err)
{
    if (target_parse(&out->target, target, err) < 0)
        return -1;
    for (size_t i = 0; i < o->map.count; i++) {
        if (mapping_rule_parse(&rules[i], o->map.items[i], err) < 0)
            return -1;
    }
    out->strip_host = o->strip_host;
    out->rules = rules;
    out->rule_count = o->map.count;
    return 0;
}

static int
check_secrets(const struct import_command *o, struct err *err)
{
    const char *users[] = {o->registry.creds_stdin ? "--creds-stdin" : NULL,
                           passphrase_stdin_user(&o->passphrase)};

    if (stdin_users_check(users, COUNT_OF(users), err) < 0)
        return -1;
    if (o->receipt && o->dry_run)
        return err_set(err, ERR_USAGE, "--receipt and --dry-run are mutually exclusive");
    return 0;
}

/* What only the run that pushes may know: loaded when the bundle's signature is good and
 * the process that parses it exists already. */
struct import_secrets {
    const struct import_command *command;
    struct runtime *runtime;
    struct registry_access access;
    struct pki_key *key;
    struct import_options *options; /* get them */
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

/* ---- result ---- */

/* to_push: what to call an image that the target lacks, or lacked. */
static const char *
image_state_label(enum image_state state, const char *to_push)
{
    switch (state) {
    case IMAGE_PRESENT:
        return "present";
    case IMAGE_SKIPPED:
        return "skipped";
    case IMAGE_FAILED:
        return "failed";
    case IMAGE_PUSHED:
        break;
    }
    return to_push;
}

static void
hint_for_failure(char hint[HINT_MAX], const struct import_command *o,
                 const struct push_failure *s)
{
    snprintf(hint, HINT_MAX, "%s", s->hint);
    hint_add(hint, &cmd_import, o, s->reason, s->subject);
}

static struct jsout *
failure_json(const struct import_command *o, const struct push_failure *s)
{
    struct jsout *obj = jsout_object();
    char hint[HINT_MAX];

    jsout_put_text(obj, "kind", err_kind_name(s->kind));
    if (s->reason)
        jsout_put_text(obj, "reason", err_reason_word(s->reason));
    jsout_put_text(obj, "message", s->message);
    hint_for_failure(hint, o, s);
    if (hint[0] != '\0')
        jsout_put_text(obj, "hint", hint);
    return obj;
}

static struct jsout *
import_image_json(struct result *r, const struct import_command *o,
                  const struct import_result *x, size_t name, const char *to_push)
{
    const struct push_plan *plan = &x->push.plan;
    struct jsout *obj = result_entry(plan->set, &plan->set->entries[name]);
    const struct push_failure *cause = push_failure_of(&x->push, name);
    char target[REFERENCE_TEXT_MAX];

    result_rebuilt(r, obj, &plan->set->entries[name]);
    reference_name(&plan->names[name].to, target);
    jsout_put_text(obj, "target", target);
    jsout_put_text(obj, "state", image_state_label(x->push.states[name], to_push));
    if (cause)
        jsout_put(obj, "error", failure_json(o, cause));
    return obj;
}

static void
say_import_images(struct result *r, const struct import_result *x, const char *to_push)
{
    CLEANUP(table_release) struct table t = TABLE_INIT;
    CLEANUP(image_tree_release) struct image_tree tree = IMAGE_TREE_INIT;
    const struct image_set *set = x->push.plan.set;
    CLEANUP(graph_size_release) struct graph_size *sizes = graph_size_new(set->graph);

    image_tree_make(&tree, set);
    table_add(&t, (const char *const[]){"IMAGE", "STATE", "DIGEST", "SIZE"});
    for (size_t i = 0; i < tree.count; i++) {
        size_t name = tree.rows[i].entry;
        const struct image_entry *e = &set->entries[name];
        CLEANUP(mem_free_string) char *label = NULL;
        char target[REFERENCE_TEXT_MAX], digest[DIGEST_TEXT_MAX], size[TEXT_HUMAN_MAX];

        reference_name(&x->push.plan.names[name].to, target);
        label = e->is_image ? xstrdup(target)
                            : xasprintf("%s (%s)", target, image_kind(set, e));
        digest_text(&e->digest, digest);
        text_human(size, graph_size_add(sizes, e->object));
        table_add_below(
            &t, tree.rows[i].depth,
            (const char *const[]){label, image_state_label(x->push.states[name], to_push),
                                  digest, size});
    }
    table_say(&t, r);
}

/* A table of what is not finished would only be in the way of the error. */
static void
put_import_images(struct result *r, const struct import_command *o,
                  const struct import_result *x, const char *to_push, bool done)
{
    struct jsout *images = jsout_array();

    for (size_t i = 0; i < x->push.plan.name_count; i++)
        jsout_append(images, import_image_json(r, o, x, i, to_push));
    jsout_put(r->json, "images", images);
    if (done)
        say_import_images(r, x, to_push);
}

/* What the error says, which is printed after all this, is not said here; nor is the same
 * hint twice in a row. */
static void
say_failed(struct result *r, const struct import_command *o,
           const struct import_result *x, const struct err *err)
{
    char last[HINT_MAX] = "";

    hint_add(last, &cmd_import, o, err->reason, err->subject);
    for (size_t i = 0; i < x->push.plan.name_count; i++) {
        const struct push_failure *cause = push_failure_of(&x->push, i);
        char target[REFERENCE_TEXT_MAX], hint[HINT_MAX];

        if (!cause || strstr(err->msg, cause->message))
            continue;
        reference_name(&x->push.plan.names[i].to, target);
        result_say(r, "failed    %s%s%s\n",
                   text_starts(cause->message, target) ? "" : target,
                   text_starts(cause->message, target) ? "" : ": ", cause->message);
        hint_for_failure(hint, o, cause);
        if (hint[0] != '\0' && strcmp(hint, last) != 0)
            result_say(r, "          hint: %s\n", hint);
        memcpy(last, hint, sizeof(last));
    }
}

static void
put_counts(struct result *r, const struct push_counts *n)
{
    struct jsout *counts = push_counts_json(n);

    jsout_put_u64(counts, "blobsReadBack", n->blobs_read_back);
    jsout_put_u64(counts, "referrerListsUpdated", n->lists_updated);
    jsout_put_u64(counts, "referrerListsPresent", n->lists_present);
    jsout_put_u64(counts, "referrerListsRefused", n->lists_refused);
    jsout_put(r->json, "counts", counts);
}

static void
say_counts(struct result *r, const struct push_counts *n, bool dry_run)
{
    const char *push = dry_run ? "to push" : "pushed";
    char size[TEXT_HUMAN_MAX];

    result_say(r, "blobs     %zu %s (%s), %zu %s, %zu present\n", n->blobs_uploaded,
               dry_run ? "to upload" : "uploaded", text_human(size, n->bytes_uploaded),
               n->blobs_mounted, dry_run ? "to mount" : "mounted", n->blobs_present);
    if (n->blobs_read_back > 0)
        result_say(r, "          %zu read back\n", n->blobs_read_back);
    result_say(r, "manifests %zu %s, %zu present\n", n->documents_pushed, push,
               n->documents_present);
    result_say(r, "tags      %zu %s, %zu present\n", n->tags_pushed, push,
               n->tags_present);
    if (n->lists_updated + n->lists_present > 0)
        result_say(r, "referrers %zu lists %s, %zu present\n", n->lists_updated,
                   dry_run ? "to update" : "updated", n->lists_present);
    if (n->referrers_left_out > 0)
        result_say(r, "referrers %zu of rebuilt indexes left out\n",
                   n->referrers_left_out);
    if (n->lists_refused > 0)
        result_say(r, "          %zu lists refused by the registry\n", n->lists_refused);
}

static void
put_import_result(struct result *r, const struct import_command *o, const char *path,
                  const char *target, const struct import_result *x,
                  const struct trust_wishes *wishes, const struct err *err)
{
    bool done = err->kind == ERR_NONE || err->kind == ERR_PARTIAL;
    const char *pushed = done ? "pushed" : "unfinished";

    jsout_put_text(r->json, "bundle", path);
    jsout_put_text(r->json, "target", target);
    jsout_put_bool(r->json, "dryRun", o->dry_run);
    jsout_put_bool(r->json, "signatureSkipped", o->trust.skip);
    result_signers(r, &x->verified.signers);
    if (x->verified.has_meta) {
        result_verdict(r, &x->verified.verdict, wishes);
        result_missing(r, &x->verified.missing);
    }
    result_damage(r, &x->verified.files.volumes, &x->verified.damage);
    if (!x->verified.bundle || !x->push.states)
        return;
    result_put_digest(r->json, "index", &x->verified.admission.index);
    result_put_meta(r->json, &bundle_content(x->verified.bundle)->meta);
    put_import_images(r, o, x, o->dry_run ? "would-push" : pushed, done);
    put_counts(r, &x->push.counts);
    if (done || x->push.counts.documents_pushed + x->push.counts.blobs_uploaded > 0)
        say_counts(r, &x->push.counts, o->dry_run);
    jsout_put_text(r->json, "presence", x->push.is_by_head ? "head" : "last-byte");
    say_failed(r, o, x, err);
}

static char *
receipt_beside(const char *report)
{
    return xasprintf("%s.receipt.json", report);
}

/* Beside the report, which is about this run, lies what anybody can check. */
static int
put_receipt(struct result *r, const struct import_command *o,
            const struct import_result *x, const char *target, const char *report,
            struct err *err)
{
    CLEANUP(mem_free_string) char *json = NULL, *signature = NULL;

    if (x->lacks_receipt) {
        result_say(r, "receipt   failed: %s\n", x->receipt_error.message);
        jsout_put_bool(r->json, "receipt", false);
        jsout_put(r->json, "receiptError", failure_json(o, &x->receipt_error));
    }
    if (x->receipt.json.len == 0)
        return 0;
    result_say(r, "receipt   %s/sealift/%s:serial-%" PRIu64 "\n", target,
               x->verified.meta.stream, x->verified.meta.serial);
    jsout_put_bool(r->json, "receipt", true);
    if (!report)
        return 0;
    json = receipt_beside(report);
    signature = receipt_signature_path(json);
    if (file_put(json, x->receipt.json.data, x->receipt.json.len, 0644, false, err) < 0)
        return -1;
    return file_put(signature, x->receipt.signature.data, x->receipt.signature.len, 0644,
                    false, err);
}

/* Registries with garbage collection forget what no tag holds. */
static void
warn_untagged(const struct import_result *x, const struct events *events)
{
    const struct image_set *set = x->push.plan.set;
    size_t untagged = 0;

    for (size_t i = 0; i < x->push.plan.name_count; i++) {
        const struct graph_object *o = graph_object(set->graph, set->entries[i].object);

        /* What belongs to something is held by that. */
        untagged += x->push.plan.names[i].to.tag[0] == '\0' && !o->subject;
    }
    if (untagged > 0)
        events_warning(events,
                       "%zu images were named by digest and got no tag: the registry may "
                       "garbage-collect them",
                       untagged);
}

/* ---- the command ---- */

static int
import(const struct import_command *o, char **operands, size_t count,
       const struct mapping *mapping, const struct trust_store *store, struct runtime *rt,
       struct result *r, struct err *err)
{
    CLEANUP(import_secrets_release)
    struct import_secrets secrets = {
        .command = o, .runtime = rt, .access = REGISTRY_ACCESS_INIT};
    CLEANUP(import_result_release) struct import_result x = IMPORT_RESULT_INIT;
    struct import_options options = {
        .verify = {.paths = (const char *const *)operands,
                   .path_count = count - 1,
                   .store = store,
                   .skip_signature = o->trust.skip,
                   .wishes = trust_options_wishes(&o->trust),
                   .holds_stream = !o->dry_run,
                   .signatures = o->trust.signatures.items,
                   .signature_count = o->trust.signatures.count,
                   .prepare = load_secrets,
                   .prepare_ctx = &secrets,
                   .run = &rt->run},
        .push = {.mapping = *mapping,
                 .dry_run = o->dry_run,
                 .keep_going = o->keep_going,
                 .read_back_blobs = o->read_back,
                 .run = &rt->run},
        .rebuild_indexes = o->index && strcmp(o->index, "rebuild") == 0,
        .tool = TOOL_NAME_VERSION,
    };
    int rc;

    if (o->index && !options.rebuild_indexes && strcmp(o->index, "keep") != 0)
        return err_set(err, ERR_USAGE, "--index is one of keep, rebuild");
    if (check_read_back(o->read_back, err) < 0)
        return -1;
    if (o->on_existing &&
        read_on_existing(o->on_existing, &options.push.on_existing, err) < 0)
        return -1;
    if (check_secrets(o, err) < 0)
        return -1;
    secrets.options = &options;
    rc = import_run(&x, &options, err);
    if (rc < 0 && err->reason == REASON_RECEIPT) /* what to do about the cause */
        hint_for_failure(err->hint, o, &x.receipt_error);
    put_import_result(r, o, operands[0], operands[count - 1], &x, &options.verify.wishes,
                      rc < 0 ? err : &(const struct err)ERR_INIT);
    if (rc < 0 && err->kind != ERR_PARTIAL)
        return -1;
    if (put_receipt(r, o, &x, operands[count - 1], rt->common->report, err) < 0)
        return -1;
    warn_untagged(&x, &rt->run.events);
    if (o->trust.skip)
        result_say(r,
                   "UNVERIFIED: every digest is right, but no signature was checked\n");
    if (rc == 0 || o->dry_run)
        result_say(r, "%s\n",
                   o->dry_run ? "nothing was sent (dry run)"
                   : o->read_back
                       ? "OK: every blob, manifest and tag was read back and is the same"
                       : "OK: every manifest and tag was read back and is the same");
    return rc;
}

static int
run_import(const void *options, char **operands, size_t count, struct runtime *rt,
           struct result *r, struct err *err)
{
    const struct import_command *o = options;
    CLEANUP(trust_store_release) struct trust_store store = TRUST_STORE_INIT;
    struct mapping_rule *rules = xcalloc(o->map.count, sizeof(*rules));
    struct mapping mapping = {.strip_host = false};
    int rc = read_mapping(o, operands[count - 1], rules, &mapping, err);

    if (rc == 0)
        rc = trust_options_load(&o->trust, &store, &rt->run.events, err);
    if (rc == 0)
        rc = import(o, operands, count, &mapping, &store, rt, r, err);
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
    if (o->receipt && o->common.report) {
        CLEANUP(mem_free_string) char *json = receipt_beside(o->common.report);
        CLEANUP(mem_free_string) char *signature = receipt_signature_path(json);

        files_add(f, FILE_WRITTEN, "the receipt", json);
        files_add(f, FILE_WRITTEN, "the signature of the receipt", signature);
    }
}

const struct command cmd_import = {
    .name = "import",
    .group = COMMAND_CARRY,
    .operands = "BUNDLE... REGISTRY[/PREFIX]",
    .summary = "verify a bundle, then push it to a registry",
    .about =
        "Verify BUNDLE completely, then push what the registry lacks: blobs, manifests,\n"
        "tags last.  Manifests and tags are read back and compared, with --read-back\n"
        "blobs also blobs.  Nothing is sent before every byte was checked.\n"
        "docker.io/library/nginx:1 becomes REGISTRY/PREFIX/docker.io/library/nginx:1.",
    .examples =
        {
            {"Push the images of a bundle below a path of a registry",
             "sealift import images.tar registry.corp:5000/mirror"},
            {"Push to the top of a registry, and move tags that hold another digest",
             "sealift import --on-existing overwrite images.tar registry.corp"},
        },
    .table = table,
    .options_size = sizeof(struct import_command),
    .operands_min = 2,
    .operands_max = SIZE_MAX,
    .files = files,
    .run = run_import,
};
