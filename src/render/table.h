/* SPDX-License-Identifier: Apache-2.0 */
/* table.h - columns of text, each as wide as its widest cell.
 *
 * If the width of the result is limited, digests are cut to 12 digits, and the cells of
 * the first column lose their beginning.
 *
 * Layer: render.
 */
#ifndef RENDER_TABLE_H
#define RENDER_TABLE_H

#include "render/result.h"

#define TABLE_COLUMNS 4

struct table {
    char *(*rows)[TABLE_COLUMNS]; /* cells, owned */
    size_t count, cap;
};

#define TABLE_INIT                                                                       \
    {                                                                                    \
        .rows = NULL                                                                     \
    }

/* Add a row; the cells are copied. */
void table_add(struct table *t, const char *const cells[TABLE_COLUMNS]);

/* As table_add(), with the first cell indented by this many levels. */
void table_add_below(struct table *t, unsigned depth,
                     const char *const cells[TABLE_COLUMNS]);

/* Append the table to the text of a result; the last column may be empty throughout. */
void table_say(struct table *t, struct result *r);
void table_release(struct table *t);

#endif
