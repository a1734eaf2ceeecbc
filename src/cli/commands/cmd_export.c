/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "cli/commands/commands.h"

#include "base/clock.h"
#include "base/text.h"
#include "cli/selection.h"
#include "cli/signer.h"
#include "registry/registry_source.h"
#include "render/render_export.h"
#include "render/render_sources.h"

#include <stdio.h>
#include <string.h>

struct export_command {
    struct common_options common;
    struct registry_options registry;
    struct passphrase_options passphrase;
    struct signer_options signer;
    struct selection_options images;
    const char *output, *volume_size, *stream, *expires;
    struct opt_list reuse;
    struct opt_number serial;
    bool is_unsigned, dry_run, force, verify_after;
    bool keep_going, include_self;
    struct opt_list tools;
};

#define T struct export_command
static const struct opt table[] = {
    SELECTION_OPTIONS(T),
    SOURCE_OPTIONS(T),
    GROUP("Bundle"),
    FILE_TEXT(T, output, 'o', "output", "BUNDLE", OPT_BY_COMMAND, "the file to write"),
    TEXT(T, volume_size, 0, "volume-size", "N[KMG]",
         "write volumes of N bytes, BUNDLE.001 and following; also: fat32, dvd, cd",
         .choices = "fat32 dvd cd"),
    FLAG(T, dry_run, 0, "dry-run", "show what would be fetched and written, then stop"),
    FLAG(T, force, 0, "force", "replace BUNDLE if it exists", .from = OPT_FROM_LINE),
    FILE_LIST(
        T, reuse, 0, "reuse", "BUNDLE", OPT_BY_COMMAND,
        "copy matching data from an older bundle instead of fetching it (repeatable)"),
    FLAG(T, verify_after, 0, "verify-after",
         "read the bundle back from disk and check it before renaming it"),
    FLAG(T, include_self, 0, "include-self",
         "also carry this program, which has to be the static one"),
    FILE_LIST(T, tools, 0, "include-tool", "FILE", OPT_READS,
              "also carry the static sealift in FILE (repeatable)"),
    GROUP("Signature"),
    SIGNER_OPTIONS(T),
    FLAG(T, is_unsigned, 0, "unsigned", "do not sign", .from = OPT_FROM_LINE,
         .family = "signer"),
    GROUP("Stream"),
    TEXT(T, stream, 0, "stream", "NAME",
         "the stream this bundle belongs to (default 'default')"),
    NUMBER(T, serial, 0, "serial", "N", INT64_MAX,
           "its number in the stream (default: the time in seconds)"),
    TEXT(T, expires, 0, "expires", "TIME",
         "reject imports after this time, such as 2027-01-31T00:00:00Z"),
    GROUP("Failures"),
    FLAG(T, keep_going, 0, "keep-going",
         "continue after failures, fetch everything else, then exit with 10"),
    FLAG(T, images.trust.allow_incomplete, 0, "allow-incomplete",
         "with --keep-going, write a bundle of the rest, which lists what is missing; "
         "accept source bundles that lack something",
         .from = OPT_FROM_LINE),
    REGISTRY_OPTIONS(T),
    COMMON_OPTIONS(T),
    {.kind = OPT_END},
};
#undef T

/* ---- options ---- */

/* Whole tar blocks, so that no header is divided between volumes. */
static int
read_volume_size(const char *text, uint64_t *out, struct err *err)
{
    static const struct {
        const char *name;
        uint64_t size;
    } media[] = {
        {"fat32", UINT64_C(4294966784)}, /* the last whole block below 4 GiB */
        {"dvd", UINT64_C(4700000256)},
        {"cd", UINT64_C(700) << 20},
    };

    for (size_t i = 0; i < COUNT_OF(media); i++) {
        if (strcmp(text, media[i].name) == 0) {
            *out = media[i].size;
            return 0;
        }
    }
    if (text_bytes(text, strlen(text), UINT64_C(1) << 62, out) < 0 || *out < 1 << 20 ||
        *out % 512 != 0)
        return err_set(err, ERR_USAGE,
                       "--volume-size must be fat32, dvd, cd or a size of at least 1M in "
                       "whole blocks of 512 bytes");
    return 0;
}

static int
check_export_options(const struct export_command *o, struct err *err)
{
    uint64_t now;

    if (!o->output && !o->dry_run)
        return err_set(err, ERR_USAGE, "--output BUNDLE is required");
    if (o->output && strcmp(o->output, "-") == 0)
        return err_set(err, ERR_USAGE,
                       "a bundle is written in place, not to standard output");
    if (signer_check(&o->signer, err) < 0)
        return -1;
    if (o->signer.key && o->is_unsigned)
        return err_set(err, ERR_USAGE, "--key and --unsigned are mutually exclusive");
    if (!o->signer.key && !o->is_unsigned && !o->dry_run)
        return err_because(err, ERR_USAGE, REASON_NO_SIGNING_KEY,
                           "no signing key: use --key KEY, or --unsigned");
    if (o->stream && !bundle_stream_is_valid(o->stream))
        return err_set(err, ERR_USAGE,
                       "a stream must have 1 to %d characters of a-z, 0-9, '.', '_', '-'",
                       BUNDLE_STREAM_MAX);
    if (clock_epoch(&now, err) < 0) /* before any prompt */
        return -1;
    return selection_check_stdin(&o->images, &o->registry, &o->passphrase, err);
}

