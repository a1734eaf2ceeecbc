/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "cli/commands/commands.h"

#include "base/mem.h"
#include "base/text_safe.h"
#include "ops/diff/diff.h"
#include "ops/receipt/receipt.h"
#include "render/render_diff.h"

#include <stdlib.h>
#include <string.h>

struct diff_command {
    struct common_options common;
    struct registry_options registry;
    struct trust_options trust;
    struct opt_list map;
    bool strip_host;
    const char *name, *work_dir;
};

#define T struct diff_command
static const struct opt table[] = {
    GROUP("Names in a registry"),
    FLAG(T, strip_host, 0, "strip-host", "omit the source host from them"),
    LIST(T, map, 0, "map", "FROM=TO",
         "replace FROM at the beginning of names with TO (repeatable)"),
    GROUP("Archives"),
    TEXT(T, name, 0, "name", "NAME", "the name of an image that has none in its archive"),
    FILE_TEXT(T, work_dir, 0, "work-dir", "DIR", OPT_READS,
              "where to unpack a compressed archive (default: TMPDIR, else /var/tmp)"),
    TRUST_OPTIONS(T),
    REGISTRY_OPTIONS(T),
    COMMON_OPTIONS(T),
    {.kind = OPT_END},
};
#undef T

/* Whether a side is judged by its signature. */
static bool
is_signed_kind(enum diff_kind kind)
{
    return kind == DIFF_BUNDLE || kind == DIFF_RECEIPT;
}

static bool
is_registry_kind(enum diff_kind kind)
{
    return kind == DIFF_PLACE || kind == DIFF_NAME;
}

static int
read_rules(const struct diff_command *o, struct mapping_rule *rules, struct err *err)
{
    for (size_t i = 0; i < o->map.count; i++) {
        if (mapping_rule_parse(&rules[i], o->map.items[i], err) < 0)
            return err_wrap(err, "--map");
    }
    return 0;
}

/* Names are mapped only where one side is a place in a registry. */
static int
check_mapping(const struct diff_command *o, const enum diff_kind kinds[2],
              struct err *err)
{
    if ((o->map.count == 0 && !o->strip_host) ||
        (kinds[0] == DIFF_PLACE) != (kinds[1] == DIFF_PLACE))
        return 0;
    return err_set(err, ERR_USAGE,
                   "--map and --strip-host require exactly one side to be "
                   "REGISTRY[/PREFIX]");
}

/* Credentials that are passed are for one of the sides. */
static int
check_diff_credentials(const struct registry_access *access, const struct diff_command *o,
                       char **operands, const enum diff_kind kinds[2], struct err *err)
{
    char safe[TEXT_SAFE_MAX];

    for (size_t i = 0; o->registry.creds_stdin && i < 2; i++) {
        CLEANUP(diff_side_release) struct diff_side side = DIFF_SIDE_INIT;
        const struct diff_options none = {.strip_host = false};

        if (is_registry_kind(kinds[i]) &&
            diff_side_open(&side, operands[i], &none, err_ignored()) == 0 &&
            credentials_are_added(access->credentials, kinds[i] == DIFF_PLACE
                                                           ? side.place.host
                                                           : side.name.host))
            return 0;
    }
    if (!o->registry.creds_stdin)
        return 0;
    text_safe(safe, o->registry.creds_stdin, strlen(o->registry.creds_stdin));
    return err_set(err, ERR_USAGE, "--creds-stdin '%s' is the registry of neither side",
                   safe);
}

static int
diff_with(const struct diff_command *o, char **operands, const enum diff_kind kinds[2],
          struct diff_options *options, struct runtime *rt, struct result *r,
          struct err *err)
{
    CLEANUP(registry_access_release)
    struct registry_access access = REGISTRY_ACCESS_INIT;
    CLEANUP(diff_result_release) struct diff_result d = DIFF_RESULT_INIT;
    int rc;

    if (registry_access_open(&access, &o->registry, rt, false, err) < 0 ||
        check_diff_credentials(&access, o, operands, kinds, err) < 0)
        return -1;
    options->client = registry_access_direct(&access);
    rc = diff_run(&d, options, err);
    if (rc == 0 || err->kind == ERR_DIFFER)
        render_diff(r, &d);
    if (rc == 0)
        result_say(r, "OK: A and B are the same\n");
    return rc;
}

