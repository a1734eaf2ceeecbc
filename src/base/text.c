/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "base/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

int
text_u64(const char *text, size_t len, uint64_t max, uint64_t *out)
{
    uint64_t n = 0;

    if (len == 0 || (len > 1 && text[0] == '0'))
        return -1;
    for (size_t i = 0; i < len; i++) {
        if (!text_is_digit(text[i]) || __builtin_mul_overflow(n, 10U, &n) ||
            __builtin_add_overflow(n, (uint64_t)(text[i] - '0'), &n))
            return -1;
    }
    if (n > max)
        return -1;
    *out = n;
    return 0;
}

int
text_bytes(const char *text, size_t len, uint64_t max, uint64_t *out)
{
    static const char units[] = "kmg";
    const char *unit = len > 0 ? strchr(units, text_lower(text[len - 1])) : NULL;
    unsigned shift = unit && *unit != '\0' ? 10 * (unsigned)(unit - units + 1) : 0;
    uint64_t n;

    if (text_u64(text, shift > 0 ? len - 1 : len, max >> shift, &n) < 0)
        return -1;
    *out = n << shift;
    return 0;
}

void
text_hex(char *out, const unsigned char *raw, size_t len)
{
    static const char digits[] = "0123456789abcdef";

    for (size_t i = 0; i < len; i++) {
        out[2 * i] = digits[raw[i] >> 4];
        out[2 * i + 1] = digits[raw[i] & 15];
    }
    out[2 * len] = '\0';
}

static int
hex_value(char c)
{
    if (text_is_digit(c))
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return -1;
}

int
text_unhex(unsigned char *out, const char *hex, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        int high = hex_value(hex[2 * i]), low = hex_value(hex[2 * i + 1]);

        if (high < 0 || low < 0)
            return -1;
        out[i] = (unsigned char)(high << 4 | low);
    }
    return 0;
}

size_t
text_escape(char *out, char byte)
{
    if (byte < ' ' || byte > '~')
        return (size_t)sprintf(out, "\\x%02x", (unsigned char)byte);
    *out = byte;
    return 1;
}

void
text_line(char *out, size_t size, const char *text, size_t len)
{
    enum { DOTS = 4 };
    size_t used = 0;

    for (size_t n = 0; n < len; n++) {
        char one[5];
        size_t more = text_escape(one, text[n]);

        if (used + more >= size) {
            memcpy(out + (used + DOTS > size ? size - DOTS : used), "...", DOTS);
            return;
        }
        memcpy(out + used, one, more);
        used += more;
    }
    out[used] = '\0';
}

const char *
text_human(char out[TEXT_HUMAN_MAX], uint64_t bytes)
{
    static const char *const units[] = {"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    double value = (double)bytes / 1024;
    size_t unit = 0;

    if (bytes < 1024) {
        snprintf(out, TEXT_HUMAN_MAX, "%" PRIu64 " B", bytes);
        return out;
    }
    while (value >= 1023.95 && unit + 1 < COUNT_OF(units)) {
        value /= 1024;
        unit++;
    }
    snprintf(out, TEXT_HUMAN_MAX, "%.1f %s", value, units[unit]);
    return out;
}

const char *
text_count(char out[TEXT_COUNT_MAX], uint64_t n, const char *one, const char *many)
{
    snprintf(out, TEXT_COUNT_MAX, "%" PRIu64 " %s", n, n == 1 ? one : many);
    return out;
}

char
text_lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

bool
text_same_nocase(const char *text, size_t len, const char *other)
{
    if (strlen(other) != len)
        return false;
    for (size_t i = 0; i < len; i++) {
        if (text_lower(text[i]) != text_lower(other[i]))
            return false;
    }
    return true;
}

bool
text_contains_nocase(const char *text, const char *word)
{
    size_t len = strlen(word), left = strlen(text);

    for (; left >= len; left--) {
        if (text_same_nocase(text++, len, word))
            return true;
    }
    return false;
}

size_t
text_distance(const char *a, const char *b)
{
    size_t la = strnlen(a, TEXT_DISTANCE_MAX), lb = strnlen(b, TEXT_DISTANCE_MAX);
    size_t row[TEXT_DISTANCE_MAX + 1]; /* from the beginning of a to each of b's */

    for (size_t k = 0; k <= lb; k++)
        row[k] = k;
    for (size_t i = 0; i < la; i++) {
        size_t corner = i; /* row[k] of the row before */

        row[0] = i + 1;
        for (size_t k = 0; k < lb; k++) {
            size_t replaced = corner + (a[i] != b[k]);
            size_t other = 1 + (row[k] < row[k + 1] ? row[k] : row[k + 1]);

            corner = row[k + 1];
            row[k + 1] = replaced < other ? replaced : other;
        }
    }
    return row[lb];
}

bool
text_starts(const char *text, const char *prefix)
{
    return strncmp(text, prefix, strlen(prefix)) == 0;
}

bool
text_is_digit(char c)
{
    return c >= '0' && c <= '9';
}

bool
text_is_alnum(char c)
{
    return text_is_digit(c) || (text_lower(c) >= 'a' && text_lower(c) <= 'z');
}

bool
text_matches(const char *text, const char *pattern)
{
    const char *star = NULL, *mark = NULL; /* the last '*', and where its text ends */

    while (*text != '\0') {
        if (*pattern == '*') {
            star = pattern++;
            mark = text;
        } else if (*pattern == *text) {
            pattern++;
            text++;
        } else if (star) {
            pattern = star + 1;
            text = ++mark;
        } else {
            return false;
        }
    }
    while (*pattern == '*')
        pattern++;
    return *pattern == '\0';
}
