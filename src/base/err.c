/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "base/err.h"

#include "base/text.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* File names may contain any byte: messages are escaped here, for all callers. */
static void PRINTF(3, 0) put_line(char *out, size_t size, const char *fmt, va_list ap)
{
    char raw[sizeof(((struct err *)NULL)->msg)];

    vsnprintf(raw, sizeof(raw), fmt, ap);
    text_line(out, size, raw, strlen(raw));
}

static void PRINTF(4, 0) record(struct err *err, enum err_kind kind,
                                enum err_reason reason, const char *fmt, va_list ap)
{
    err->kind = kind;
    err->signal = 0;
    err->reason = reason;
    err->hint[0] = '\0';
    err->subject[0] = '\0';
    put_line(err->msg, sizeof(err->msg), fmt, ap);
}

static void
append_text(struct err *err, const char *text)
{
    size_t used = strlen(err->msg);

    snprintf(err->msg + used, sizeof(err->msg) - used, ": %s", text);
}

int
err_set(struct err *err, enum err_kind kind, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    record(err, kind, REASON_NONE, fmt, ap);
    va_end(ap);
    return -1;
}

int
err_because(struct err *err, enum err_kind kind, enum err_reason reason, const char *fmt,
            ...)
{
    va_list ap;

    va_start(ap, fmt);
    record(err, kind, reason, fmt, ap);
    va_end(ap);
    return -1;
}

int
err_errno(struct err *err, const char *fmt, ...)
{
    int saved = errno;
    va_list ap;

    va_start(ap, fmt);
    record(err, ERR_LOCAL, REASON_NONE, fmt, ap);
    va_end(ap);
    append_text(err, strerror(saved));
    return -1;
}

int
err_wrap(struct err *err, const char *fmt, ...)
{
    struct err inner = *err;
    va_list ap;

    va_start(ap, fmt);
    put_line(err->msg, sizeof(err->msg), fmt, ap);
    va_end(ap);
    append_text(err, inner.msg);
    return -1;
}

int
err_hint(struct err *err, const char *fmt, ...)
{
    va_list ap;

    if (err->hint[0] != '\0')
        return -1;
    va_start(ap, fmt);
    put_line(err->hint, sizeof(err->hint), fmt, ap);
    va_end(ap);
    return -1;
}

int
err_subject(struct err *err, const char *subject)
{
    text_line(err->subject, sizeof(err->subject), subject, strlen(subject));
    return -1;
}

struct err *
err_ignored(void)
{
    static _Thread_local struct err ignored;

    return &ignored;
}

const char *
err_kind_name(enum err_kind kind)
{
    static const char *const names[] = {
        [ERR_NONE] = "ok",
        [ERR_INTERNAL] = "internal",
        [ERR_USAGE] = "usage",
        [ERR_AUTH] = "auth",
        [ERR_NETWORK] = "network",
        [ERR_PROTOCOL] = "protocol",
        [ERR_INTEGRITY] = "integrity",
        [ERR_TRUST] = "trust",
        [ERR_LOCAL] = "local",
        [ERR_NOT_FOUND] = "not-found",
        [ERR_PARTIAL] = "partial",
        [ERR_LIMIT] = "limit",
        [ERR_CONFLICT] = "conflict",
        [ERR_DIFFER] = "differ",
    };

    return kind == ERR_SIGNAL ? "signal" : names[kind];
}

const char *
err_reason_word(enum err_reason reason)
{
#define ERR_REASON_WORD(name, word) [REASON_##name] = word,
    static const char *const words[REASON_COUNT] = {ERR_REASONS(ERR_REASON_WORD)};
#undef ERR_REASON_WORD

    return words[reason];
}

int
err_exit_code(const struct err *err)
{
    return (int)err->kind + err->signal;
}
