#include "config.h"
#include "base/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void PRINTF(4, 0) record(struct err *err, enum err_kind kind, const char *reason,
                                const char *fmt, va_list ap)
{
    err->kind = kind;
    err->signal = 0;
    err->reason = reason;
    err->hint[0] = '\0';
    vsnprintf(err->msg, sizeof(err->msg), fmt, ap);
}

static void PRINTF(2, 3) append(struct err *err, const char *fmt, ...)
{
    size_t used = strlen(err->msg);
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(err->msg + used, sizeof(err->msg) - used, fmt, ap);
    va_end(ap);
}

int
err_set(struct err *err, enum err_kind kind, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    record(err, kind, NULL, fmt, ap);
    va_end(ap);
    return -1;
}

int
err_because(struct err *err, enum err_kind kind, const char *reason, const char *fmt, ...)
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
    record(err, ERR_LOCAL, NULL, fmt, ap);
    va_end(ap);
    append(err, ": %s", strerror(saved));
    return -1;
}

int
err_wrap(struct err *err, const char *fmt, ...)
{
    struct err inner = *err;
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(err->msg, sizeof(err->msg), fmt, ap);
    va_end(ap);
    append(err, ": %s", inner.msg);
    return -1;
}

int
err_hint(struct err *err, const char *fmt, ...)
{
    va_list ap;

    if (err->hint[0] != '\0')
        return -1;
    va_start(ap, fmt);
    vsnprintf(err->hint, sizeof(err->hint), fmt, ap);
    va_end(ap);
    return -1;
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
    };

    return kind == ERR_SIGNAL ? "signal" : names[kind];
}

int
err_exit_code(const struct err *err)
{
    return (int)err->kind + err->signal;
}