static int
run_diff(const void *options, char **operands, size_t count, struct runtime *rt,
         struct result *r, struct err *err)
{
    const struct diff_command *o = options;
    CLEANUP(trust_store_release) struct trust_store store = TRUST_STORE_INIT;
    struct mapping_rule *rules = xcalloc(o->map.count + 1, sizeof(*rules));
    struct diff_options diff = {
        .texts = {operands[0], operands[1]},
        .sources = {.name = o->name,
                    .work_dir = o->work_dir,
                    .run = &rt->run,
                    .verify = {.store = &store,
                               .skip_signature = o->trust.skip,
                               .documents_only = true,
                               .wishes = trust_options_wishes(&o->trust),
                               .signatures = o->trust.signatures.items,
                               .signature_count = o->trust.signatures.count}},
        .strip_host = o->strip_host,
        .rules = rules,
        .rule_count = o->map.count,
        .run = &rt->run,
    };
    enum diff_kind kinds[2];
    int rc = 0;

    (void)count;
    for (size_t i = 0; i < 2 && rc == 0; i++)
        rc = diff_kind_of(operands[i], &kinds[i], err);
    if (rc == 0 && (is_signed_kind(kinds[0]) || is_signed_kind(kinds[1])))
        rc = trust_options_load(&o->trust, "--key", &store, &rt->run.events, err);
    if (rc == 0)
        rc = check_mapping(o, kinds, err);
    if (rc == 0)
        rc = read_rules(o, rules, err);
    if (rc == 0)
        rc = diff_with(o, operands, kinds, &diff, rt, r, err);
    free(rules);
    return rc;
}

/* The file of an operand, with those that belong to it. */
static void
add_side(struct files *f, const char *label, const char *text, enum diff_kind kind)
{
    CLEANUP(image_location_release) struct image_location l = IMAGE_LOCATION_INIT;
    CLEANUP(mem_free_string) char *beside = NULL;
    const char *path = text;

    if (image_location_is_local(text, strlen(text)) &&
        image_location_parse(&l, text, strlen(text), err_ignored()) == 0)
        path = l.path;
    files_add(f, kind == DIFF_BUNDLE ? FILE_READ_BUNDLE : FILE_READ, label, path);
    if (kind != DIFF_RECEIPT)
        return;
    beside = receipt_signature_path(path);
    files_add(f, FILE_READ, "the signature of a receipt", beside);
}

static void
files(const void *options, char **operands, size_t count, struct files *f)
{
    const struct diff_command *o = options;
    bool is_judged = o->trust.dir != NULL;

    for (size_t i = 0; i < count && i < 2; i++) {
        enum diff_kind kind;

        if (diff_kind_of(operands[i], &kind, err_ignored()) < 0)
            continue;
        is_judged |= is_signed_kind(kind);
        if (!is_registry_kind(kind))
            add_side(f, i == 0 ? "A" : "B", operands[i], kind);
    }
    if (is_judged)
        trust_options_files(&o->trust, f);
    registry_options_files(f);
}

const struct command cmd_diff = {
    .name = "diff",
    .group = COMMAND_LOOK,
    .operands = "A B",
    .summary = "compare bundles, archives, receipts and registries",
    .about = "Compare the names and digests of A and B, each a bundle, an archive, the "
             "receipt of\nan import, a name, or REGISTRY[/PREFIX], and print the names "
             "that only one of them\nhas or that have different digests.  Names of a "
             "bundle are compared with those that\nan import to REGISTRY[/PREFIX] gives "
             "them.  Ends with status 13 if anything differs.",
    .examples =
        {
            {"Show what an import would change",
             "sealift diff images.tar registry.corp:5000/mirror"},
            {"Compare an image in two registries",
             "sealift diff nginx:1.27 registry.corp/base/nginx:1.27"},
        },
    .table = table,
    .options_size = sizeof(struct diff_command),
    .operands_min = 2,
    .operands_max = 2,
    .files = files,
    .run = run_diff,
};
