/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "cli/opt.h"

#include "base/mem.h"
#include "base/text.h"
#include "base/text_safe.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HELP_COLUMN = 30 }; /* characters */

static size_t
count_options(const struct opt *table)
{
    size_t count = 0;

    while (table[count].kind != OPT_END)
        count++;
    return count;
}

unsigned char *
opt_sources_new(const struct opt *table)
{
    return xcalloc(count_options(table) + 1, 1);
}

const struct opt *
opt_find(const struct opt *table, const char *name, size_t len)
{
    for (const struct opt *o = table; o->kind != OPT_END; o++) {
        if (o->kind != OPT_GROUP && strlen(o->name) == len &&
            memcmp(o->name, name, len) == 0)
            return o;
    }
    return NULL;
}

static const struct opt *
find_long(const struct opt *table, const char *name, size_t len)
{
    const struct opt *o = opt_find(table, name, len);

    return o && opt_may_come_from(o, OPT_LINE) ? o : NULL;
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

/* ---- sources ---- */

bool
opt_may_come_from(const struct opt *o, enum opt_source source)
{
    switch (o->from) {
    case OPT_FROM_ANY:
        return true;
    case OPT_FROM_SYSTEM:
        return source == OPT_LINE || source == OPT_SYSTEM;
    case OPT_FROM_LINE:
        return source == OPT_LINE;
    case OPT_FROM_SETTINGS:
        return source != OPT_LINE;
    }
    return false;
}

bool
opt_is_typed(const struct opt *table, const unsigned char *sources, const char *name)
{
    const struct opt *o = opt_find(table, name, strlen(name));

    return o && sources[o - table] == OPT_LINE;
}

/* Whether two lists of words have one in common. */
static bool
share_word(const char *a, const char *b)
{
    for (size_t len; *a != '\0'; a += len + (a[len] == ' ')) {
        len = strcspn(a, " ");
        for (const char *at = b; *at != '\0'; at += strcspn(at, " "), at += *at == ' ') {
            if (strcspn(at, " ") == len && memcmp(a, at, len) == 0)
                return true;
        }
    }
    return false;
}

bool
opt_has_kin(const struct opt *table, const struct opt *o, const unsigned char *sources,
            enum opt_source source)
{
    for (const struct opt *other = table; o->family && other->kind != OPT_END; other++) {
        if (other != o && other->family && sources[other - table] == source &&
            share_word(o->family, other->family))
            return true;
    }
    return false;
}

/* ---- values ---- */

static bool
takes_no_value(const struct opt *o)
{
    return o->kind == OPT_FLAG || o->kind == OPT_COUNT;
}

static int
read_switch(const struct opt *o, const char *text, bool *out, struct err *err)
{
    static const char *const words[][2] = {{"no", "yes"}, {"false", "true"}, {"0", "1"}};

    for (size_t i = 0; i < COUNT_OF(words); i++) {
        for (int value = 0; value < 2; value++) {
            if (strcmp(words[i][value], text) == 0) {
                *out = value == 1;
                return 0;
            }
        }
    }
    return err_set(err, ERR_USAGE, "option '--%s' requires yes or no", o->name);
}

static int
read_number(const struct opt *o, const char *text, uint64_t *out, struct err *err)
{
    if (text_u64(text, strlen(text), o->max, out) == 0)
        return 0;
    return err_set(err, ERR_USAGE, "option '--%s' requires a number from 0 to %" PRIu64,
                   o->name, o->max);
}

int
opt_check(const struct opt *o, const char *value, struct err *err)
{
    bool is_on;
    uint64_t number;

    if (o->kind == OPT_FLAG)
        return read_switch(o, value, &is_on, err);
    return o->kind == OPT_NUMBER || o->kind == OPT_COUNT
               ? read_number(o, value, &number, err)
               : 0;
}

static void
append_item(struct opt_list *list, const char *value)
{
    list->items = mem_grow(list->items, list->count, &list->cap, sizeof(*list->items));
    list->items[list->count++] = value;
}

int
opt_set(const struct opt *o, void *base, const char *value, struct err *err)
{
    void *at = (char *)base + o->at;
    struct opt_number *number = at;
    uint64_t count;

    switch (o->kind) {
    case OPT_FLAG:
        return read_switch(o, value, at, err);
    case OPT_COUNT:
        if (read_number(o, value, &count, err) < 0)
            return -1;
        *(unsigned *)at = (unsigned)count;
        return 0;
    case OPT_NUMBER:
        if (read_number(o, value, &number->value, err) < 0)
            return -1;
        number->is_set = true;
        return 0;
    case OPT_LIST:
        append_item(at, value);
        return 0;
    case OPT_TEXT:
        *(const char **)at = value;
        return 0;
    case OPT_GROUP:
    case OPT_END:
        break;
    }
    return 0;
}

/* ---- the command line ---- */

/* A parse of a command line. */
struct opt_line {
    const struct opt *table;
    void *base;
    unsigned char *sources; /* or NULL */
};

/* A word without a value: a flag is on, a tally counts one more. */
static void
turn_on(const struct opt *o, void *base)
{
    void *at = (char *)base + o->at;

    if (o->kind == OPT_COUNT)
        ++*(unsigned *)at;
    else
        *(bool *)at = true;
}

static bool
is_given(const struct opt *o, const void *base)
{
    const void *at = (const char *)base + o->at;

    return o->kind == OPT_TEXT
               ? *(const char *const *)at != NULL
               : o->kind == OPT_NUMBER && ((const struct opt_number *)at)->is_set;
}

/* Handle one option; value is the text after '=' or the letter, next the next word.
 * Returns the number of further words used, or -1. */
static int
parse_option(const struct opt_line *l, const struct opt *o, const char *value,
             const char *next, struct err *err)
{
    if (l->sources)
        l->sources[o - l->table] = OPT_LINE;
    if (takes_no_value(o) && !value) {
        turn_on(o, l->base);
        return 0;
    }
    if (!value && !next)
        return err_set(err, ERR_USAGE, "option '--%s' requires %s", o->name, o->arg);
    if (is_given(o, l->base))
        return err_set(err, ERR_USAGE, "option '--%s' is given twice", o->name);
    if (opt_set(o, l->base, value ? value : next, err) < 0)
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

void
opt_offer(const struct opt *table, enum opt_source source, struct nearest *n)
{
    for (const struct opt *o = table; o->kind != OPT_END; o++) {
        if (o->kind != OPT_GROUP && opt_may_come_from(o, source))
            nearest_offer(n, o->name);
    }
}

/* Also names the option that was probably meant. */
static int
unknown_long(const struct opt *table, const char *word, size_t len, struct err *err)
{
    char typed[64];
    struct nearest n = {.typed = typed};

    unknown(word, len + 2, err);
    snprintf(typed, sizeof(typed), "%.*s", (int)len, word + 2);
    opt_offer(table, OPT_LINE, &n);
    nearest_hint(&n, "--", err);
    return -1;
}

static int
take_long(const struct opt_line *l, const char *word, const char *next, struct err *err)
{
    size_t len = strcspn(word + 2, "=");
    const struct opt *o = find_long(l->table, word + 2, len);

    if (!o)
        return unknown_long(l->table, word, len, err);
    return parse_option(l, o, word[2 + len] == '=' ? word + 3 + len : NULL, next, err);
}

static int
take_short(const struct opt_line *l, const char *word, const char *next, struct err *err)
{
    for (const char *p = word + 1; *p != '\0'; p++) {
        const struct opt *o = find_short(l->table, *p);

        if (!o)
            return unknown(word, strlen(word), err);
        if (!takes_no_value(o))
            return parse_option(l, o, p[1] != '\0' ? p + 1 : NULL, next, err);
        if (parse_option(l, o, NULL, NULL, err) < 0)
            return -1;
    }
    return 0;
}

int
opt_parse(const struct opt *table, void *base, unsigned char *sources, int argc,
          char **argv, struct err *err)
{
    const struct opt_line l = {.table = table, .base = base, .sources = sources};
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
        taken = word[1] == '-' ? take_long(&l, word, next, err)
                               : take_short(&l, word, next, err);
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
    const struct opt *o = opt_find(table, name, len);

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
        else if (opt_may_come_from(o, OPT_LINE))
            add_option(out, o);
    }
}

void
opt_complete(const struct opt *table, struct buf *out)
{
    for (const struct opt *o = table; o->kind != OPT_END; o++) {
        if (o->kind != OPT_GROUP && opt_may_come_from(o, OPT_LINE))
            (void)!buf_addf(out, "--%s%s\n", o->name, o->arg ? "=" : "");
    }
}

/* Whether the value of an option is the path of a file. */
static bool
takes_file(const struct opt *o)
{
    static const char *const words[] = {"BUNDLE", "CERT", "FILE", "KEY", "LIST", "PUB"};

    for (size_t i = 0; i < COUNT_OF(words); i++) {
        if (o->file != OPT_NO_FILE || strcmp(o->arg, words[i]) == 0)
            return true;
    }
    return false;
}

void
opt_complete_value(const struct opt *table, const char *word, struct buf *out)
{
    const struct opt *o = word[0] != '-'   ? NULL
                          : word[1] == '-' ? find_long(table, word + 2, strlen(word + 2))
                                           : find_short(table, word[1]);

    if (!o || takes_no_value(o))
        return;
    for (const char *at = o->choices ? o->choices : ""; *at != '\0';) {
        size_t len = strcspn(at, " ");

        (void)!buf_addf(out, "%.*s\n", (int)len, at);
        at += len + (at[len] == ' ');
    }
    (void)!buf_add_text(out, strcmp(o->arg, "DIR") == 0 ? "@folders\n"
                             : takes_file(o)            ? "@files\n"
                                                        : "@text\n");
}
