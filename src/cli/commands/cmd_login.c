/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "cli/commands/commands.h"

#include "base/mem.h"
#include "cli/terminal.h"
#include "io/file/file.h"
#include "io/json/json_write.h"
#include "ops/login/login.h"
#include "registry/login_check.h"
#include "render/render_login.h"

#include <string.h>
#include <unistd.h>

enum { PASSWORD_INPUT_MAX = 64 * 1024 }; /* bytes of standard input */

struct login_command {
    struct common_options common;
    struct registry_options registry;
    const char *user;
    bool password_stdin;
};

#define T struct login_command
static const struct opt table[] = {
    GROUP("Login"),
    TEXT(T, user, 'u', "username", "USER", "the user name; without it, prompt for it"),
    FLAG(T, password_stdin, 0, "password-stdin",
         "read the password from standard input instead of prompting for it"),
    FILE_TEXT(T, registry.authfile, 0, "authfile", "FILE", OPT_WRITES,
              "keep the credentials in FILE instead of the file of podman login"),
    GROUP("Registries"),
    CONNECTION_OPTIONS(T),
    COMMON_OPTIONS(T),
    {.kind = OPT_END},
};
#undef T

/* ---- user and password ---- */

static int
read_password(struct secret *out, struct err *err)
{
    struct buf text = BUF_INIT(PASSWORD_INPUT_MAX);
    int rc = file_slurp_fd(STDIN_FILENO, "standard input", &text, err);
    size_t len = text.len;

    len -= len > 0 && text.data[len - 1] == '\n';
    len -= len > 0 && text.data[len - 1] == '\r';
    if (rc == 0)
        secret_set(out, text.data ? text.data : "", len);
    secret_wipe(text.data, text.cap);
    buf_release(&text);
    return rc;
}

static int
ask_for_both(const struct login_command *o, const char *host, struct secret *user,
             struct secret *password, struct err *err)
{
    CLEANUP(file_close) int tty = -1;

    if (o->user)
        secret_set(user, o->user, strlen(o->user));
    if (o->password_stdin && read_password(password, err) < 0)
        return -1;
    if (o->user && o->password_stdin)
        return 0;
    tty = terminal_open();
    if (tty < 0)
        return err_set(err, ERR_USAGE,
                       "no terminal to prompt on: --username and --password-stdin are "
                       "required");
    if (!o->user && terminal_ask_shown(tty, "user name for ", host, user, err) < 0)
        return -1;
    return o->password_stdin ? 0
                             : terminal_ask(tty, "password for ", host, password, err);
}

static int
read_credential(const struct login_command *o, const char *host, struct credential *out,
                struct err *err)
{
    CLEANUP(secret_release) struct secret user = SECRET_INIT;
    CLEANUP(secret_release) struct secret password = SECRET_INIT;

    if (ask_for_both(o, host, &user, &password, err) < 0)
        return -1;
    if (credential_set_user(out, secret_get(&user), secret_get(&password)) < 0 ||
        !credential_has_password(out))
        return err_set(err, ERR_USAGE,
                       "user name or password is empty, too long, or has invalid "
                       "characters");
    return 0;
}

/* ---- the command ---- */

static int
check_login(const struct login_command *o, const char *host, const struct credential *c,
            struct runtime *rt, struct err *err)
{
    CLEANUP(registry_access_release)
    struct registry_access access = REGISTRY_ACCESS_INIT;
    CLEANUP(secret_release) struct secret pair = SECRET_INIT;
    char *text = xasprintf("%s:%s", c->user, secret_get(&c->password));
    struct greeting greeting = {.was_asked = true};
    int rc;

    secret_set(&pair, text, strlen(text));
    secret_wipe(text, strlen(text));
    mem_free_string(&text);
    rc = registry_access_open_as(&access, &o->registry, rt, host, &pair, err);
    if (rc == 0)
        rc = login_check(client_session(access.client, 0), host, &greeting, err);
    if (rc == 0 && !greeting.was_asked)
        events_warning(&rt->run.events,
                       "%s did not ask for a password, so it was not checked", host);
    return rc;
}

static int
run_login(const void *options, char **operands, size_t count, struct runtime *rt,
          struct result *r, struct err *err)
{
    const struct login_command *o = options;
    CLEANUP(credential_release) struct credential credential = CREDENTIAL_INIT;
    CLEANUP(login_result_release) struct login_result kept = LOGIN_RESULT_INIT;
    char host[REFERENCE_HOST_MAX + 1];
    const struct login_options login = {
        .host = host, .file = o->registry.authfile, .run = &rt->run};

    (void)count;
    if (registry_operand_read(host, operands[0], err) < 0 ||
        read_credential(o, host, &credential, err) < 0 ||
        check_login(o, host, &credential, rt, err) < 0 ||
        login_keep(&kept, &login, &credential, err) < 0)
        return -1;
    if (!kept.helper)
        events_warning(&rt->run.events,
                       "the password is stored unencrypted in '%s'; a credential helper "
                       "can encrypt it",
                       kept.path);
    if (kept.others)
        events_warning(&rt->run.events, "other credentials for %s are found first: in %s",
                       host, kept.others);
    render_login(r, host, credential.user, &kept);
    return 0;
}

static void
files(const void *options, char **operands, size_t count, struct files *f)
{
    const struct login_command *o = options;

    (void)operands;
    (void)count;
    if (!o->registry.authfile)
        registry_options_files(f);
}

const struct command cmd_login = {
    .name = "login",
    .group = COMMAND_LOOK,
    .operands = "REGISTRY",
    .summary = "keep the credentials of a registry",
    .about = "Check user name and password at REGISTRY, and keep them where sealift, "
             "podman and\nskopeo find them: in the file of podman login, or in the "
             "credential helper that is\nconfigured for REGISTRY.  The password is read "
             "from the terminal or from standard\ninput, never from the command line.",
    .examples =
        {
            {"Log in to a registry", "sealift login registry.corp:5000"},
            {"Log in with a password from a file",
             "sealift login -u robot --password-stdin registry.corp <password"},
        },
    .table = table,
    .options_size = sizeof(struct login_command),
    .operands_min = 1,
    .operands_max = 1,
    .files = files,
    .run = run_login,
};
