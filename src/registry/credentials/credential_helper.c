/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "registry/credentials/credential_helper.h"

#include "base/mem.h"
#include "base/patience.h"
#include "base/text.h"
#include "base/text_safe.h"
#include "io/json/json.h"
#include "io/process/spawn.h"

#include <string.h>

bool
helper_name_is_valid(const char *name)
{
    size_t len = strlen(name);

    for (size_t i = 0; i < len; i++) {
        if (!text_is_alnum(name[i]) && !strchr("._-", name[i]))
            return false;
    }
    return len > 0 && len <= HELPER_NAME_MAX && name[0] != '-' && name[0] != '.';
}

int
helper_parse(const void *bytes, size_t len, struct credential *out, struct err *err)
{
    CLEANUP(js_release) struct js *root = js_parse(bytes, len, ERR_AUTH, err);
    const char *user = "", *secret = "";

    if (!root) /* the parser's message may quote part of the secret */
        return err_set(err, ERR_AUTH, "its answer is not a JSON object");
    if (js_string(root, "Username", &user) != 1 || user[0] == '\0' ||
        js_string(root, "Secret", &secret) != 1 || secret[0] == '\0')
        return err_set(err, ERR_AUTH, "its answer lacks \"Username\" or \"Secret\"");
    if (credential_set_user(out, user, secret) < 0)
        return err_set(
            err, ERR_AUTH,
            "its answer has a user name or password with invalid characters or length");
    return 0;
}

/* Strip surrounding white space. */
static void
trim_output(const struct buf *text, const char **start, size_t *len)
{
    static const char blanks[] = " \t\r\n";
    const char *end = text->data + text->len;

    *start = text->data + strspn(text->data, blanks);
    while (end > *start && strchr(blanks, end[-1]))
        end--;
    *len = (size_t)(end - *start);
}

/* The error of a helper that failed: helpers print the cause on standard output. */
static int
failed(int status, const struct buf *said, struct err *err)
{
    static const char none[] = "credentials not found in native keychain";
    char safe[TEXT_SAFE_MAX];
    const char *start;
    size_t len;

    trim_output(said, &start, &len);
    if (len == sizeof(none) - 1 && memcmp(start, none, len) == 0)
        return 0;
    if (len == 0 || start[0] == '{') /* no message, or possibly a secret */
        return err_set(err, ERR_AUTH, "it failed with exit status %d", status);
    text_safe(safe, start, strcspn(start, "\r\n"));
    return err_set(err, ERR_AUTH, "it failed: %s", safe);
}

static int
run_helper(const char *program, const char *server, struct cancel *cancel,
           struct credential *out, struct err *err)
{
    const char *const argv[] = {program, "get", NULL};
    const struct spawn what = {
        .argv = argv, .input = server, .patience_s = patience.helper_s, .cancel = cancel};
    struct buf said = BUF_INIT(HELPER_ANSWER_MAX);
    int rc = spawn_run(&what, &said, err);

    if (rc == 0)
        rc = helper_parse(said.data, said.len, out, err) < 0 ? -1 : 1;
    else if (rc > 0)
        rc = failed(rc, &said, err);
    secret_wipe(said.data, said.cap);
    buf_release(&said);
    return rc;
}

int
helper_get(const char *name, const char *server, struct cancel *cancel,
           struct credential *out, struct err *err)
{
    CLEANUP(mem_free_string) char *program = xasprintf("docker-credential-%s", name);
    int rc;

    /* The protocol is one line of text: reject what could be two. */
    if (!helper_name_is_valid(name) || !credential_is_usable(server, strlen(server)))
        return err_set(err, ERR_INTERNAL, "invalid input for a credential helper");
    rc = run_helper(program, server, cancel, out, err);
    if (rc >= 0 || cancel_wanted(cancel))
        return rc;
    if (err->kind == ERR_NOT_FOUND) {
        err_because(err, ERR_AUTH, REASON_NO_HELPER,
                    "the credentials for '%s' are in %s, which is not installed", server,
                    program);
        return err_hint(err, "install it");
    }
    err->kind = ERR_AUTH;
    err_wrap(err, "credential helper %s, queried for '%s'", program, server);
    return err_hint(err, "check its output: echo %s | %s get", server, program);
}
