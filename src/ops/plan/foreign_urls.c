/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "ops/plan/foreign_urls.h"

#include "base/digest_map.h"
#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

enum { URLS_MAX = 64 }; /* per digest, over all descriptors */

struct foreign_item {
    struct digest digest;
    char *urls[URLS_MAX];
    size_t count;
};

struct foreign_urls {
    struct digest_map items; /* struct foreign_item */
};

struct foreign_urls *
foreign_urls_new(void)
{
    return xcalloc(1, sizeof(struct foreign_urls));
}

static void
free_foreign_item(void *value)
{
    struct foreign_item *item = value;

    for (size_t i = 0; i < item->count; i++)
        free(item->urls[i]);
    free(item);
}

void
foreign_urls_free(struct foreign_urls *l)
{
    if (l)
        digest_map_release_with(&l->items, free_foreign_item);
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
    struct foreign_item *item;

    if (d->url_count == 0)
        return;
    item = digest_map_find(&l->items, &d->digest);
    if (!item) {
        item = xcalloc(1, sizeof(*item));
        item->digest = d->digest;
        digest_map_add(&l->items, &item->digest, item);
    }
    for (size_t i = 0; i < d->url_count; i++)
        add_url(item, d->urls[i]);
}

char *const *
foreign_urls_find(const struct foreign_urls *l, const struct digest *digest,
                  size_t *count)
{
    const struct foreign_item *item = digest_map_find(&l->items, digest);

    *count = item ? item->count : 0;
    return item ? item->urls : NULL;
}
