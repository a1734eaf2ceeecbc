/* SPDX-License-Identifier: Apache-2.0 */
/* commands.h - the type of a subcommand, and the list of them.
 *
 * Layer: cli.
 */
#ifndef CLI_COMMANDS_COMMANDS_H
#define CLI_COMMANDS_COMMANDS_H

#include "cli/files.h"
#include "cli/opt.h"
#include "render/result.h"
#include "cli/registry_options.h"

/* The groups in which help lists commands. */
enum command_group {
    COMMAND_CARRY,
    COMMAND_LOOK,
    COMMAND_SIGN,
    COMMAND_TRUST,
    COMMAND_HELP
};

/* For help and the manual page. */
struct example {
    const char *purpose; /* a phrase without a full stop */
    const char *line;    /* as typed: words without quotes; '<' and '>' only at the end */
};

enum { COMMAND_EXAMPLES = 2 };

struct command {
    const char *name;
    enum command_group group;
    const char *operands; /* for the usage line */
    const char *summary;  /* one line */
    const char *about;    /* a paragraph or two for help */
    struct example examples[COMMAND_EXAMPLES];
    const char *const *actions; /* allowed first operands; NULL: any */
    const struct opt *table;
    size_t options_size;
    size_t operands_min, operands_max;
    const char *last_operand; /* the setting that stands for a missing one, or NULL */
    bool needs_no_settings;   /* errors in settings do not stop it */
    /* Record the files that it reads and writes, except those of OPT_READS and
     * OPT_WRITES; called with any number of operands.  NULL: none. */
    void (*files)(const void *options, char **operands, size_t count, struct files *f);
    /* options: the struct that the table fills; struct common_options is its first
     * member. */
    int (*run)(const void *options, char **operands, size_t count, struct runtime *rt,
               struct result *result, struct err *err);
};

extern const struct command cmd_copy, cmd_export, cmd_verify, cmd_import, cmd_inspect,
    cmd_diff, cmd_images, cmd_list, cmd_login, cmd_logout, cmd_sign, cmd_attach,
    cmd_payload, cmd_digest, cmd_keygen, cmd_key, cmd_trust, cmd_status,
    cmd_verify_receipt, cmd_doctor, cmd_help, cmd_version;

/* All commands in the order of help, by group; NULL at the end. */
extern const struct command *const commands[];
/* An error that names the command that was probably meant.  Always -1. */
int command_unknown(const char *word, struct err *err);
const struct command *command_find(const char *name); /* or NULL */

#endif
