/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "cli/print_result.h"

#include "base/cancel.h"
#include "io/file/output.h"
#include "io/json/json_write.h"

#include <errno.h>
#include <limits.h>
#include <unistd.h>

void
result_put_outcome(struct jsout *json, const struct err *failure)
{
    struct jsout *error;

    jsout_put_bool(json, "ok", failure == NULL);
    jsout_put_u64(json, "exit", failure ? (uint64_t)err_exit_code(failure) : 0);
    if (!failure)
        return;
    error = jsout_object();
    jsout_put_kind(error, failure->kind, failure->reason);
    jsout_put_text(error, "message", failure->msg);
    if (failure->hint[0] != '\0')
        jsout_put_text(error, "hint", failure->hint);
    jsout_put(json, "error", error);
}

/* Writing to a full pipe blocks until it is read, or a signal arrives. */
static int
print(const struct buf *bytes, struct err *err)
{
    size_t done = 0;

    while (done < bytes->len) {
        size_t len = bytes->len - done < PIPE_BUF ? bytes->len - done : PIPE_BUF;
        ssize_t n;

        if (cancel_wait_output(STDOUT_FILENO, err) < 0)
            return -1;
        n = write(STDOUT_FILENO, bytes->data + done, len);
        if (n < 0 && errno != EINTR && errno != EAGAIN)
            return err_errno(err, "cannot write to standard output");
        done += n > 0 ? (size_t)n : 0;
    }
    return 0;
}

int
result_print_text(struct result *r, struct err *err)
{
    int rc = print(&r->text, err);

    buf_clear(&r->text);
    return rc;
}

int
result_finish(struct result *r, const struct err *failure, bool json, bool quiet,
              const char *report, struct err *err)
{
    CLEANUP(buf_release) struct buf line = BUF_INIT(RESULT_TEXT_MAX);
    struct jsout *root = r->json;

    if (!json && !report)
        return quiet ? 0 : print(&r->text, err);
    result_put_outcome(root, failure);
    r->json = NULL;
    if (jsout_print(root, &line, err) < 0)
        return -1;
    if (buf_add_text(&line, "\n") < 0)
        return err_set(err, ERR_LIMIT, "the result is too long");
    if (report && file_put(report, line.data, line.len, 0644, false, err) < 0)
        return err_wrap(err, "report");
    if (json)
        return print(&line, err);
    return quiet ? 0 : print(&r->text, err);
}
