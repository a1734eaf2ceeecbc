/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "cli/commands/commands.h"

#include <string.h>

const struct command *const commands[] = {
    &cmd_export,         &cmd_verify, &cmd_import,  &cmd_inspect, &cmd_sign,  &cmd_attach,
    &cmd_payload,        &cmd_digest, &cmd_keygen,  &cmd_key,     &cmd_trust, &cmd_status,
    &cmd_verify_receipt, &cmd_help,   &cmd_version, NULL,
};

struct help_options {
    struct common_options common;
};

static const struct opt table[] = {
    COMMON_OPTIONS(struct help_options),
    {.kind = OPT_END},
};

const struct command *
command_find(const char *name)
{
    for (const struct command *const *c = commands; *c; c++) {
        if (strcmp((*c)->name, name) == 0)
            return *c;
    }
    return NULL;
}

static void
overview(struct result *r)
{
    result_add(r, "Usage: sealift COMMAND [OPTION]... [ARGUMENT]...\n\n"
                  "Carry container images across an air gap: all platforms, original "
                  "bytes,\none signed file.\n\nCommands:\n");
    for (const struct command *const *c = commands; *c; c++)
        result_say(r, "  %-14s  %s\n", (*c)->name, (*c)->summary);
    result_add(r, "\n'sealift help COMMAND' explains one; sealift(1) is the manual.\n");
}

static int
run_help(const void *options, char **operands, size_t count, struct runtime *rt,
         struct result *r, struct err *err)
{
    const struct command *c;

    (void)options;
    (void)rt;
    if (count == 0) {
        overview(r);
        return 0;
    }
    c = command_find(operands[0]);
    if (!c)
        return err_set(err, ERR_USAGE, "unknown command '%s'", operands[0]);
    result_add(r, "Usage: sealift %s [OPTION]...%s%s\n\n%s\n\nOptions:\n", c->name,
               c->operands[0] != '\0' ? " " : "", c->operands, c->about);
    opt_help(c->table, &r->text);
    return 0;
}

const struct command cmd_help = {
    .name = "help",
    .operands = "[COMMAND]",
    .summary = "explain a command",
    .about = "Show the list of commands, or what one of them does.",
    .table = table,
    .options_size = sizeof(struct help_options),
    .operands_max = 1,
    .run = run_help,
};
