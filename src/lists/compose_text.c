/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "lists/compose_text.h"

#include "base/mem.h"
#include "base/text.h"
#include "base/text_safe.h"

#include <stdlib.h>
#include <string.h>

/* ---- files of variables ---- */

static size_t
variable_name_len(const char *text, size_t len)
{
    size_t n = 0;

    while (n < len && (text_is_alnum(text[n]) || text[n] == '_'))
        n++;
    return n > 0 && text_is_digit(text[0]) ? 0 : n;
}

static size_t
skip_spaces(const char *text, size_t i, size_t len)
{
    while (i < len && (text[i] == ' ' || text[i] == '\t' || text[i] == '\r'))
        i++;
    return i;
}

static size_t
skip_line(const char *text, size_t i, size_t len)
{
    const char *end = i < len ? memchr(text + i, '\n', len - i) : NULL;

    return end ? (size_t)(end - text) : len;
}

/* Up to the closing quote; returns where the rest begins, or SIZE_MAX. */
static size_t
take_quoted(const char *text, size_t i, size_t len, struct buf *value)
{
    char quote = text[i++];

    for (; i < len && text[i] != quote; i++) {
        char c = text[i];

        if (quote == '"' && c == '\\' && i + 1 < len) {
            c = text[++i];
            c = c == 'n' ? '\n' : c == 't' ? '\t' : c == 'r' ? '\r' : c;
        }
        if (buf_add(value, &c, 1) < 0)
            return SIZE_MAX;
    }
    return i < len ? i + 1 : SIZE_MAX;
}

/* Up to the end of the line, or a '#' after a blank. */
static size_t
take_unquoted(const char *text, size_t i, size_t len, struct buf *value)
{
    size_t end = skip_line(text, i, len), stop = i;

    while (stop < end &&
           (text[stop] != '#' || (stop > i && !strchr(" \t", text[stop - 1]))))
        stop++;
    while (stop > i && strchr(" \t\r", text[stop - 1]))
        stop--;
    return buf_add(value, text + i, stop - i) < 0 ? SIZE_MAX : end;
}

static void
set_variable(struct compose_variables *v, const char *name, size_t len, const char *value,
             bool is_literal)
{
    size_t i = 0;

    while (i < v->count &&
           (strlen(v->items[i].name) != len || memcmp(v->items[i].name, name, len) != 0))
        i++;
    if (i == v->count) {
        v->items = mem_grow(v->items, v->count, &v->cap, sizeof(*v->items));
        v->items[v->count++] = (struct compose_variable){.name = xstrndup(name, len)};
    }
    free(v->items[i].value);
    v->items[i].value = xstrdup(value);
    v->items[i].is_literal = is_literal;
}

/* A line from i on; returns where the next one begins, or SIZE_MAX when it is wrong. */
static size_t
take_variable(struct compose_variables *v, const char *text, size_t i, size_t len)
{
    CLEANUP(buf_release) struct buf value = BUF_INIT(COMPOSE_TEXT_MAX);
    static const char word[] = "export ";
    const char *name;
    size_t n;
    bool is_literal;

    i = skip_spaces(text, i, len);
    if (len - i > strlen(word) && memcmp(text + i, word, strlen(word)) == 0)
        i = skip_spaces(text, i + strlen(word), len);
    name = text + i;
    n = variable_name_len(name, len - i);
    i = skip_spaces(text, i + n, len);
    if (n == 0)
        return SIZE_MAX;
    if (i == len || text[i] == '\n') /* taken from the environment */
        return i;
    if (text[i] != '=' && text[i] != ':')
        return SIZE_MAX;
    i = skip_spaces(text, i + 1, len);
    is_literal = i < len && text[i] == '\'';
    i = i < len && (text[i] == '\'' || text[i] == '"')
            ? take_quoted(text, i, len, &value)
            : take_unquoted(text, i, len, &value);
    if (i == SIZE_MAX)
        return SIZE_MAX;
    set_variable(v, name, n, value.data ? value.data : "", is_literal);
    return skip_line(text, i, len);
}

int
compose_variables_add(struct compose_variables *v, const char *text, size_t len,
                      struct err *err)
{
    size_t line = 1, counted = 0;

    for (size_t i = 0; i < len;) {
        size_t begin = skip_spaces(text, i, len), next;

        for (; counted < begin; counted++)
            line += text[counted] == '\n';
        if (begin == len || text[begin] == '\n' || text[begin] == '#') {
            i = skip_line(text, begin, len) + 1;
            continue;
        }
        if (v->count == COMPOSE_VARIABLES_MAX)
            return err_set(err, ERR_LIMIT, "more than %d variables",
                           COMPOSE_VARIABLES_MAX);
        next = take_variable(v, text, begin, len);
        if (next == SIZE_MAX) /* not quoted: it may contain a password */
            return err_set(err, ERR_USAGE, "line %zu is not NAME=VALUE", line);
        i = next + 1;
    }
    return 0;
}

void
compose_variables_release(struct compose_variables *v)
{
    for (size_t i = 0; i < v->count; i++) {
        free(v->items[i].name);
        free(v->items[i].value);
    }
    free(v->items);
}

/* ---- replacing ---- */

struct replacement {
    const struct compose_variables *variables;
    unsigned level;
    unsigned *uses; /* of variables so far */
    struct err *err;
};

static int replace_all(const struct replacement *r, const char *text, size_t len,
                       struct buf *out);

