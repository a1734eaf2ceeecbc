/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "cli/commands/commands.h"

#include "archive/docker_writer.h"
#include "archive/oci_archive_writer.h"
#include "archive/oci_dir_writer.h"
#include "base/mem.h"
#include "base/text.h"
#include "cli/hints.h"
#include "cli/passphrase.h"
#include "cli/receipt_files.h"
#include "cli/selection.h"
#include "cli/target_options.h"
#include "io/json/json_write.h"
#include "ops/copy/copy.h"
#include "ops/copy/copy_archive.h"
#include "ops/receipt/receipt_push.h"
#include "registry/registry_source.h"
#include "render/render_archive.h"
#include "render/render_omitted.h"
#include "render/render_push.h"
#include "render/render_sources.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct copy_command {
    struct common_options common;
    struct registry_options registry;
    struct selection_options images;
    struct target_options target;
    struct opt_list as;
    const char *receipt;
    const char *place; /* the last operand by settings: main() uses it */
    struct passphrase_options passphrase;
};

#define T struct copy_command
static const struct opt table[] = {
    SELECTION_OPTIONS(T),
    SOURCE_OPTIONS(T),
    FLAG(T, images.trust.allow_incomplete, 0, "allow-incomplete",
         "accept a source bundle with objects missing that its export could not fetch",
         .from = OPT_FROM_LINE),
    TARGET_OPTIONS(T),
    LIST(T, as, 0, "as", "NAME[:TAG]",
         "copy one image to exactly this name; all operands are then sources "
         "(repeatable)",
         .family = "target"),
    OPERAND(T, place, "target", "TARGET", "the target of a copy of lists",
            .family = "target"),
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

/* ---- the target ---- */

/* Exact names at the target, owned. */
struct exact_names {
    struct reference *items;
    size_t count;
};

static void
exact_names_release(struct exact_names *n)
{
    free(n->items);
}

/* The beginning of the last component of a name. */
static const char *
last_component(const char *name)
{
    const char *slash = strrchr(name, '/');

    return slash ? slash + 1 : name;
}

static bool
has_tag_or_digest(const char *name)
{
    const char *last = last_component(name);

    return last != name && strpbrk(last, ":@");
}

/* Without a tag, the image keeps its own. */
static int
add_exact(struct exact_names *names, const char *text, struct err *err)
{
    if (target_name_read(&names->items[names->count], text, err) < 0)
        return -1;
    names->count++;
    return 0;
}

/*
 * A TARGET that could be either the name of the image or a prefix is rejected: other
 * tools interpret it differently.
 */
static int
check_prefix(const char *source, const char *target, struct err *err)
{
    const char *last = last_component(target);
    const char *own = last_component(source);
    size_t len = strcspn(own, ":@");
    char safe[TEXT_SAFE_MAX];

    if (last == target || strlen(last) != len || strncmp(last, own, len) != 0)
        return 0;
    text_safe(safe, target, strlen(target));
    err_set(err, ERR_USAGE, "'%s' is ambiguous: a name of the image, or a prefix", safe);
    return err_hint(err, "for a name add a tag; for a prefix add a '/' at its end");
}

/* Sets *target to REGISTRY[/PREFIX], or to NULL when there are exact names. */
static int
read_names(const struct copy_command *o, char **operands, size_t count,
           struct exact_names *names, const char **target, struct err *err)
{
    bool is_single =
        count == 2 && o->images.from.count == 0 && !selection_expands_tags(&o->images);

    *target = NULL;
    names->items = xcalloc(o->as.count + 1, sizeof(*names->items));
    for (size_t i = 0; i < o->as.count; i++) {
        if (add_exact(names, o->as.items[i], err) < 0)
            return err_wrap(err, "--as");
    }
    if (o->as.count > 0)
        return 0;
    if (is_single && has_tag_or_digest(operands[1]))
        return add_exact(names, operands[1], err);
    *target = operands[count - 1];
    return is_single ? check_prefix(operands[0], *target, err) : 0;
}

/* ---- result ---- */

static void
complete_copy_hint(const void *ctx, enum err_reason reason, const char *subject,
                   char hint[HINT_MAX])
{
    hint_add(hint, &cmd_copy, ctx, reason, subject);
}

static struct push_counts
sum_counts(const struct copy_result *x)
{
    struct push_counts sum = {.blobs_present = 0};

    for (size_t i = 0; i < x->push_count; i++)
        push_counts_add(&sum, &x->pushes[i].counts);
    return sum;
}

static void
put_copy_result(struct result *r, const struct copy_command *o,
                const struct copy_result *x, const struct err *err)
{
    bool done = err->kind == ERR_NONE || err->kind == ERR_PARTIAL;
    const char *to_push = o->target.dry_run ? "would-push"
                          : done            ? "pushed"
                                            : "unfinished";
    const struct push_hints hints = {.complete = complete_copy_hint, .ctx = o};
    const struct push_counts counts = sum_counts(x);

    jsout_put_bool(r->json, "dryRun", o->target.dry_run);
    if (x->push_count == 0)
        return;
    result_missing(r, &x->plan.set.missing);
    if (o->images.no_referrers)
        result_no_referrers(r, x->plan.set.count);
    render_push(r, x->pushes, x->push_count, to_push, done, &hints);
    render_push_counts(r, &counts, o->target.dry_run, done);
    render_push_failed(r, x->pushes, x->push_count, &hints, err);
}

/* ---- the command ---- */

/* Credentials that are passed are for one of the sources, or for a target. */
static int
check_credentials(const struct registry_access *access, const struct copy_command *o,
                  const struct copy_options *options, struct err *err)
{
    struct target target = options->push.mapping.target;

    if (registry_access_check_names(access, &o->registry, options->plan.names,
                                    err_ignored()) == 0)
        return 0;
    for (size_t i = 0; i < options->name_count; i++) {
        memcpy(target.host, options->names[i].host, sizeof(target.host));
        if (registry_access_check_target(access, &o->registry, &target, err_ignored()) ==
            0)
            return 0;
    }
    return registry_access_check_target(access, &o->registry, &target, err);
}

static int
gather_sources(const struct copy_command *o, struct selection *selection, char **operands,
               size_t count, struct reference_list *names, struct runtime *rt,
               struct result *r, struct err *err)
{
    int rc;

    selection->has_typed_index = opt_is_typed(table, rt->sources, "index");
    rc = selection_gather(&o->images, selection, operands, count, names, &rt->run, err);
    result_sources(r, &selection->sources, err);
    return rc;
}

/* ---- the receipt ---- */

/* The registries and archives of a run, for its receipt.  Borrows their texts. */
struct source_places {
    const char **items;
    size_t count, cap;
};

static void
source_places_release(struct source_places *p)
{
    free(p->items);
}

static void
add_place(struct source_places *p, const char *text)
{
    for (size_t i = p->count; i-- > 0;) {
        if (strcmp(p->items[i], text) == 0)
            return;
    }
    p->items = mem_grow(p->items, p->count, &p->cap, sizeof(*p->items));
    p->items[p->count++] = text;
}

/* Names of archives are behind those of registries. */
static void
list_places(struct source_places *p, const struct selection *selection,
            const struct reference_list *names)
{
    const struct sources *s = &selection->sources;

    for (size_t i = 0; i < s->count; i++)
        add_place(p, s->requests[i].label);
    for (size_t i = 0; i < s->from_registries; i++)
        add_place(p, names->items[i].host);
}

static int
check_receipt(const struct copy_command *o, const char *target, struct err *err)
{
    if (selection_check_stdin(&o->images, &o->registry, &o->passphrase, err) < 0)
        return -1;
    if (o->receipt && o->target.dry_run)
        return err_set(err, ERR_USAGE, "--receipt and --dry-run are mutually exclusive");
    if (o->receipt && !target)
        return err_set(err, ERR_USAGE,
                       "--receipt requires REGISTRY[/PREFIX] as the target");
    return 0;
}

static void
say_receipt(struct result *r, const struct copy_result *x, const struct target *target)
{
    char tag[CLOCK_TEXT_MAX];

    if (x->receipt.json.len == 0)
        return;
    receipt_copy_tag(tag, x->time);
    result_say(r, "receipt   %s%s%s/%s:%s\n", target->host, target->prefix[0] ? "/" : "",
               target->prefix, RECEIPT_COPY_NAME, tag);
    jsout_put_bool(r->json, "receipt", true);
}

/* ---- to a registry ---- */

static int
copy_names(const struct copy_command *o, struct selection *selection,
           struct copy_options *options, struct runtime *rt, struct result *r,
           struct err *err)
{
    CLEANUP(pki_release) struct pki_key *key = NULL;
    CLEANUP(registry_access_release)
    struct registry_access access = REGISTRY_ACCESS_INIT;
    CLEANUP(copy_result_release) struct copy_result x = COPY_RESULT_INIT;
    struct image_source registries, source;
    int rc;

    if (o->receipt && !(key = passphrase_load_key(&o->passphrase, o->receipt, NULL, err)))
        return -1;
    options->receipt_key = key;
    if (registry_access_open(&access, &o->registry, rt, false, err) < 0 ||
        check_credentials(&access, o, options, err) < 0)
        return -1;
    registries = registry_source(access.client);
    source = selection_source(selection, &registries);
    options->plan.source = &source;
    options->push.client = registry_access_pusher(&access);
    rc = copy_run(&x, options, err);
    put_copy_result(r, o, &x, rc < 0 ? err : &(const struct err)ERR_INIT);
    if (rc < 0 && err->kind != ERR_PARTIAL)
        return -1;
    say_receipt(r, &x, &options->push.mapping.target);
    if (receipt_files_save(&x.receipt, rt->common->report, err) < 0)
        return -1;
    for (size_t i = 0; i < x.push_count; i++)
        target_warn_untagged(&x.pushes[i], &rt->run.events);
    if (rc == 0 || o->target.dry_run)
        result_say(r, "%s\n", target_options_verdict(&o->target));
    return rc;
}

/* ---- to an archive ---- */

/* These are about names and tags in registries.  Settings of them do not matter here. */
static int
check_archive_options(const struct copy_command *o, const struct runtime *rt,
                      struct err *err)
{
    const struct {
        bool is_given;
        const char *name;
    } options[] = {
        {o->target.map.count > 0, "map"},       {o->target.strip_host, "strip-host"},
        {o->target.tag_digests, "tag-digests"}, {o->target.read_back, "read-back"},
        {o->target.keep_going, "keep-going"},   {o->receipt, "receipt"}};

    for (size_t i = 0; i < COUNT_OF(options); i++) {
        if (options[i].is_given && opt_is_typed(table, rt->sources, options[i].name))
            return err_set(err, ERR_USAGE, "--%s requires a registry as the target",
                           options[i].name);
    }
    return 0;
}

/* Such an archive has no manifests, so nothing can be attached to one. */
static int
check_docker_options(const struct copy_command *o, const struct image_location *l,
                     struct err *err)
{
    return l->transport == TRANSPORT_DOCKER_ARCHIVE && o->images.referrers
               ? err_set(err, ERR_USAGE,
                         "--referrers: a docker-archive cannot hold what is attached to "
                         "images")
               : 0;
}

static int
open_archive(const struct image_location *l, struct image_target *out, struct err *err)
{
    switch (l->transport) {
    case TRANSPORT_OCI_DIR:
        oci_dir_target(out, l->path);
        return 0;
    case TRANSPORT_OCI_ARCHIVE:
        oci_archive_target(out, l->path);
        return 0;
    case TRANSPORT_DOCKER_ARCHIVE:
        docker_archive_target(out, l->path);
        return 0;
    case TRANSPORT_BUNDLE:
    case TRANSPORT_REGISTRY:
        break;
    }
    return err_set(err, ERR_USAGE,
                   "%s: cannot be written by a copy: use 'sealift export'",
                   image_transport_name(l->transport));
}

static int
fill_archive(const struct copy_command *o, struct selection *selection,
             struct archive_options *options, const char *label, struct runtime *rt,
             struct result *r, struct err *err)
{
    CLEANUP(registry_access_release)
    struct registry_access access = REGISTRY_ACCESS_INIT;
    CLEANUP(archive_result_release) struct archive_result x = ARCHIVE_RESULT_INIT;
    struct image_source registries, source;
    int rc;

    if (registry_access_open(&access, &o->registry, rt, false, err) < 0 ||
        registry_access_check_names(&access, &o->registry, options->plan.names, err) < 0)
        return -1;
    registries = registry_source(access.client);
    source = selection_source(selection, &registries);
    options->plan.source = &source;
    rc = copy_to_archive(&x, options, err);
    if (x.images.count > 0 && rc == 0)
        render_archive(r, &x, label, true);
    if (rc == 0)
        result_missing(r, &x.plan.set.missing);
    if (rc == 0 && !options->plan.referrers)
        result_no_referrers(r, x.plan.set.count);
    if (rc == 0)
        result_say(r, "%s\n",
                   o->target.dry_run ? "nothing was written (dry run)"
                                     : "OK: every byte that was written has its digest");
    return rc;
}

/* The last operand is oci:FOLDER[:NAME] or the like. */
static int
copy_to_file(const struct copy_command *o, char **operands, size_t count,
             struct runtime *rt, struct result *r, struct err *err)
{
    CLEANUP(reference_list_release) struct reference_list names = REFERENCE_LIST_INIT;
    CLEANUP(selection_release) struct selection selection = SELECTION_INIT;
    CLEANUP(image_location_release) struct image_location l = IMAGE_LOCATION_INIT;
    struct target_options unmapped = o->target;
    struct push_options wishes = {.run = &rt->run};
    struct image_target target = {.ctx = NULL};
    struct archive_options options = {.target = &target};
    const char *text = operands[count - 1];
    int rc;

    unmapped.map.count = 0; /* a setting, see check_archive_options() */
    if (check_archive_options(o, rt, err) < 0 ||
        image_location_parse(&l, text, strlen(text), err) < 0 ||
        check_docker_options(o, &l, err) < 0 ||
        selection_read(&o->images, &selection, err) < 0 ||
        target_options_read(&unmapped, NULL, NULL, &wishes, err) < 0 ||
        gather_sources(o, &selection, operands, count - 1, &names, rt, r, err) < 0 ||
        open_archive(&l, &target, err) < 0)
        return -1;
    options.plan = selection_plan(&o->images, &selection, &names);
    options.plan.run = &rt->run;
    options.plan.referrers &= l.transport != TRANSPORT_DOCKER_ARCHIVE;
    options.name = l.name;
    options.foreign_layers = o->images.foreign_layers;
    options.dry_run = o->target.dry_run;
    options.may_replace = wishes.on_existing == EXISTING_OVERWRITE;
    options.skips = wishes.on_existing == EXISTING_SKIP;
    jsout_put_text(r->json, "target", text);
    jsout_put_bool(r->json, "dryRun", o->target.dry_run);
    rc = fill_archive(o, &selection, &options, text, rt, r, err);
    if (rc == 0 && l.transport == TRANSPORT_DOCKER_ARCHIVE)
        result_say(r,
                   "note      a docker-archive has no manifests: the digests are not in "
                   "it\n");
    target.close(target.ctx);
    return rc;
}

static int
copy_with(const struct copy_command *o, char **operands, size_t count,
          struct mapping_rule *rules, struct runtime *rt, struct result *r,
          struct err *err)
{
    CLEANUP(reference_list_release) struct reference_list names = REFERENCE_LIST_INIT;
    CLEANUP(selection_release) struct selection selection = SELECTION_INIT;
    CLEANUP(exact_names_release) struct exact_names exact = {.count = 0};
    CLEANUP(source_places_release) struct source_places places = {.count = 0};
    struct copy_options options = {.sources = &selection.sources,
                                   .tool = TOOL_NAME_VERSION,
                                   .push = {.run = &rt->run}};
    const char *target;

    selection.imports = !o->target.dry_run;
    if (read_names(o, operands, count, &exact, &target, err) < 0 ||
        check_receipt(o, target, err) < 0)
        return -1;
    if (exact.count > 0) /* the image needs no other name */
        selection.exact_name = o->as.count > 0 ? o->as.items[0] : operands[count - 1];
    if (selection_read(&o->images, &selection, err) < 0 ||
        target_options_read(&o->target, target, rules, &options.push, err) < 0 ||
        gather_sources(o, &selection, operands, o->as.count > 0 ? count : count - 1,
                       &names, rt, r, err) < 0)
        return -1;
    list_places(&places, &selection, &names);
    options.places = places.items;
    options.place_count = places.count;
    options.names = exact.items;
    options.name_count = exact.count;
    options.plan = selection_plan(&o->images, &selection, &names);
    options.plan.keep_going = o->target.keep_going;
    options.foreign_layers = o->images.foreign_layers;
    options.plan.run = &rt->run;
    jsout_put_text(r->json, "target", target ? target : "");
    return copy_names(o, &selection, &options, rt, r, err);
}

static bool
is_to_archive(const struct copy_command *o, char **operands, size_t count)
{
    return o->as.count == 0 && count > 0 &&
           image_location_is_local(operands[count - 1], strlen(operands[count - 1]));
}

static int
run_copy(const void *options, char **operands, size_t count, struct runtime *rt,
         struct result *r, struct err *err)
{
    const struct copy_command *o = options;
    struct mapping_rule *rules = xcalloc(o->target.map.count + 1, sizeof(*rules));
    int rc = is_to_archive(o, operands, count)
                 ? copy_to_file(o, operands, count, rt, r, err)
                 : copy_with(o, operands, count, rules, rt, r, err);

    if (rc < 0)
        selection_hint(&cmd_copy, options, operands, count, err);
    free(rules);
    return rc;
}

static void
files(const void *options, char **operands, size_t count, struct files *f)
{
    const struct copy_command *o = options;
    CLEANUP(image_location_release) struct image_location target = IMAGE_LOCATION_INIT;

    selection_files(&o->images, operands,
                    o->as.count > 0 || count == 0 ? count : count - 1, f);
    if (is_to_archive(o, operands, count) &&
        image_location_parse(&target, operands[count - 1], strlen(operands[count - 1]),
                             err_ignored()) == 0)
        files_add(f, FILE_WRITTEN, "the target", target.path);
    if (o->receipt)
        receipt_files_add(f, o->common.report);
    registry_options_files(f);
}

const struct command cmd_copy = {
    .name = "copy",
    .group = COMMAND_CARRY,
    .operands = "SOURCE... TARGET",
    .summary = "copy images directly from one place to another",
    .about = "Copy images, with all their platforms and unchanged, without an air gap.\n"
             "A SOURCE is a REFERENCE, bundle:FILE, oci:FOLDER, oci-archive:FILE or\n"
             "docker-archive:FILE.  "
             "The TARGET is REGISTRY[/PREFIX], oci:FOLDER,\noci-archive:FILE or "
             "docker-archive:FILE.\n"
             "Between registries blobs are hashed on the way and not written to disk; "
             "objects\npresent at the target are not sent.  Tags move last, and are read "
             "back.\ndocker.io/library/nginx:1 becomes "
             "REGISTRY/PREFIX/docker.io/library/nginx:1; a\ntarget with a tag, or --as, "
             "is an exact name.  Without any operand, TARGET is the\nsetting 'target'.",
    .examples =
        {
            {"Copy an image under a different name",
             "sealift copy nginx:1.27 registry.corp/base/nginx:1.27"},
            {"Copy the images in a list to a path of a registry",
             "sealift copy -f list registry.corp:5000/mirror"},
        },
    .table = table,
    .options_size = sizeof(struct copy_command),
    .operands_min = 1,
    .operands_max = SIZE_MAX,
    .last_operand = "target",
    .files = files,
    .run = run_copy,
};
