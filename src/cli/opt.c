/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "cli/opt.h"

#include "base/mem.h"
#include "base/text.h"
#include "base/text_safe.h"
#include "cli/nearest.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HELP_COLUMN = 30, HELP_WIDTH = 78 }; /* characters */

static const struct opt *
find_long(const struct opt *table, const char *name, size_t len)
{
    for (const struct opt *o = table; o->kind != OPT_END; o++) {
        if (o->kind != OPT_GROUP && strlen(o->name) == len &&
            memcmp(o->name, name, len) == 0)
            return o;
    }
    return NULL;
}

static const struct opt *
find_short(const struct opt *table, char letter)
{
    for (const struct opt *o = table; o->kind != OPT_END; o++) {
        if (o->letter != 0 && o->letter == letter)
            return o;
    }
    return NULL;
}

static bool
takes_no_value(const struct opt *o)
{
    return o->kind == OPT_FLAG || o->kind == OPT_COUNT;
}

static int
set_number(const struct opt *o, struct opt_number *at, const char *value, struct err *err)
{
    if (at->is_set)
        return err_set(err, ERR_USAGE, "option '--%s' is given twice", o->name);
    if (text_u64(value, strlen(value), o->max, &at->value) < 0)
        return err_set(err, ERR_USAGE,
                       "option '--%s' requires a number from 0 to %" PRIu64, o->name,
                       o->max);
    at->is_set = true;
    return 0;
}

static int
set_option(const struct opt *o, void *base, const char *value, struct err *err)
{
    void *at = (char *)base + o->at;

    if (o->kind == OPT_NUMBER)
        return set_number(o, at, value, err);
    if (o->kind == OPT_LIST) {
        struct opt_list *list = at;

        list->items =
            mem_grow(list->items, list->count, &list->cap, sizeof(*list->items));
        list->items[list->count++] = value;
        return 0;
    }
    if (*(const char **)at)
        return err_set(err, ERR_USAGE, "option '--%s' is given twice", o->name);
    *(const char **)at = value;
    return 0;
}

/* Handle one option; value is the text after '=' or the letter, next the next word.
 * Returns the number of further words used, or -1. */
static int
parse_option(const struct opt *o, void *base, const char *value, const char *next,
             struct err *err)
{
    if (takes_no_value(o)) {
        if (value)
            return err_set(err, ERR_USAGE, "option '--%s' takes no value", o->name);
        if (o->kind == OPT_COUNT)
            ++*(unsigned *)(void *)((char *)base + o->at);
        else
            *(bool *)((char *)base + o->at) = true;
        return 0;
    }
    if (!value && !next)
        return err_set(err, ERR_USAGE, "option '--%s' requires %s", o->name, o->arg);
    if (set_option(o, base, value ? value : next, err) < 0)
        return -1;
    return value ? 0 : 1;
}

static int
unknown(const char *word, size_t len, struct err *err)
{
    char safe[TEXT_SAFE_MAX];

    text_safe(safe, word, len);
    return err_set(err, ERR_USAGE, "unknown option '%s'", safe);
}

/* Also names the option that was probably meant. */
static int
unknown_long(const struct opt *table, const char *word, size_t len, struct err *err)
{
    char typed[64];
    struct nearest n = {.typed = typed};

    unknown(word, len + 2, err);
    snprintf(typed, sizeof(typed), "%.*s", (int)len, word + 2);
    for (const struct opt *o = table; o->kind != OPT_END; o++) {
        if (o->kind != OPT_GROUP)
            nearest_offer(&n, o->name);
    }
    nearest_hint(&n, "--", err);
    return -1;
}

static int
take_long(const struct opt *table, void *base, const char *word, const char *next,
          struct err *err)
{
    size_t len = strcspn(word + 2, "=");
    const struct opt *o = find_long(table, word + 2, len);

    if (!o)
        return unknown_long(table, word, len, err);
    return parse_option(o, base, word[2 + len] == '=' ? word + 3 + len : NULL, next, err);
}

static int
take_short(const struct opt *table, void *base, const char *word, const char *next,
           struct err *err)
{
    for (const char *p = word + 1; *p != '\0'; p++) {
        const struct opt *o = find_short(table, *p);

        if (!o)
            return unknown(word, strlen(word), err);
        if (!takes_no_value(o))
            return parse_option(o, base, p[1] != '\0' ? p + 1 : NULL, next, err);
        if (parse_option(o, base, NULL, NULL, err) < 0)
            return -1;
    }
    return 0;
}

