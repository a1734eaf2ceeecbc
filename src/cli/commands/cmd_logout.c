/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "cli/commands/commands.h"

#include "ops/login/login.h"
#include "render/render_login.h"

struct logout_command {
    struct common_options common;
    const char *authfile;
};

#define T struct logout_command
static const struct opt table[] = {
    GROUP("Login"),
    FILE_TEXT(T, authfile, 0, "authfile", "FILE", OPT_WRITES,
              "remove the credentials from FILE instead of the file of podman login"),
    COMMON_OPTIONS(T),
    {.kind = OPT_END},
};
#undef T

static int
run_logout(const void *options, char **operands, size_t count, struct runtime *rt,
           struct result *r, struct err *err)
{
    const struct logout_command *o = options;
    CLEANUP(login_result_release) struct login_result had = LOGIN_RESULT_INIT;
    char host[REFERENCE_HOST_MAX + 1];
    const struct login_options login = {
        .host = host, .file = o->authfile, .run = &rt->run};
    int rc;

    (void)count;
    if (registry_operand_read(host, operands[0], err) < 0)
        return -1;
    rc = login_forget(&had, &login, err);
    if (had.others)
        events_warning(&rt->run.events, "other credentials for %s are still used: in %s",
                       host, had.others);
    if (rc == 0)
        render_logout(r, host, &had);
    return rc;
}

static void
files(const void *options, char **operands, size_t count, struct files *f)
{
    const struct logout_command *o = options;

    (void)operands;
    (void)count;
    if (!o->authfile)
        registry_options_files(f);
}

const struct command cmd_logout = {
    .name = "logout",
    .group = COMMAND_LOOK,
    .operands = "REGISTRY",
    .summary = "remove the credentials of a registry",
    .about =
        "Remove the credentials of REGISTRY from where sealift login keeps them: the "
        "file of\npodman login, or the credential helper that is configured for "
        "REGISTRY.",
    .examples =
        {
            {"Log out of a registry", "sealift logout registry.corp:5000"},
            {"Remove the credentials from a file of your own",
             "sealift logout --authfile auth.json registry.corp:5000"},
        },
    .table = table,
    .options_size = sizeof(struct logout_command),
    .operands_min = 1,
    .operands_max = 1,
    .files = files,
    .run = run_logout,
};
