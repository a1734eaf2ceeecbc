/* SPDX-License-Identifier: Apache-2.0 */
/* buf.h - a byte buffer that never grows beyond the maximum its owner declared.
 *
 * data is NUL-terminated (not counted in len) once anything was added, so text can be
 * used as a string.  A buffer that overflows stays as it was before the call.
 *
 * Layer: base.
 */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include "base/err.h"

#include <stdarg.h>
#include <stddef.h>

struct buf {
    char *data;
    size_t len, cap; /* bytes */
    size_t max;      /* bytes; len never exceeds it */
};

#define BUF_INIT(limit)                                                                  \
    {                                                                                    \
        .data = NULL, .max = (limit)                                                     \
    }

/* 0, or -1 when the maximum would be exceeded; the caller names what was too large. */
MUST_USE int buf_add(struct buf *b, const void *bytes, size_t len);
MUST_USE int buf_add_text(struct buf *b, const char *text);
MUST_USE int buf_add_va(struct buf *b, const char *fmt, va_list ap) PRINTF(2, 0);
MUST_USE int buf_addf(struct buf *b, const char *fmt, ...) PRINTF(2, 3);

/* Make data len bytes long, contiguous, and set len to it.  -1 beyond the maximum. */
MUST_USE int buf_resize(struct buf *b, size_t len);

/* Forget the content, keep the memory. */
void buf_clear(struct buf *b);

/* Hand the bytes to the caller, who frees them; b is empty then.  Never NULL. */
char *buf_steal(struct buf *b);
void buf_release(struct buf *b);

#endif
