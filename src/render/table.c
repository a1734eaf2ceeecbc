/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "render/table.h"

#include "base/mem.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

/* Before the widths are measured. */
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

/* Sizes, in the last column, are flush right; not every table has them. */
static void
say_row(struct result *r, char *const cells[TABLE_COLUMNS],
        const int width[TABLE_COLUMNS])
{
    bool has_sizes = width[TABLE_COLUMNS - 1] > 0;

    for (size_t c = 0; c + 2 < TABLE_COLUMNS; c++)
        result_say(r, "%-*s  ", width[c], cells[c]);
    result_say(r, "%-*s", has_sizes ? width[TABLE_COLUMNS - 2] : 0,
               cells[TABLE_COLUMNS - 2]);
    if (has_sizes)
        result_say(r, "  %*s", width[TABLE_COLUMNS - 1], cells[TABLE_COLUMNS - 1]);
    result_say(r, "\n");
}

void
table_say(const struct table *t, struct result *r)
{
    int width[TABLE_COLUMNS] = {0};

    for (size_t i = 0; i < t->count; i++) {
        for (size_t c = 0; c < TABLE_COLUMNS; c++) {
            int len = (int)strlen(t->rows[i][c]);

            width[c] = len > width[c] ? len : width[c];
        }
    }
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
