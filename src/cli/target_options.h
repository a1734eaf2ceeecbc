/* SPDX-License-Identifier: Apache-2.0 */
/* target_options.h - options of pushing, shared by the commands that push.
 *
 * Layer: cli.
 */
#ifndef CLI_TARGET_OPTIONS_H
#define CLI_TARGET_OPTIONS_H

#include "cli/opt.h"
#include "ops/push/push.h"

struct target_options {
    bool dry_run, strip_host, keep_going, tag_digests;
    struct opt_list map;
    const char *on_existing, *read_back;
};

#define TARGET_OPTIONS(T)                                                                \
    GROUP("Target"),                                                                     \
        FLAG(T, target.strip_host, 0, "strip-host",                                      \
             "omit the source host from target names"),                                  \
        LIST(T, target.map, 0, "map", "FROM=TO",                                         \
             "replace FROM at the beginning of names with TO; FROM may be a name with "  \
             "its tag, or have a '*' (repeatable)"),                                     \
        FLAG(T, target.tag_digests, 0, "tag-digests",                                    \
             "give the tag digest-sha256-HEX to all that has only a digest"),            \
        TEXT(T, target.on_existing, 0, "on-existing", "WHAT",                            \
             "if a tag has another digest: error (default), skip or overwrite",          \
             .choices = "error skip overwrite", .from = OPT_FROM_SYSTEM),                \
        FLAG(T, target.dry_run, 0, "dry-run",                                            \
             "ask the registry what it has, and send nothing", .family = "receipt"),     \
        FLAG(T, target.keep_going, 0, "keep-going",                                      \
             "if the target rejects part of an image, still push the other images"),     \
        TEXT(T, target.read_back, 0, "read-back", "WHAT",                                \
             "with 'blobs', also fetch all blobs again and compare them before tags "    \
             "move",                                                                     \
             .choices = "blobs")

/*
 * Read the options and the operand REGISTRY[/PREFIX]; without an operand, the mapping has
 * no target.  rules: room for one of each --map.
 * Errors: ERR_USAGE.
 */
MUST_USE int target_options_read(const struct target_options *options, const char *target,
                                 struct mapping_rule *rules, struct push_options *out,
                                 struct err *err);

/*
 * An exact name at the target; without a tag in the text it has none.
 * Errors: ERR_USAGE.
 */
MUST_USE int target_name_read(struct reference *out, const char *text, struct err *err);

/* The last line of a result that says how far everything was checked. */
const char *target_options_verdict(const struct target_options *options);

/* Warn of images that no tag at the target holds. */
void target_warn_untagged(const struct push_result *push, const struct events *events);

#endif
