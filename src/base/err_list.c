/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "base/err_list.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

void
err_list_add(struct err_list *list, const struct err *err)
{
    list->total++;
    if (list->count == ERR_LIST_MAX)
        return;
    list->items = mem_grow(list->items, list->count, &list->cap, sizeof(*list->items));
    list->items[list->count++] = *err;
}

static bool
has_one_hint(const struct err_list *list)
{
    for (size_t i = 1; i < list->count; i++) {
        const struct err *a = &list->items[0], *b = &list->items[i];

        if (a->reason != b->reason || strcmp(a->subject, b->subject) != 0 ||
            strcmp(a->hint, b->hint) != 0)
            return false;
    }
    return true;
}

int
err_list_end(const struct err_list *list, const struct events *to, const char *what,
             struct err *err)
{
    const struct err *first = list->items;
    bool is_shared = has_one_hint(list);

    if (list->total == 0)
        return 0;
    if (list->total == 1) {
        *err = *first;
        return -1;
    }
    for (size_t i = 0; i < list->count; i++)
        events_error(to, &list->items[i], is_shared);
    if (!is_shared)
        return err_set(err, first->kind, "%zu %s", list->total, what);
    err_because(err, first->kind, first->reason, "%zu %s", list->total, what);
    memcpy(err->subject, first->subject, sizeof(err->subject));
    memcpy(err->hint, first->hint, sizeof(err->hint));
    return -1;
}

void
err_list_release(struct err_list *list)
{
    free(list->items);
    *list = (struct err_list)ERR_LIST_INIT;
}
