/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "cli/commands/commands.h"

#include "io/json/json_write.h"
#include "ops/sign/sign.h"

struct digest_command {
    struct common_options common;
};

static const struct opt table[] = {
    COMMON_OPTIONS(struct digest_command),
    {.kind = OPT_END},
};

/* Four lines of four groups of four digits, to be read aloud and compared. */
static void
say_in_groups(struct result *r, const struct digest *d)
{
    enum { GROUP = 4, GROUPS_A_LINE = 4 };
    char hex[2 * DIGEST_RAW_MAX + 1];
    int groups = (int)digest_size(d) * 2 / GROUP;

    digest_hex(d, hex);
    for (int i = 0; i < groups; i++)
        result_say(r, i % GROUPS_A_LINE == GROUPS_A_LINE - 1 ? "%.4s\n" : "%.4s ",
                   hex + GROUP * i);
}

static int
run_digest(const void *options, char **operands, size_t count, struct runtime *rt,
           struct result *r, struct err *err)
{
    CLEANUP(signable_release) struct signable bundle = SIGNABLE_INIT;

    (void)options;
    (void)rt;
    if (signable_open(&bundle, (const char *const *)operands, count, false, err) < 0)
        return -1;
    jsout_put_text(r->json, "bundle", operands[0]);
    result_put_digest(r->json, "index", &bundle.index);
    say_in_groups(r, &bundle.index);
    return 0;
}

static void
files(const void *options, char **operands, size_t count, struct files *f)
{
    (void)options;
    files_add_operands(f, FILE_READ_BUNDLE, "BUNDLE", operands, 0, count);
}

const struct command cmd_digest = {
    .name = "digest",
    .group = COMMAND_SIGN,
    .operands = "BUNDLE...",
    .summary = "print the digest that is signed, for reading aloud",
    .about = "Print the SHA-256 of index.json of BUNDLE in groups of four digits.  If "
             "both sides\nread the same digits and 'sealift verify' succeeds, they have "
             "the same bundle.",
    .examples =
        {
            {"Print the digest to read aloud", "sealift digest images.tar"},
            {"Print the digest of a bundle in volumes",
             "sealift digest images.tar.001 images.tar.002"},
        },
    .table = table,
    .options_size = sizeof(struct digest_command),
    .operands_min = 1,
    .operands_max = SIZE_MAX,
    .files = files,
    .run = run_digest,
};
