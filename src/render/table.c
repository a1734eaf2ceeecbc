/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "render/table.h"

#include "base/mem.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

enum {
    STEP = 2,          /* blanks between columns, and of one step further in */
    DEPTH_SHOWN = 8,   /* steps */
    DIGITS_LONG = 64,  /* of SHA-256 */
    DIGITS_SHOWN = 12, /* of a digest */
    FIRST_MIN = 16,    /* characters that the first column keeps */
};

#define ELLIPSIS "..."

/* Escape a cell, before the widths are measured. */
static char *
made_safe(const char *cell)
{
    size_t len = strlen(cell), room = 4 * len + 4;
    char *safe = xmalloc(room);

    text_line(safe, room, cell, len);
    return safe;
}

void
table_add(struct table *t, const char *const cells[TABLE_COLUMNS])
{
    t->rows = mem_grow(t->rows, t->count, &t->cap, sizeof(*t->rows));
    for (size_t c = 0; c < TABLE_COLUMNS; c++)
        t->rows[t->count][c] = made_safe(cells[c]);
    t->count++;
}

void
table_add_below(struct table *t, unsigned depth, const char *const cells[TABLE_COLUMNS])
{
    unsigned steps = depth < DEPTH_SHOWN ? depth : DEPTH_SHOWN;
    CLEANUP(mem_free_string)
    char *first = xasprintf("%*s%s", (int)(STEP * steps), "", cells[0]);
    const char *moved[TABLE_COLUMNS] = {first};

    for (size_t c = 1; c < TABLE_COLUMNS; c++)
        moved[c] = cells[c];
    table_add(t, moved);
}

/* ---- narrow ---- */

/* "sha256:0123..." and a bare key id, which are longer than anyone compares by eye. */
static void
shorten_digest(char *cell)
{
    char *hex = strchr(cell, ':') ? strchr(cell, ':') + 1 : cell;
    size_t digits = strspn(hex, "0123456789abcdef");

    if (digits < DIGITS_LONG || hex[digits] != '\0')
        return;
    memmove(cell, hex, DIGITS_SHOWN);
    cell[DIGITS_SHOWN] = '\0';
}

/* The digest in a name, such as that of an image without a tag. */
static void
shorten_digest_in_name(char *cell)
{
    char *hex = strstr(cell, "sha256");
    size_t digits;

    if (!hex || (hex[6] != ':' && hex[6] != '-'))
        return;
    hex += strlen("sha256:");
    digits = strspn(hex, "0123456789abcdef");
    if (digits >= DIGITS_LONG)
        memmove(hex + DIGITS_SHOWN, hex + digits, strlen(hex + digits) + 1);
}

/* Keep indentation and end of a cell: names begin with what many have in common. */
static void
shorten_name(char *cell, size_t width)
{
    size_t len = strlen(cell), indent = strspn(cell, " "), tail;

    if (len <= width)
        return;
    if (indent + strlen(ELLIPSIS) >= width)
        indent = 0;
    tail = width - indent - strlen(ELLIPSIS);
    memmove(cell + indent + strlen(ELLIPSIS), cell + len - tail, tail + 1);
    memcpy(cell + indent, ELLIPSIS, strlen(ELLIPSIS));
}

static void
measure(const struct table *t, int width[TABLE_COLUMNS])
{
    memset(width, 0, TABLE_COLUMNS * sizeof(*width));
    for (size_t i = 0; i < t->count; i++) {
        for (size_t c = 0; c < TABLE_COLUMNS; c++) {
            int len = (int)strlen(t->rows[i][c]);

            width[c] = len > width[c] ? len : width[c];
        }
    }
}

static void
narrow(struct table *t, int width[TABLE_COLUMNS], size_t columns)
{
    size_t others = 0, first;

    for (size_t i = 0; i < t->count; i++) {
        for (size_t c = 1; c < TABLE_COLUMNS; c++)
            shorten_digest(t->rows[i][c]);
        shorten_digest_in_name(t->rows[i][0]);
    }
    measure(t, width);
    for (size_t c = 1; c < TABLE_COLUMNS; c++)
        others += width[c] > 0 ? (size_t)width[c] + STEP : 0;
    first = others + FIRST_MIN < columns ? columns - others : FIRST_MIN;
    for (size_t i = 0; i < t->count; i++)
        shorten_name(t->rows[i][0], first);
    measure(t, width);
}

/* ---- text ---- */

/* Where a state is at the end of a cell, or the end of the cell. */
static const char *
find_state(const char *cell)
{
    static const char *const words[] = {"MISSING", "INCOMPLETE"};

    for (size_t i = 0; i < COUNT_OF(words); i++) {
        size_t len = strlen(cell), state = strlen(words[i]);
        const char *at = len >= state ? cell + len - state : cell;

        if (strcmp(at, words[i]) == 0 && (at == cell || at[-1] == ' '))
            return at;
    }
    return cell + strlen(cell);
}

/* A cell after the first column. */
static void
say_cell(struct result *r, const char *cell, int width)
{
    const char *state = find_state(cell);
    int len = (int)strlen(cell);

    result_say(r, "%.*s", (int)(state - cell), cell);
    if (*state != '\0')
        result_say_state(r, RESULT_BAD, state);
    result_say(r, "%*s", width > len ? width - len : 0, "");
}

/* Sizes, in the last column, are right-aligned; some tables have no sizes. */
static void
say_row(struct result *r, char *const cells[TABLE_COLUMNS],
        const int width[TABLE_COLUMNS])
{
    bool has_sizes = width[TABLE_COLUMNS - 1] > 0;

    result_say(r, "%-*s  ", width[0], cells[0]);
    for (size_t c = 1; c + 2 < TABLE_COLUMNS; c++)
        say_cell(r, cells[c], width[c] + STEP);
    say_cell(r, cells[TABLE_COLUMNS - 2], has_sizes ? width[TABLE_COLUMNS - 2] : 0);
    if (has_sizes) {
        const char *last = cells[TABLE_COLUMNS - 1];

        result_say(r, "  %*s", width[TABLE_COLUMNS - 1] - (int)strlen(last), "");
        say_cell(r, last, 0);
    }
    result_say(r, "\n");
}

void
table_say(struct table *t, struct result *r)
{
    int width[TABLE_COLUMNS];

    measure(t, width);
    if (r->columns > 0)
        narrow(t, width, r->columns);
    for (size_t i = 0; i < t->count; i++)
        say_row(r, t->rows[i], width);
}

void
table_release(struct table *t)
{
    for (size_t i = 0; i < t->count; i++) {
        for (size_t c = 0; c < TABLE_COLUMNS; c++)
            free(t->rows[i][c]);
    }
    free(t->rows);
    *t = (struct table)TABLE_INIT;
}
