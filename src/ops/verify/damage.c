/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "ops/verify/damage.h"

#include "base/mem.h"
#include "io/archive/tar.h"

#include <stdlib.h>

void
damage_list_release(struct damage_list *list)
{
    free(list->items);
    *list = (struct damage_list){.items = NULL};
}

static bool
is_worse(const struct damage *a, const struct damage *b)
{
    if (a->err.kind != b->err.kind)
        return a->err.kind == ERR_INTEGRITY;
    return a->offset < b->offset;
}

/* Workers find damage in any order. */
void
damage_note(struct damage_list *list, const struct damage *damage)
{
    size_t at;

    if (list->total++ == 0 || is_worse(damage, &list->worst))
        list->worst = *damage;
    if (!list->items)
        list->items = xcalloc(DAMAGE_MAX, sizeof(*list->items));
    if (list->count == DAMAGE_MAX) {
        if (damage->offset >= list->items[DAMAGE_MAX - 1].offset)
            return;
        list->count--;
    }
    at = list->count++;
    while (at > 0 && list->items[at - 1].offset > damage->offset) {
        list->items[at] = list->items[at - 1];
        at--;
    }
    list->items[at] = *damage;
}

struct damage
damage_of_member(const struct bundle_content *c, size_t member, const struct err *err)
{
    const struct bundle_member *m = &c->members[member];
    struct damage d = {.offset = m->offset,
                       .size = m->size,
                       .has_digest = true,
                       .digest = m->digest,
                       .err = *err};

    if (err->reason == REASON_PADDING) {
        d.offset += m->size;
        d.size = tar_padded(m->size) - m->size;
    }
    return d;
}