static int
add_replaced(const struct replacement *r, struct buf *out, const char *text, size_t len)
{
    return buf_add(out, text, len) < 0
               ? err_set(r->err, ERR_LIMIT, "more than %u bytes with all variables",
                         COMPOSE_TEXT_MAX)
               : 0;
}

/* A text that may contain variables itself. */
static int
replace_inside(const struct replacement *r, const char *text, size_t len, struct buf *out)
{
    struct replacement below = *r;

    if (++below.level > COMPOSE_LEVELS_MAX)
        return err_set(r->err, ERR_LIMIT, "more than %d levels of variables",
                       COMPOSE_LEVELS_MAX);
    return replace_all(&below, text, len, out);
}

/* The value of a variable in *value.  Returns 1 when it is set, 0 when not. */
static int
find_variable(const struct replacement *r, const char *name, size_t len,
              struct buf *value)
{
    const struct compose_variables *v = r->variables;
    CLEANUP(mem_free_string) char *word = xstrndup(name, len);
    const char *from = v->environment ? v->environment(word) : NULL;

    if (++*r->uses > COMPOSE_USES_MAX)
        return err_set(r->err, ERR_LIMIT, "more than %d variables", COMPOSE_USES_MAX);
    if (from)
        return add_replaced(r, value, from, strlen(from)) < 0 ? -1 : 1;
    for (size_t i = 0; i < v->count; i++) {
        const struct compose_variable *item = &v->items[i];

        if (strcmp(item->name, word) != 0)
            continue;
        return (item->is_literal
                    ? add_replaced(r, value, item->value, strlen(item->value))
                    : replace_inside(r, item->value, strlen(item->value), value)) < 0
                   ? -1
                   : 1;
    }
    return 0;
}

static int
refuse_variable(const struct replacement *r, const char *name, size_t len,
                const char *why)
{
    CLEANUP(mem_free_string) char *word = xstrndup(name, len);

    err_because(r->err, ERR_USAGE, REASON_VARIABLE, "the variable %s is not set%s", word,
                why);
    return -1;
}

/* NAME, and what is behind it: nothing, or an operator and a text. */
static int
replace_variable(const struct replacement *r, const char *name, size_t len,
                 const char *rest, size_t rest_len, struct buf *out)
{
    CLEANUP(buf_release) struct buf value = BUF_INIT(COMPOSE_TEXT_MAX);
    bool needs_text = rest_len > 0 && rest[0] == ':';
    char operation = rest_len > (size_t)needs_text ? rest[needs_text] : '\0';
    const char *text = rest + needs_text + 1;
    size_t text_len = operation != '\0' ? rest_len - needs_text - 1 : 0;
    int rc = find_variable(r, name, len, &value);
    bool counts = rc == 1 && (!needs_text || value.len > 0);

    if (rc < 0)
        return -1;
    if (operation == '+')
        return counts ? replace_inside(r, text, text_len, out) : 0;
    if (counts)
        return add_replaced(r, out, value.data ? value.data : "", value.len);
    if (operation == '-')
        return replace_inside(r, text, text_len, out);
    return refuse_variable(r, name, len, needs_text && rc == 1 ? ", or empty" : "");
}

/* Where the '}' of a '{' is; len: nowhere. */
static size_t
find_brace(const char *text, size_t len)
{
    size_t open = 0;

    for (size_t i = 0; i < len; i++) {
        if (text[i] == '$' && i + 1 < len && text[i + 1] == '{') {
            open++;
            i++;
        } else if (text[i] == '}' && open-- == 0) {
            return i;
        }
    }
    return len;
}

/* What is behind a '$'; returns the number of bytes, or 0 on failure. */
static size_t
replace_one(const struct replacement *r, const char *text, size_t len, struct buf *out)
{
    bool has_brace = len > 0 && text[0] == '{';
    const char *name = text + has_brace;
    size_t end = has_brace ? find_brace(name, len - 1) : len,
           n = variable_name_len(name, end);
    const char *rest = name + n;

    if (len > 0 && text[0] == '$')
        return add_replaced(r, out, "$", 1) < 0 ? 0 : 1;
    if (n > 0 && !has_brace)
        return replace_variable(r, name, n, "", 0, out) < 0 ? 0 : n;
    if (n == 0 || end == len - 1 ||
        (n < end && !strchr("-?+", rest[rest[0] == ':' && n + 1 < end]))) {
        err_because(r->err, ERR_USAGE, REASON_VARIABLE,
                    "'$' is not followed by a variable");
        return 0;
    }
    return replace_variable(r, name, n, rest, end - n, out) < 0 ? 0 : end + 2;
}

static int
replace_all(const struct replacement *r, const char *text, size_t len, struct buf *out)
{
    for (size_t i = 0; i < len;) {
        const char *dollar = memchr(text + i, '$', len - i);
        size_t next = dollar ? (size_t)(dollar - text) : len, n;

        if (add_replaced(r, out, text + i, next - i) < 0)
            return -1;
        if (next == len)
            return 0;
        n = replace_one(r, text + next + 1, len - next - 1, out);
        if (n == 0)
            return -1;
        i = next + 1 + n;
    }
    return 0;
}

int
compose_text_replace(const struct compose_variables *v, const char *text, size_t len,
                     struct buf *out, struct err *err)
{
    unsigned uses = 0;
    const struct replacement r = {.variables = v, .uses = &uses, .err = err};

    return replace_all(&r, text, len, out);
}
