/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "registry/credentials/credential_helper.h"

#include "base/mem.h"
#include "base/patience.h"
#include "base/text.h"
#include "base/text_safe.h"
#include "io/json/json_write.h"
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

/* One run of a helper. */
struct helper_run {
    const char *program, *verb, *server;
    const char *input;
    struct cancel *cancel;
    struct credential *out; /* for "get", else NULL */
};

/* 1: it did it, and of "get" *out is set; 0: it has no credentials; -1. */
static int
run_helper(const struct helper_run *h, struct err *err)
{
    const char *const argv[] = {h->program, h->verb, NULL};
    const struct spawn what = {.argv = argv,
                               .input = h->input,
                               .patience_s = patience.helper_s,
                               .cancel = h->cancel};
    struct buf said = BUF_INIT(HELPER_ANSWER_MAX);
    int rc = spawn_run(&what, &said, err);

    if (rc == 0)
        rc = h->out && helper_parse(said.data, said.len, h->out, err) < 0 ? -1 : 1;
    else if (rc > 0)
        rc = failed(rc, &said, err);
    secret_wipe(said.data, said.cap);
    buf_release(&said);
    return rc;
}

/* Add what is known of a helper that failed. */
static int
explain_helper(const struct helper_run *h, struct err *err)
{
    if (err->kind == ERR_NOT_FOUND) {
        err_because(err, ERR_AUTH, REASON_NO_HELPER,
                    "the credentials for '%s' are in %s, which is not installed",
                    h->server, h->program);
        return err_hint(err, "install it");
    }
    if (err->kind != ERR_LIMIT || h->out)
        err->kind = ERR_AUTH;
    if (h->out) {
        err_wrap(err, "credential helper %s, queried for '%s'", h->program, h->server);
        return err_hint(err, "check its output: echo %s | %s get", h->server, h->program);
    }
    return err_wrap(err, "credential helper %s, %s of '%s'", h->program, h->verb,
                    h->server);
}

/* The protocol is one line of text: reject what could be two. */
static int
run_checked(const char *name, const struct helper_run *h, struct err *err)
{
    int rc;

    if (!helper_name_is_valid(name) ||
        !credential_is_usable(h->server, strlen(h->server)))
        return err_set(err, ERR_INTERNAL, "invalid input for a credential helper");
    rc = run_helper(h, err);
    return rc >= 0 || cancel_wanted(h->cancel) ? rc : explain_helper(h, err);
}

int
helper_get(const char *name, const char *server, struct cancel *cancel,
           struct credential *out, struct err *err)
{
    CLEANUP(mem_free_string) char *program = xasprintf("docker-credential-%s", name);

    return run_checked(name,
                       &(const struct helper_run){.program = program,
                                                  .verb = "get",
                                                  .server = server,
                                                  .input = server,
                                                  .cancel = cancel,
                                                  .out = out},
                       err);
}

int
helper_store(const char *name, const char *server, const struct credential *c,
             struct cancel *cancel, struct err *err)
{
    CLEANUP(mem_free_string) char *program = xasprintf("docker-credential-%s", name);
    struct buf input = BUF_INIT(SPAWN_INPUT_MAX);
    struct helper_run run = {
        .program = program, .verb = "store", .server = server, .cancel = cancel};
    struct jsout *root = jsout_object();
    int rc;

    jsout_put_text(root, "ServerURL", server);
    jsout_put_text(root, "Username", c->user);
    jsout_put_text(root, "Secret", secret_get(&c->password));
    if (buf_resize(&input, input.max) < 0 || buf_resize(&input, 0) < 0) {
        jsout_free(root); /* allocated once: a buffer that grows leaves copies behind */
        rc = err_set(err, ERR_INTERNAL, "cannot prepare a buffer");
    } else if (jsout_write(root, &input, err) < 0) {
        rc = err_set(err, ERR_LIMIT, "user name and password are too long for %s",
                     program);
    } else {
        run.input = input.data;
        rc = run_checked(name, &run, err) < 0 ? -1 : 0;
    }
    secret_wipe(input.data, input.cap);
    buf_release(&input);
    return rc;
}

int
helper_erase(const char *name, const char *server, struct cancel *cancel, struct err *err)
{
    CLEANUP(mem_free_string) char *program = xasprintf("docker-credential-%s", name);

    return run_checked(name,
                       &(const struct helper_run){.program = program,
                                                  .verb = "erase",
                                                  .server = server,
                                                  .input = server,
                                                  .cancel = cancel},
                       err) < 0
               ? -1
               : 0;
}