/* Where the list of failures is not shown. */
static void
add_first_failure(struct failures *list, struct err *err)
{
    size_t count;
    const struct failure *first = failures_items(list, &count);
    char line[2 * sizeof(err->msg)];

    if (count == 0)
        return;
    snprintf(line, sizeof(line), "%s; first error: %.600s", err->msg, first->message);
    text_line(err->msg, sizeof(err->msg), line, strlen(line));
}

/* ---- the command ---- */

static int
export_names(const struct export_command *o, const struct reference_list *names,
             struct selection *selection, const struct signer *signer, struct runtime *rt,
             struct result *r, struct err *err)
{
    CLEANUP(registry_access_release)
    struct registry_access access = REGISTRY_ACCESS_INIT;
    CLEANUP(export_result_release) struct export_result x = EXPORT_RESULT_INIT;
    struct image_source registries, source;
    struct export_options options = {
        .output = o->output,
        .force = o->force,
        .dry_run = o->dry_run,
        .verify_after = o->verify_after,
        .reuse = o->reuse.items,
        .reuse_count = o->reuse.count,
        .foreign_layers = o->images.foreign_layers,
        .allow_incomplete = o->images.trust.allow_incomplete,
        .accepts_sparse = o->images.index != NULL,
        .key = signer->key,
        .certs = signer->certs,
        .sig_out = signer->key ? o->signer.out : NULL,
        .stream = o->stream ? o->stream : "default",
        .has_serial = o->serial.is_set,
        .serial = o->serial.value,
        .has_expires = o->expires != NULL,
        .tool = TOOL_NAME_VERSION,
    };
    int rc;

    if (o->expires && clock_parse(o->expires, &options.expires) < 0)
        return err_set(err, ERR_USAGE,
                       "--expires requires a time like 2027-01-31T00:00:00Z");
    if (o->volume_size && read_volume_size(o->volume_size, &options.volume_size, err) < 0)
        return -1;
    if (registry_access_open(&access, &o->registry, rt, false, err) < 0 ||
        registry_access_check_names(&access, &o->registry, names, err) < 0)
        return -1;
    registries = registry_source(access.client);
    source = selection_source(selection, &registries);
    options.plan = selection_plan(&o->images, selection, names);
    options.plan.keep_going = o->keep_going || o->images.trust.allow_incomplete;
    options.plan.source = &source;
    options.plan.run = &rt->run;
    rc = export_run(&x, &options, err);
    if (rc == 0 || err->kind == ERR_PARTIAL)
        result_export(r, &options, &x, o->signer.key);
    if (rc < 0 && err->kind == ERR_PARTIAL && (o->common.quiet || o->common.json))
        add_first_failure(x.plan.failures, err);
    result_removed(r, &x);
    return rc;
}

static int
export_operands(const struct export_command *o, char **operands, size_t count,
                struct runtime *rt, struct result *r, struct err *err)
{
    CLEANUP(reference_list_release) struct reference_list names = REFERENCE_LIST_INIT;
    CLEANUP(signer_release) struct signer signer = SIGNER_INIT;
    CLEANUP(selection_release) struct selection selection = SELECTION_INIT;

    int rc;

    if (check_export_options(o, err) < 0 ||
        selection_read(&o->images, &selection, err) < 0)
        return -1;
    selection.has_typed_index = opt_is_typed(table, rt->sources, "index");
    if (o->include_self)
        sources_take_program(&selection.sources, "/proc/self/exe");
    for (size_t i = 0; i < o->tools.count; i++)
        sources_take_program(&selection.sources, o->tools.items[i]);
    rc = selection_gather(&o->images, &selection, operands, count, &names, &rt->run, err);
    result_sources(r, &selection.sources, err);
    if (rc < 0)
        return -1;
    if (o->signer.key && !o->dry_run &&
        signer_load(&o->signer, &o->passphrase, &signer, err) < 0)
        return -1;
    return export_names(o, &names, &selection, &signer, rt, r, err);
}

static int
run_export(const void *options, char **operands, size_t count, struct runtime *rt,
           struct result *r, struct err *err)
{
    int rc = export_operands(options, operands, count, rt, r, err);

    if (rc < 0)
        selection_hint(&cmd_export, options, operands, count, err);
    return rc;
}

static void
files(const void *options, char **operands, size_t count, struct files *f)
{
    const struct export_command *o = options;

    selection_files(&o->images, operands, count, f);
    registry_options_files(f);
    files_add(f, o->volume_size ? FILE_WRITTEN_VOLUMES : FILE_WRITTEN_BUNDLE, "--output",
              o->output);
    for (size_t i = 0; i < o->reuse.count; i++)
        files_add(f, FILE_REUSED, "--reuse", o->reuse.items[i]);
}

const struct command cmd_export = {
    .name = "export",
    .group = COMMAND_CARRY,
    .operands = "[SOURCE]...",
    .summary = "fetch images from registries into one signed bundle",
    .about =
        "Fetch images, with all their platforms, and write them unchanged into one "
        "bundle.\nUnder its final name the bundle is complete and signed, or it does "
        "not exist.\nA SOURCE is a REFERENCE, bundle:FILE, oci:FOLDER, "
        "oci-archive:FILE or\ndocker-archive:FILE.",
    .examples =
        {
            {"Export an image, and those listed in a file, into one signed bundle",
             "sealift export --key team.key -o images.tar nginx:1.27 -f list"},
            {"Show what would be exported, and its size",
             "sealift export --dry-run --platform linux/amd64 nginx:1.27"},
        },
    .table = table,
    .options_size = sizeof(struct export_command),
    .operands_max = SIZE_MAX,
    .files = files,
    .run = run_export,
};
