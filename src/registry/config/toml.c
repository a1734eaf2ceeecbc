/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "registry/config/toml.h"

#include "base/buf.h"
#include "base/mem.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

/* A list of strings. */
struct toml_list {
    char **items;
    size_t count, cap;
};

struct toml {
    const char *at, *end;
    unsigned line;  /* current line */
    unsigned where; /* line for messages: where the statement or the error is */
    const struct toml_reader *to;
    struct toml_list keys;   /* of the current table */
    struct toml_list tables; /* tables so far, without elements */
    struct err *err;
};

static void
list_clear(struct toml_list *l)
{
    for (size_t i = 0; i < l->count; i++)
        free(l->items[i]);
    l->count = 0;
}

static void
toml_list_release(struct toml_list *l)
{
    list_clear(l);
    free(l->items);
    l->items = NULL;
    l->cap = 0;
}

static bool
list_has(const struct toml_list *l, const char *text)
{
    for (size_t i = 0; i < l->count; i++) {
        if (strcmp(l->items[i], text) == 0)
            return true;
    }
    return false;
}

static int
list_add(struct toml_list *l, const char *text, struct err *err)
{
    if (l->count == TOML_KEYS_MAX)
        return err_set(err, ERR_LIMIT, "more than %d elements", TOML_KEYS_MAX);
    l->items = mem_grow(l->items, l->count, &l->cap, sizeof(*l->items));
    l->items[l->count++] = xstrdup(text);
    return 0;
}

/* ---- characters ---- */

static int
toml_error(struct toml *t, const char *why)
{
    t->where = t->line;
    return err_set(t->err, ERR_USAGE, "%s", why);
}

/* The next character, '\0' at the end: a document does not contain one. */
static char
peek(const struct toml *t)
{
    return t->at < t->end ? *t->at : '\0';
}

static bool
take_char(struct toml *t, char c)
{
    if (peek(t) != c)
        return false;
    t->at++;
    return true;
}

static void
skip_toml_blanks(struct toml *t)
{
    while (peek(t) == ' ' || peek(t) == '\t')
        t->at++;
}

/* Whether the line ends here, apart from a comment; if so, go to the next one. */
static bool
take_line_end(struct toml *t)
{
    skip_toml_blanks(t);
    if (peek(t) == '#') {
        while (t->at < t->end && *t->at != '\n')
            t->at++;
    }
    if (t->at + 1 < t->end && t->at[0] == '\r' && t->at[1] == '\n')
        t->at++;
    if (t->at == t->end)
        return true;
    if (!take_char(t, '\n'))
        return false;
    t->line++;
    return true;
}

/* Skip to the next significant character. */
static void
skip_lines(struct toml *t)
{
    while (take_line_end(t) && t->at < t->end)
        ;
}

/* No control characters anywhere, and no lone carriage return. */
static int
check_toml_bytes(struct toml *t)
{
    for (const char *p = t->at; p < t->end; p++) {
        unsigned char c = (unsigned char)*p;
        bool ends_line = c == '\r' && p + 1 < t->end && p[1] == '\n';

        if (c == 127 || (c < ' ' && c != '\n' && c != '\t' && !ends_line))
            return toml_error(t, "a control character");
        t->line += c == '\n';
    }
    t->line = 1;
    return 0;
}

/* ---- strings and names ---- */

static int
add_char(struct toml *t, struct buf *out, char c)
{
    return buf_add(out, &c, 1) < 0
               ? err_set(t->err, ERR_LIMIT, "longer than %d bytes", TOML_TEXT_MAX)
               : 0;
}

static int
take_escape(struct toml *t, char *out)
{
    static const char names[] = "btnfr\"\\", values[] = "\b\t\n\f\r\"\\";
    const char *found = peek(t) != '\0' ? strchr(names, peek(t)) : NULL;

    if (!found)
        return toml_error(t, "unsupported escape sequence");
    t->at++;
    *out = values[found - names];
    return 0;
}

static int
take_string(struct toml *t, struct buf *out)
{
    char quote = *t->at++;

    buf_clear(out);
    if (t->end - t->at >= 2 && t->at[0] == quote && t->at[1] == quote)
        return toml_error(t, "multi-line strings are not supported");
    while (!take_char(t, quote)) {
        char c = peek(t);

        if (t->at == t->end || c == '\n' || c == '\r')
            return toml_error(t, "unterminated string");
        t->at++;
        if (quote == '"' && c == '\\' && take_escape(t, &c) < 0)
            return -1;
        if (add_char(t, out, c) < 0)
            return -1;
    }
    return buf_add(out, "", 0); /* an empty string needs data too */
}

static bool
is_bare(char c)
{
    return text_is_alnum(c) || c == '_' || c == '-';
}

/* One bare or quoted part of a name, appended. */
static int
parse_key_part(struct toml *t, struct buf *out)
{
    if (!is_bare(peek(t)))
        return toml_error(t, "missing or malformed name");
    for (; is_bare(peek(t)); t->at++) {
        if (add_char(t, out, *t->at) < 0)
            return -1;
    }
    return 0;
}

