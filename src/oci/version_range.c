/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "oci/version_range.h"

#include "base/cleanup.h"
#include "base/text.h"
#include "base/text_safe.h"

#include <string.h>

enum { MAJOR, MINOR, PATCH, NUMBERS };

static bool
is_number_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool
is_label_char(char c)
{
    return is_number_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           c == '-' || c == '.';
}

/* ---- versions ---- */

static size_t
digits(const char *text, size_t len)
{
    size_t n = 0;

    while (n < len && is_number_digit(text[n]))
        n++;
    return n;
}

/* Those digits as a number: "04", too, as in "22.04". */
static int
read_number(const char *text, size_t len, uint64_t *out)
{
    for (; len > 1 && text[0] == '0'; len--)
        text++;
    return text_u64(text, len, UINT64_MAX, out);
}

/* Labels separated by dots, none of which is empty; the number of bytes, 0: not so. */
static size_t
labels(const char *text, size_t len)
{
    size_t n = 0;

    while (n < len && is_label_char(text[n]))
        n++;
    if (n == 0 || text[0] == '.' || text[n - 1] == '.' || memmem(text, n, "..", 2))
        return 0;
    return n;
}

/* What follows the numbers: "-PRE" and "+BUILD". */
static bool
parse_labels(struct version *out, const char *text, size_t len)
{
    size_t n;

    out->pre[0] = '\0';
    if (len > 0 && text[0] == '-') {
        n = labels(text + 1, len - 1);
        if (n == 0 || n >= sizeof(out->pre))
            return false;
        memcpy(out->pre, text + 1, n);
        out->pre[n] = '\0';
        text += n + 1;
        len -= n + 1;
    }
    if (len > 0 && (text[0] == '+' || text[0] == '_')) {
        n = labels(text + 1, len - 1);
        text += n + 1;
        len = n > 0 ? len - n - 1 : 1;
    }
    return len == 0;
}

bool
version_parse(struct version *out, const char *text, size_t len)
{
    size_t at = len > 0 && text[0] == 'v';

    *out = (struct version){.numbers = {0}};
    for (size_t i = 0; i < NUMBERS; i++) {
        size_t n = digits(text + at, len - at);

        if (n == 0 || read_number(text + at, n, &out->numbers[i]) < 0)
            return false;
        at += n;
        if (i == PATCH || at == len || text[at] != '.')
            break;
        at++;
    }
    return parse_labels(out, text + at, len - at);
}

static int
compare_numbers(uint64_t a, uint64_t b)
{
    return (a > b) - (a < b);
}

/* Numbers by value and before words, words by their bytes. */
static int
compare_label(const char *a, size_t a_len, const char *b, size_t b_len)
{
    bool a_is_number = digits(a, a_len) == a_len, b_is_number = digits(b, b_len) == b_len;
    size_t shared = a_len < b_len ? a_len : b_len;
    int order;

    if (a_is_number != b_is_number)
        return a_is_number ? -1 : 1;
    if (a_is_number) {
        for (; a_len > 1 && a[0] == '0'; a_len--)
            a++;
        for (; b_len > 1 && b[0] == '0'; b_len--)
            b++;
        if (a_len != b_len)
            return a_len < b_len ? -1 : 1;
        shared = a_len;
    }
    order = memcmp(a, b, shared);
    return order != 0 ? order : compare_numbers(a_len, b_len);
}

/* A release follows its pre-releases; a longer list of labels a shorter one. */
static int
compare_pre(const char *a, const char *b)
{
    if (a[0] == '\0' || b[0] == '\0')
        return (a[0] == '\0') - (b[0] == '\0');
    for (;;) {
        size_t a_len = strcspn(a, "."), b_len = strcspn(b, ".");
        int order = compare_label(a, a_len, b, b_len);

        if (order != 0)
            return order;
        if (a[a_len] == '\0' || b[b_len] == '\0')
            return (a[a_len] != '\0') - (b[b_len] != '\0');
        a += a_len + 1;
        b += b_len + 1;
    }
}

int
version_compare(const struct version *a, const struct version *b)
{
    for (size_t i = 0; i < NUMBERS; i++) {
        int order = compare_numbers(a->numbers[i], b->numbers[i]);

        if (order != 0)
            return order;
    }
    return compare_pre(a->pre, b->pre);
}

/* ---- ranges ---- */

static const struct {
    const char *text;
    enum version_operator op;
} operators[] = {
    {"!=", RANGE_NOT},  {">=", RANGE_FROM},  {"=>", RANGE_FROM}, {"<=", RANGE_TO},
    {"=<", RANGE_TO},   {"~>", RANGE_TILDE}, {"=", RANGE_SAME},  {">", RANGE_ABOVE},
    {"<", RANGE_BELOW}, {"~", RANGE_TILDE},  {"^", RANGE_CARET},
};

static const char *
skip_blanks(const char *at)
{
    return at + strspn(at, " \t");
}

static int
range_error(struct err *err, const char *at)
{
    char safe[TEXT_SAFE_MAX];

    text_safe(safe, at, strlen(at));
    return at[0] == '\0'
               ? err_set(err, ERR_USAGE, "not a range of versions: it ends too early")
               : err_set(err, ERR_USAGE, "not a range of versions, from '%s' on", safe);
}

static bool
is_any(char c)
{
    return c == 'x' || c == 'X' || c == '*';
}

