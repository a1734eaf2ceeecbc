/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "base/text_safe.h"

#include "base/mask.h"
#include "base/text.h"

#include <stdio.h>
#include <string.h>

/* Escape one byte; returns the number of characters written, at most 4. */
static size_t
put_safe(char *out, char byte)
{
    return byte == '\\' ? (size_t)sprintf(out, "\\x5c") : text_escape(out, byte);
}

void
text_safe(char out[TEXT_SAFE_MAX], const char *text, size_t len)
{
    enum { SHOWN = 80 };
    CLEANUP(buf_release) struct buf masked = BUF_INIT(0);
    size_t n;

    if (mask_text(text, len, false, &masked)) {
        text = masked.data;
        len = masked.len;
    }
    n = len < SHOWN ? len : SHOWN;
    for (size_t i = 0; i < n; i++)
        out += put_safe(out, text[i]);
    memcpy(out, n < len ? "..." : "", n < len ? 4 : 1);
}

void
text_safe_in(char *out, size_t size, const char *text, size_t len)
{
    enum { ESCAPED = 4, CUT = 4 };
    CLEANUP(buf_release) struct buf masked = BUF_INIT(0);
    char *end = out + size - CUT - ESCAPED;
    size_t n = 0;

    if (mask_text(text, len, true, &masked)) {
        text = masked.data;
        len = masked.len;
    }
    for (; n < len && out <= end; n++)
        out += put_safe(out, text[n]);
    memcpy(out, n < len ? "..." : "", n < len ? 4 : 1);
}
