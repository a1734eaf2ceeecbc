/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "ops/plan/foreign_urls.h"

#include "base/mem.h"

#include <search.h>
#include <stdlib.h>
#include <string.h>

enum { URLS_MAX = 64 }; /* of one digest, over all descriptors */

struct foreign_item {
    struct digest digest; /* first: it is the key of the tree */
    char *urls[URLS_MAX];
    size_t count;
};

struct foreign_urls {
    void *items; /* tree of struct foreign_item, see tsearch(3) */
};

static int
compare_foreign_items(const void *a, const void *b)
{
    return digest_compare(a, b);
}

struct foreign_urls *
foreign_urls_new(void)
{
    return xcalloc(1, sizeof(struct foreign_urls));
}

static void
free_foreign_item(void *key)
{
    struct foreign_item *item = key;

    for (size_t i = 0; i < item->count; i++)
        free(item->urls[i]);
    free(item);
}

void
foreign_urls_free(struct foreign_urls *l)
{
    if (l)
        tdestroy(l->items, free_foreign_item);
    free(l);
}

static void
add_url(struct foreign_item *item, const char *url)
{
    for (size_t i = 0; i < item->count; i++) {
        if (strcmp(item->urls[i], url) == 0)
            return;
    }
    if (item->count < URLS_MAX)
        item->urls[item->count++] = xstrdup(url);
}

void
foreign_urls_note(struct foreign_urls *l, const struct descriptor *d)
{
    struct foreign_item *const *found;
    struct foreign_item *item;

    if (d->url_count == 0)
        return;
    found = tfind(&d->digest, &l->items, compare_foreign_items);
    item = found ? *found : xcalloc(1, sizeof(*item));
    item->digest = d->digest;
    if (!found && !tsearch(item, &l->items, compare_foreign_items))
        mem_exhausted();
    for (size_t i = 0; i < d->url_count; i++)
        add_url(item, d->urls[i]);
}

char *const *
foreign_urls_find(const struct foreign_urls *l, const struct digest *digest,
                  size_t *count)
{
    struct foreign_item *const *found = tfind(digest, &l->items, compare_foreign_items);

    *count = found ? (*found)->count : 0;
    return found ? (*found)->urls : NULL;
}