/* A version in which numbers may be open; *at moves behind it. */
static int
parse_open_version(struct version_term *t, const char **at, struct err *err)
{
    const char *begin = *at, *p = begin + (*begin == 'v');
    size_t parts = 0, len;
    bool is_open = false;

    t->version = (struct version){.numbers = {0}};
    for (; parts < NUMBERS; parts++) {
        size_t n = digits(p, strlen(p));

        if (is_any(*p)) {
            is_open = true;
            t->any_major |= parts == MAJOR;
            t->any_minor |= parts == MINOR;
            t->any_patch |= parts == PATCH;
            p++;
        } else if (n > 0 && read_number(p, n, &t->version.numbers[parts]) == 0) {
            if (is_open) /* "1.x.3" is "1.x" */
                t->version.numbers[parts] = 0;
            p += n;
        } else {
            return range_error(err, begin);
        }
        if (*p != '.')
            break;
        p++;
    }
    if (parts == NUMBERS) /* it ended with a dot */
        return range_error(err, begin);
    t->any_minor |= parts < MINOR;
    t->any_patch |= parts < PATCH;
    len = strcspn(p, " \t,|");
    if (!parse_labels(&t->version, p, len))
        return range_error(err, begin);
    *at = p + len;
    return 0;
}

static int
add_term(struct version_range *out, const struct version_term *t, struct err *err)
{
    if (out->count == VERSION_TERMS_MAX)
        return err_set(err, ERR_USAGE, "more than %d comparisons in a range of versions",
                       VERSION_TERMS_MAX);
    out->terms[out->count++] = *t;
    return 0;
}

/* "1.2 - 1.4" is ">=1.2 <=1.4".  *at is behind the first version. */
static int
parse_span(struct version_range *out, struct version_term *from, const char **at,
           struct err *err)
{
    struct version_term to = {.op = RANGE_TO};

    *at = skip_blanks(skip_blanks(*at) + 1);
    from->op = RANGE_FROM;
    if (parse_open_version(&to, at, err) < 0 || add_term(out, from, err) < 0)
        return -1;
    return add_term(out, &to, err);
}

static int
parse_term(struct version_range *out, const char **at, bool begins_group, struct err *err)
{
    struct version_term t = {.op = RANGE_SAME, .begins_group = begins_group};
    const char *next;
    size_t i = 0;

    while (i < COUNT_OF(operators) && !text_starts(*at, operators[i].text))
        i++;
    if (i < COUNT_OF(operators)) {
        t.op = operators[i].op;
        *at = skip_blanks(*at + strlen(operators[i].text));
    }
    if (parse_open_version(&t, at, err) < 0)
        return -1;
    next = skip_blanks(*at);
    if (i == COUNT_OF(operators) && next > *at && next[0] == '-' &&
        (next[1] == ' ' || next[1] == '\t'))
        return parse_span(out, &t, at, err);
    return add_term(out, &t, err);
}

int
version_range_parse(struct version_range *out, const char *text, struct err *err)
{
    const char *at = skip_blanks(text);
    bool begins_group = true;

    *out = (struct version_range){.count = 0};
    if (strlen(text) > VERSION_RANGE_MAX)
        return err_set(err, ERR_USAGE, "a range of versions of more than %d bytes",
                       VERSION_RANGE_MAX);
    for (;;) {
        if (parse_term(out, &at, begins_group, err) < 0)
            return -1;
        at = skip_blanks(at);
        if (*at == '\0')
            return 0;
        begins_group = text_starts(at, "||");
        if (begins_group || *at == ',')
            at = skip_blanks(at + (begins_group ? 2 : 1));
    }
}

static bool
is_same_up_to(const struct version *a, const struct version *b, size_t parts)
{
    return memcmp(a->numbers, b->numbers, parts * sizeof(a->numbers[0])) == 0;
}

/* Numbers that must be equal; the open ones need not. */
static size_t
fixed_parts(const struct version_term *t)
{
    return t->any_minor ? 1 : t->any_patch ? 2 : NUMBERS;
}

/* "^1.2.3": from there, with the same first number that is not 0. */
static bool
has_caret(const struct version_term *t, const struct version *v)
{
    const uint64_t *n = t->version.numbers;

    if (n[MAJOR] > 0 || t->any_minor)
        return is_same_up_to(v, &t->version, 1);
    if (n[MINOR] > 0 || t->any_patch)
        return is_same_up_to(v, &t->version, 2);
    return is_same_up_to(v, &t->version, NUMBERS);
}

static bool
has_term(const struct version_term *t, const struct version *v)
{
    int order = version_compare(v, &t->version);
    bool is_open = t->any_minor || t->any_patch;
    bool is_within = is_same_up_to(v, &t->version, fixed_parts(t)); /* "1.2.9" of "1.2" */

    if (t->any_major)
        return t->op != RANGE_NOT && t->op != RANGE_ABOVE && t->op != RANGE_BELOW;
    switch (t->op) {
    case RANGE_SAME:
        return is_open ? order >= 0 && is_within : order == 0;
    case RANGE_NOT:
        return is_open ? !is_within : order != 0;
    case RANGE_ABOVE:
        return order > 0 && !(is_open && is_within);
    case RANGE_BELOW:
        return order < 0;
    case RANGE_FROM:
        return order >= 0;
    case RANGE_TO:
        return order <= 0 || (is_open && is_within);
    case RANGE_TILDE:
        return order >= 0 && is_same_up_to(v, &t->version, t->any_minor ? 1 : 2);
    case RANGE_CARET:
        return order >= 0 && has_caret(t, v);
    }
    return false;
}

bool
version_range_has(const struct version_range *range, const struct version *v)
{
    size_t i = 0;

    while (i < range->count) {
        bool all = true, names_pre = false;

        do {
            all = all && has_term(&range->terms[i], v);
            names_pre |= range->terms[i].version.pre[0] != '\0';
            i++;
        } while (i < range->count && !range->terms[i].begins_group);
        if (all && (v->pre[0] == '\0' || names_pre))
            return true;
    }
    return false;
}
