/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "base/buf.h"

#include "base/mem.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int
reserve(struct buf *b, size_t more)
{
    size_t need, cap;

    if (more > b->max || b->len > b->max - more)
        return -1;
    need = b->len + more + 1; /* the NUL */
    if (need <= b->cap)
        return 0;
    cap = b->cap ? b->cap : 64;
    while (cap < need)
        cap += cap;
    b->data = xreallocarray(b->data, cap, 1);
    b->cap = cap;
    return 0;
}

int
buf_add(struct buf *b, const void *bytes, size_t len)
{
    if (reserve(b, len) < 0)
        return -1;
    if (len > 0)
        memcpy(b->data + b->len, bytes, len);
    b->len += len;
    b->data[b->len] = '\0';
    return 0;
}

int
buf_add_text(struct buf *b, const char *text)
{
    return buf_add(b, text, strlen(text));
}

int
buf_add_va(struct buf *b, const char *fmt, va_list ap)
{
    va_list again;
    int n;

    va_copy(again, ap);
    n = vsnprintf(NULL, 0, fmt, again);
    va_end(again);
    if (n < 0 || reserve(b, (size_t)n) < 0)
        return -1;
    vsnprintf(b->data + b->len, (size_t)n + 1, fmt, ap);
    b->len += (size_t)n;
    return 0;
}

int
buf_addf(struct buf *b, const char *fmt, ...)
{
    va_list ap;
    int rc;

    va_start(ap, fmt);
    rc = buf_add_va(b, fmt, ap);
    va_end(ap);
    return rc;
}

int
buf_resize(struct buf *b, size_t len)
{
    if (len > b->len && reserve(b, len - b->len) < 0)
        return -1;
    b->len = len;
    if (b->data)
        b->data[len] = '\0';
    return 0;
}

void
buf_clear(struct buf *b)
{
    b->len = 0;
    if (b->data)
        b->data[0] = '\0';
}

char *
buf_steal(struct buf *b)
{
    char *data = b->data ? b->data : xstrdup("");

    b->data = NULL;
    b->len = b->cap = 0;
    return data;
}

void
buf_release(struct buf *b)
{
    free(b->data);
    b->data = NULL;
    b->len = b->cap = 0;
}
