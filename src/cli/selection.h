/* SPDX-License-Identifier: Apache-2.0 */
/* selection.h - options that choose images, shared by the commands that fetch them.
 *
 * Layer: cli.
 */
#ifndef CLI_SELECTION_H
#define CLI_SELECTION_H

#include "cli/commands/commands.h"
#include "cli/files.h"
#include "cli/opt.h"
#include "cli/passphrase.h"
#include "lists/found_list.h"
#include "ops/plan/plan.h"
#include "ops/source/sources.h"

struct selection_options {
    struct opt_list from, platforms;
    const char *index, *platform_missing, *tags, *name, *work_dir;
    const char *tags_semver, *exclude, *variant;
    struct opt_number latest;
    bool all_tags, referrers, no_referrers, foreign_layers;
    struct trust_options trust; /* of bundles among the sources */
};

#define SELECTION_OPTIONS(T)                                                             \
    GROUP("Images"),                                                                     \
        FILE_LIST(                                                                       \
            T, images.from, 'f', "from", "LIST", OPT_READS,                              \
            "also the images that LIST names: a list with one reference a line, "        \
            "manifests, a compose file, or whatever 'sealift images' reads; '-' is "     \
            "standard input (repeatable)"),                                              \
        FLAG(T, images.all_tags, 0, "all-tags",                                          \
             "all tags of each REFERENCE that has neither tag nor digest",               \
             .family = "tags"),                                                          \
        TEXT(T, images.tags, 0, "tags", "REGEX",                                         \
             "like --all-tags, but only tags that an extended regular expression "       \
             "matches as "                                                               \
             "a whole",                                                                  \
             .family = "tags"),                                                          \
        TEXT(T, images.tags_semver, 0, "tags-semver", "RANGE",                           \
             "like --all-tags, but only tags that are versions in RANGE, such as "       \
             "'>=1.2 <2', ~1.4 or ^2"),                                                  \
        NUMBER(T, images.latest, 0, "latest", "N", TAG_LATEST_MAX,                       \
               "like --all-tags, but only the N highest versions"),                      \
        TEXT(                                                                            \
            T, images.variant, 0, "variant", "WORD",                                     \
            "of the tags of a repository only those that end in -WORD, such as alpine"), \
        TEXT(T, images.exclude, 0, "exclude", "REGEX",                                   \
             "of the tags of a repository none that REGEX matches as a whole"),          \
        LIST(T, images.platforms, 0, "platform", "OS/ARCH[/VARIANT][:VERSION]",          \
             "only these platforms, separated by commas (repeatable)"),                  \
        TEXT(T, images.platform_missing, 0, "platform-missing", "HOW",                   \
             "an image needs one of the platforms: error (default); all of them: all; "  \
             "with "                                                                     \
             "none it is left out: skip",                                                \
             .needs = "platform", .choices = "error all skip"),                          \
        TEXT(T, images.index, 0, "index", "HOW",                                         \
             "of indexes with platforms left out: keep them (default), or rebuild them", \
             .choices = "keep rebuild"),                                                 \
        FLAG(T, images.no_referrers, 0, "no-referrers",                                  \
             "leave out signatures, SBOMs and everything else attached to the images",   \
             .family = "referrers"),                                                     \
        FLAG(T, images.referrers, 0, "referrers", "include them (the default)",          \
             .family = "referrers"),                                                     \
        FLAG(T, images.foreign_layers, 0, "foreign-layers",                              \
             "fetch layers that a registry only links to from their URLs",               \
             .from = OPT_FROM_SYSTEM)

#define SOURCE_OPTIONS(T)                                                                \
    GROUP("Archives and bundles as sources"),                                            \
        TEXT(T, images.name, 0, "name", "NAME",                                          \
             "the name of an image that has none in its archive"),                       \
        FILE_TEXT(                                                                       \
            T, images.work_dir, 0, "work-dir", "DIR", OPT_READS,                         \
            "where to unpack a compressed archive (default: TMPDIR, else /var/tmp)"),    \
        FILE_LIST(T, images.trust.keys, 0, "source-key", "PUB", OPT_READS,               \
                  "accept source bundles signed with this public key (repeatable)",      \
                  .from = OPT_FROM_SYSTEM, .family = "trust"),                           \
        FILE_TEXT(T, images.trust.dir, 0, "trust", "DIR", OPT_BY_COMMAND,                \
                  "use this trust store for them (default " STORE_DEFAULTS ")",          \
                  .from = OPT_FROM_SYSTEM, .family = "trust"),                           \
        FLAG(T, images.trust.allow_rollback, 0, "allow-rollback",                        \
             "accept an older bundle than the last, where the policy allows it",         \
             .from = OPT_FROM_LINE),                                                     \
        TEXT(T, images.trust.allow_expired, 0, "allow-expired", "REASON",                \
             "accept an expired bundle, where the policy allows it",                     \
             .from = OPT_FROM_LINE),                                                     \
        FLAG(T, images.trust.skip, 0, "insecure-skip-verify",                            \
             "do not check signatures of source bundles, only digests",                  \
             .from = OPT_FROM_LINE, .family = "trust")

/* Which images, and from where. */
struct selection {
    struct choice choice;
    enum platform_missing if_missing;
    bool has_pattern;
    struct tag_filter pattern;
    struct trust_store store; /* for bundles */
    struct sources sources;   /* archives; every other name is in a registry */
    const char *exact_name;   /* at the target, of the single image; or NULL */
    struct found_list found;  /* what files name; lists borrow their names */
    bool imports;             /* a source bundle is remembered as imported */
    bool has_typed_index;     /* --index was given, and not only set */
};

#define SELECTION_INIT                                                                   \
    {                                                                                    \
        .store = TRUST_STORE_INIT, .sources = SOURCES_INIT                               \
    }
void selection_release(struct selection *s);

/* Whether a name without tag and digest means tags of a repository. */
bool selection_expands_tags(const struct selection_options *options);

/* Errors: ERR_USAGE. */
MUST_USE int selection_read(const struct selection_options *options,
                            struct selection *out, struct err *err);

/* Check that at most one option of the command reads standard input.  Errors: ERR_USAGE.
 */
MUST_USE int selection_check_stdin(const struct selection_options *options,
                                   const struct registry_options *registry,
                                   const struct passphrase_options *passphrase,
                                   struct err *err);

/*
 * The references among the operands and in lists; each that is not valid is reported.
 * Archives among them are opened, and their names added.
 * Errors: ERR_USAGE; ERR_LIMIT; those of file_slurp() and sources_open().
 */
MUST_USE int selection_gather(const struct selection_options *options,
                              struct selection *selection, char **operands, size_t count,
                              struct reference_list *names, struct run *run,
                              struct err *err);

/* The source of all names, in registries and archives; borrows both. */
struct image_source selection_source(struct selection *selection,
                                     const struct image_source *registries);

/* Record the archives among the operands, and the trust store if one is a bundle. */
void selection_files(const struct selection_options *options, char **operands,
                     size_t count, struct files *f);

/*
 * After a failure: hint at a list that was given as a name, "sealift export images.txt",
 * which may be a valid name.
 */
void selection_hint(const struct command *command, const void *options, char **operands,
                    size_t count, struct err *err);

/* A plan of the names; source, run and keep_going are left to the caller. */
struct plan_options selection_plan(const struct selection_options *options,
                                   const struct selection *selection,
                                   const struct reference_list *names);

#endif
