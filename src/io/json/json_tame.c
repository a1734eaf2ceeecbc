/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "io/json/json_tame.h"

#include "base/mem.h"

#include <stdbool.h>
#include <string.h>

enum { ESCAPE_LEN = 6 }; /* backslash, u, four digits */

struct taming {
    const char *text;
    size_t len;
    char *copy; /* NULL until something is replaced */
};

static char *
copy_of(struct taming *t)
{
    if (!t->copy) {
        t->copy = xmalloc(t->len + 1);
        memcpy(t->copy, t->text, t->len);
        t->copy[t->len] = '\0';
    }
    return t->copy;
}

/* ---- strings ---- */

/* The value of a hexadecimal digit in either case, or -1. */
static int
digit_value(char c)
{
    static const char digits[] = "0123456789abcdef0123456789ABCDEF";
    const char *found = c != '\0' ? strchr(digits, c) : NULL;

    return found ? (int)((found - digits) % 16) : -1;
}

/* The code unit of the escape at a position, or -1. */
static long
read_unit(const struct taming *t, size_t at)
{
    long unit = 0;

    if (at + ESCAPE_LEN > t->len || t->text[at] != '\\' || t->text[at + 1] != 'u')
        return -1;
    for (size_t i = at + 2; i < at + ESCAPE_LEN; i++) {
        int digit = digit_value(t->text[i]);

        if (digit < 0)
            return -1;
        unit = unit * 16 + digit;
    }
    return unit;
}

static bool
is_low_half(long unit)
{
    return unit >= 0xdc00 && unit <= 0xdfff;
}

/* Replace the escape at a position if necessary.  Returns its end. */
static size_t
tame_escape(struct taming *t, size_t at)
{
    long unit = read_unit(t, at);
    bool is_high_half = unit >= 0xd800 && unit <= 0xdbff;

    if (unit < 0)
        return at + 2;
    if (is_high_half && is_low_half(read_unit(t, at + ESCAPE_LEN)))
        return at + 2 * ESCAPE_LEN;
    if (unit == 0 || is_high_half || is_low_half(unit))
        memcpy(copy_of(t) + at + 2, "fffd", 4);
    return at + ESCAPE_LEN;
}

/* Process a string after its opening quote.  Returns its end. */
static size_t
tame_string(struct taming *t, size_t at)
{
    while (at < t->len && t->text[at] != '"')
        at = t->text[at] == '\\' ? tame_escape(t, at) : at + 1;
    return at + 1;
}

/* ---- numbers ---- */

static size_t
count_digits(const struct taming *t, size_t at)
{
    size_t n = 0;

    while (at + n < t->len && t->text[at + n] >= '0' && t->text[at + n] <= '9')
        n++;
    return n;
}

/* The parts of a number. */
struct number {
    size_t digits; /* before a point or an exponent, without the sign */
    size_t fraction, exponent;
    size_t end; /* its end; 0: malformed */
};

static struct number
read_number(const struct taming *t, size_t at)
{
    struct number n = {.digits = count_digits(t, at)};

    if (n.digits == 0 || (n.digits > 1 && t->text[at] == '0'))
        return (struct number){.end = 0};
    at += n.digits;
    if (at < t->len && t->text[at] == '.') {
        n.fraction = count_digits(t, at + 1);
        at += 1 + n.fraction;
        if (n.fraction == 0)
            return (struct number){.end = 0};
    }
    if (at < t->len && (t->text[at] == 'e' || t->text[at] == 'E')) {
        at++;
        at += at < t->len && (t->text[at] == '+' || t->text[at] == '-');
        n.exponent = count_digits(t, at);
        at += n.exponent;
        if (n.exponent == 0)
            return (struct number){.end = 0};
    }
    n.end = at;
    return n;
}

static bool
is_out_of_range(const struct number *n, const char *digits)
{
    static const char most[] = "9223372036854775807"; /* of an integer */
    const size_t len = sizeof(most) - 1;

    if (n->fraction > 0 || n->exponent > 0)
        return n->exponent > 2 || n->digits > 200;
    return n->digits > len || (n->digits == len && memcmp(digits, most, len) > 0);
}

/* Process a number after its sign.  Returns its end. */
static size_t
tame_number(struct taming *t, size_t at)
{
    struct number n = read_number(t, at);

    if (n.end == 0)
        return at + 1;
    if (is_out_of_range(&n, t->text + at)) {
        copy_of(t)[at + 1] = 'e';
        memset(t->copy + at + 2, '0', n.end - at - 2);
    }
    return n.end;
}

char *
json_tame(const char *text, size_t len)
{
    struct taming t = {.text = text, .len = len};

    for (size_t at = 0; at < len;) {
        if (text[at] == '"')
            at = tame_string(&t, at + 1);
        else if (text[at] >= '0' && text[at] <= '9')
            at = tame_number(&t, at);
        else
            at++;
    }
    return t.copy;
}
