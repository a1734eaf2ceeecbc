/* SPDX-License-Identifier: Apache-2.0 */
/* table.h - columns of text, each as wide as its widest cell.
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

/* Append it to the text of a result; the last column may be empty throughout. */
void table_say(const struct table *t, struct result *r);
void table_release(struct table *t);

#endif
