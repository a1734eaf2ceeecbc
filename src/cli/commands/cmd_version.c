/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "cli/commands/commands.h"

#include "io/json/json_write.h"

struct version_options {
    struct common_options common;
};

static const struct opt table[] = {
    COMMON_OPTIONS(struct version_options),
    {.kind = OPT_END},
};

static int
run_version(const void *options, char **operands, size_t count, struct runtime *rt,
            struct result *r, struct err *err)
{
    (void)options;
    (void)operands;
    (void)count;
    (void)rt;
    (void)err;
    jsout_put_text(r->json, "version", PACKAGE_VERSION);
    result_say(r, "%s\n", PACKAGE_STRING);
    return 0;
}

const struct command cmd_version = {
    .name = "version",
    .group = COMMAND_HELP,
    .operands = "",
    .summary = "show the version",
    .about = "Show the version of this program.",
    .examples =
        {
            {"Print the version", "sealift version"},
            {"Print it as JSON", "sealift version --json"},
        },
    .table = table,
    .options_size = sizeof(struct version_options),
    .needs_no_settings = true,
    .run = run_version,
};