/* ---- values ---- */

/* The content of an array: strings, commas, comments, line ends. */
static int
take_array(struct toml *t, struct toml_list *items)
{
    CLEANUP(buf_release) struct buf text = BUF_INIT(TOML_TEXT_MAX);

    t->at++;
    for (bool may_follow = true;;) {
        skip_lines(t);
        if (take_char(t, ']'))
            return 0;
        if (!may_follow || (peek(t) != '"' && peek(t) != '\''))
            return toml_error(
                t, "unterminated array, or one with other values than strings");
        if (take_string(t, &text) < 0 || list_add(items, text.data, t->err) < 0)
            return -1;
        skip_lines(t);
        may_follow = take_char(t, ',');
    }
}

static bool
expect_word(struct toml *t, const char *word)
{
    size_t len = strlen(word);

    if ((size_t)(t->end - t->at) < len || memcmp(t->at, word, len) != 0)
        return false;
    t->at += len;
    return true;
}

/* Parse the value of a key and pass it to the reader. */
static int
parse_value(struct toml *t, const char *key)
{
    CLEANUP(buf_release) struct buf text = BUF_INIT(TOML_TEXT_MAX);
    CLEANUP(toml_list_release) struct toml_list items = {.items = NULL};
    struct toml_value v = {.kind = TOML_BOOL};

    if (peek(t) == '"' || peek(t) == '\'') {
        if (take_string(t, &text) < 0)
            return -1;
        v.kind = TOML_STRING;
        v.text = text.data;
    } else if (peek(t) == '[') {
        if (take_array(t, &items) < 0)
            return -1;
        v.kind = TOML_ARRAY;
        v.items = (const char *const *)items.items;
        v.count = items.count;
    } else if (expect_word(t, "true")) {
        v.flag = true;
    } else if (!expect_word(t, "false")) {
        return toml_error(t, "expected a string, an array, true or false");
    }
    if (!take_line_end(t))
        return toml_error(t, "unexpected text after the value");
    return t->to->value(t->to->ctx, key, &v, t->err) == 0 ? 0 : -1;
}

/* ---- lines ---- */

static int
read_pair(struct toml *t)
{
    CLEANUP(buf_release) struct buf key = BUF_INIT(TOML_TEXT_MAX);
    bool is_quoted = peek(t) == '"' || peek(t) == '\'';

    if ((is_quoted ? take_string(t, &key) : parse_key_part(t, &key)) < 0)
        return -1;
    skip_toml_blanks(t);
    if (!take_char(t, '='))
        return toml_error(t, "missing '=' after a name");
    skip_toml_blanks(t);
    if (list_has(&t->keys, key.data))
        return toml_error(t, "duplicate key");
    return list_add(&t->keys, key.data, t->err) < 0 ? -1 : parse_value(t, key.data);
}

static int
read_header(struct toml *t)
{
    CLEANUP(buf_release) struct buf name = BUF_INIT(TOML_TEXT_MAX);
    bool is_element;

    t->at++;
    is_element = take_char(t, '[');
    do {
        skip_toml_blanks(t);
        if ((name.len > 0 && add_char(t, &name, '.') < 0) || parse_key_part(t, &name) < 0)
            return -1;
        skip_toml_blanks(t);
    } while (take_char(t, '.'));
    if (!take_char(t, ']') || (is_element && !take_char(t, ']')) || !take_line_end(t))
        return toml_error(t, "malformed table name");
    list_clear(&t->keys);
    if (!is_element && list_has(&t->tables, name.data))
        return err_set(t->err, ERR_USAGE, "duplicate table");
    if (!is_element && list_add(&t->tables, name.data, t->err) < 0)
        return -1;
    return t->to->table(t->to->ctx, name.data, is_element, t->where, t->err) == 0 ? 0
                                                                                  : -1;
}

static int
parse_toml_lines(struct toml *t)
{
    if (check_toml_bytes(t) < 0)
        return -1;
    for (skip_lines(t); t->at < t->end; skip_lines(t)) {
        t->where = t->line;
        if ((peek(t) == '[' ? read_header(t) : read_pair(t)) < 0)
            return -1;
    }
    return 0;
}

int
toml_read(const char *name, const char *bytes, size_t len, const struct toml_reader *to,
          struct err *err)
{
    struct toml t = {
        .at = bytes, .end = bytes + len, .line = 1, .where = 1, .to = to, .err = err};
    int rc = len > TOML_BYTES_MAX
                 ? err_set(err, ERR_LIMIT, "more than %u bytes", TOML_BYTES_MAX)
                 : parse_toml_lines(&t);

    toml_list_release(&t.keys);
    toml_list_release(&t.tables);
    return rc < 0 ? err_wrap(err, "'%s' line %u", name, t.where) : 0;
}
