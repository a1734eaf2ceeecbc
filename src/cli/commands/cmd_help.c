/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "cli/commands/commands.h"

#include "base/mem.h"
#include "base/text_safe.h"
#include "cli/nearest.h"

#include <string.h>

const struct command *const commands[] = {
    &cmd_export, &cmd_verify,  &cmd_import, &cmd_inspect,        &cmd_copy,
    &cmd_images, &cmd_list,    &cmd_diff,   &cmd_login,          &cmd_logout,
    &cmd_keygen, &cmd_key,     &cmd_sign,   &cmd_payload,        &cmd_attach,
    &cmd_digest, &cmd_trust,   &cmd_status, &cmd_verify_receipt, &cmd_doctor,
    &cmd_help,   &cmd_version, NULL,
};

static const char *const group_headings[] = {
    [COMMAND_CARRY] = "Carry images",
    [COMMAND_LOOK] = "Look at registries and log in",
    [COMMAND_SIGN] = "Make keys and signatures",
    [COMMAND_TRUST] = "Manage trust",
    [COMMAND_HELP] = "Help",
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

int
command_unknown(const char *word, struct err *err)
{
    struct nearest n = {.typed = word};
    char safe[TEXT_SAFE_MAX];

    text_safe(safe, word, strlen(word));
    err_set(err, ERR_USAGE, "unknown command '%s'", safe);
    for (const struct command *const *c = commands; *c; c++)
        nearest_offer(&n, (*c)->name);
    nearest_hint(&n, "", err);
    return -1;
}

static void
overview(struct result *r)
{
    result_add(r, "Usage: sealift COMMAND [OPTION]... [ARGUMENT]...\n\n"
                  "Carry container images across an air gap: all platforms, original "
                  "bytes,\none signed file.\n\n"
                  "First steps, on the side with internet:\n"
                  "  sealift keygen team\n"
                  "  sealift export --key team.key -o images.tar nginx:1.27\n"
                  "On the isolated side, with the file and team.pub:\n"
                  "  sealift trust add team.pub\n"
                  "  sealift verify images.tar\n"
                  "  sealift import images.tar registry.corp:5000/mirror\n");
    for (const struct command *const *c = commands; *c; c++) {
        if (c == commands || (*c)->group != c[-1]->group)
            result_add(r, "\n%s:\n", group_headings[(*c)->group]);
        result_say(r, "  %-14s  %s\n", (*c)->name, (*c)->summary);
    }
    result_add(
        r, "\n'sealift help COMMAND' shows the options of a command and examples; the\n"
           "manual is sealift(1), and sealift-COMMAND(1) for each.\n");
}

/*
 * Append text in lines that fit a terminal: those after the first are indented, and a
 * line end in the text is a blank, but for an empty line.
 */
static void
add_filled(struct result *r, const char *text, size_t indent)
{
    size_t column = 0;

    while (*text != '\0') {
        size_t gap = strspn(text, " \n"), len = strcspn(text + gap, " \n");
        bool ends = gap > 1 && text[0] == '\n';

        if (ends || (column > 0 && column + gap + len > HELP_WIDTH)) {
            result_add(r, "%s\n%*s", ends ? "\n" : "", (int)indent, "");
            column = indent;
        } else if (column > 0) {
            result_add(r, "%*s", (int)gap, "");
            column += gap;
        }
        result_add(r, "%.*s", (int)len, text + gap);
        column += len;
        text += gap + len;
    }
    result_add(r, "\n");
}

static void
explain_command(const struct command *c, struct result *r)
{
    CLEANUP(mem_free_string)
    char *usage = xasprintf("Usage: sealift %s [OPTION]...%s%s", c->name,
                            c->operands[0] != '\0' ? " " : "", c->operands);

    add_filled(r, usage, strlen("Usage: "));
    result_add(r, "\n");
    add_filled(r, c->about, 0);
    opt_help(c->table, &r->text);
    result_add(r, "\nExamples:\n");
    for (size_t i = 0; i < COMMAND_EXAMPLES; i++)
        result_add(r, "  %s:\n      %s\n", c->examples[i].purpose, c->examples[i].line);
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
        return command_unknown(operands[0], err);
    explain_command(c, r);
    return 0;
}

const struct command cmd_help = {
    .name = "help",
    .group = COMMAND_HELP,
    .operands = "[COMMAND]",
    .summary = "explain a command",
    .about = "Show the list of commands, or the options of one.",
    .examples =
        {
            {"List the commands", "sealift help"},
            {"Show the options of a command, and examples", "sealift help export"},
        },
    .table = table,
    .options_size = sizeof(struct help_options),
    .operands_max = 1,
    .needs_no_settings = true,
    .run = run_help,
};
