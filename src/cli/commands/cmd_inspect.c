/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "cli/commands/commands.h"

#include "ops/verify/inspect.h"
#include "render/render_inspect.h"

struct inspect_command {
    struct common_options common;
};

static const struct opt table[] = {
    COMMON_OPTIONS(struct inspect_command),
    {.kind = OPT_END},
};

static int
run_inspect(const void *options, char **operands, size_t count, struct runtime *rt,
            struct result *r, struct err *err)
{
    CLEANUP(inspection_release) struct inspection x = INSPECTION_INIT;

    (void)options;
    (void)rt;
    if (inspect_run(&x, (const char *const *)operands, count, err) < 0)
        return -1;
    result_inspection(r, operands[0], &x);
    return 0;
}

static void
files(const void *options, char **operands, size_t count, struct files *f)
{
    (void)options;
    files_add_operands(f, FILE_READ_BUNDLE, "BUNDLE", operands, 0, count);
}

const struct command cmd_inspect = {
    .name = "inspect",
    .group = COMMAND_CARRY,
    .operands = "BUNDLE...",
    .summary = "show the content of a bundle",
    .about = "Show the images in BUNDLE, their platforms and sizes, and the keys named "
             "in its\nsignatures.  Reads no layer and verifies nothing.",
    .examples =
        {
            {"List the images in a bundle", "sealift inspect images.tar"},
            {"List them as JSON", "sealift inspect --json images.tar"},
        },
    .table = table,
    .options_size = sizeof(struct inspect_command),
    .operands_min = 1,
    .operands_max = SIZE_MAX,
    .files = files,
    .run = run_inspect,
};