int
opt_parse(const struct opt *table, void *base, int argc, char **argv, struct err *err)
{
    int operands = 0;

    for (int i = 0; i < argc; i++) {
        const char *word = argv[i], *next = i + 1 < argc ? argv[i + 1] : NULL;
        int taken;

        if (word[0] != '-' || word[1] == '\0') {
            argv[operands++] = argv[i];
            continue;
        }
        if (strcmp(word, "--") == 0) {
            while (++i < argc)
                argv[operands++] = argv[i];
            break;
        }
        taken = word[1] == '-' ? take_long(table, base, word, next, err)
                               : take_short(table, base, word, next, err);
        if (taken < 0)
            return -1;
        i += taken;
    }
    return operands;
}

/* Number of words of one option, including itself; 0: it is not in the table. */
static int
count_words(const struct opt *table, const char *word)
{
    const struct opt *o = NULL;

    if (word[1] == '-') {
        o = find_long(table, word + 2, strcspn(word + 2, "="));
        return !o ? 0 : takes_no_value(o) || strchr(word, '=') ? 1 : 2;
    }
    for (const char *p = word + 1; *p != '\0'; p++) {
        o = find_short(table, *p);
        if (!o)
            return 0;
        if (!takes_no_value(o))
            return p[1] != '\0' ? 1 : 2;
    }
    return 1;
}

int
opt_count_leading(const struct opt *table, int argc, char **argv, struct err *err)
{
    int count = 0;

    while (count < argc && argv[count][0] == '-' && argv[count][1] != '\0') {
        int words = count_words(table, argv[count]);

        if (words == 0)
            return unknown(argv[count], strlen(argv[count]), err);
        count += words;
    }
    return count < argc ? count : argc;
}

const char *
opt_text(const struct opt *table, const void *base, const char *name, size_t len)
{
    const struct opt *o = find_long(table, name, len);

    return o && o->kind == OPT_TEXT ? *(const char *const *)((const char *)base + o->at)
                                    : NULL;
}

void
opt_release(const struct opt *table, void *base)
{
    for (const struct opt *o = table; o->kind != OPT_END; o++) {
        if (o->kind == OPT_LIST) {
            struct opt_list *list = (void *)((char *)base + o->at);

            free(list->items);
            *list = (struct opt_list){.items = NULL};
        }
    }
}

/* Wrap help text between words, so that terminals need not. */
static void
add_wrapped(struct buf *out, const char *text)
{
    size_t column = HELP_COLUMN;

    while (*text != '\0') {
        size_t len = strcspn(text, " ");

        if (column > HELP_COLUMN && column + 1 + len > HELP_WIDTH) {
            (void)!buf_addf(out, "\n%*s", HELP_COLUMN, "");
            column = HELP_COLUMN;
        } else if (column > HELP_COLUMN) {
            (void)!buf_add_text(out, " ");
            column++;
        }
        (void)!buf_add(out, text, len);
        column += len;
        text += len + (text[len] == ' ');
    }
    (void)!buf_add_text(out, "\n");
}

static void
add_option(struct buf *out, const struct opt *o)
{
    char letter[] = {'-', o->letter, ',', ' ', '\0'};
    CLEANUP(mem_free_string)
    char *left = xasprintf("  %s--%s%s%s", o->letter ? letter : "    ", o->name,
                           o->arg ? "=" : "", o->arg ? o->arg : "");

    (void)!buf_addf(out, "%-*s", HELP_COLUMN - 1, left);
    if (strlen(left) >= HELP_COLUMN - 1)
        (void)!buf_addf(out, "\n%*s", HELP_COLUMN, "");
    else
        (void)!buf_add_text(out, " ");
    add_wrapped(out, o->help);
}

void
opt_help(const struct opt *table, struct buf *out)
{
    for (const struct opt *o = table; o->kind != OPT_END; o++) {
        if (o->kind == OPT_GROUP)
            (void)!buf_addf(out, "\n%s:\n", o->help);
        else
            add_option(out, o);
    }
}

void
opt_complete(const struct opt *table, struct buf *out)
{
    for (const struct opt *o = table; o->kind != OPT_END; o++) {
        if (o->kind != OPT_GROUP)
            (void)!buf_addf(out, "--%s%s\n", o->name, o->arg ? "=" : "");
    }
}
