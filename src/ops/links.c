#include "config.h"
#include "ops/links.h"

#include "base/mem.h"

#include <search.h>
#include <stdlib.h>
#include <string.h>

enum { URLS_MAX = 64 }; /* of one digest, over all descriptors */

struct item {
    struct digest digest; /* first: it is the key of the tree */
    char *urls[URLS_MAX];
    size_t count;
};

struct links {
    void *items; /* tree of struct item, see tsearch(3) */
};

static int
compare_digests(const void *a, const void *b)
{
    return digest_compare(a, b);
}

struct links *
links_new(void)
{
    return xcalloc(1, sizeof(struct links));
}

static void
free_item(void *key)
{
    struct item *item = key;

    for (size_t i = 0; i < item->count; i++)
        free(item->urls[i]);
    free(item);
}

void
links_free(struct links *l)
{
    if (l)
        tdestroy(l->items, free_item);
    free(l);
}

static void
add(struct item *item, const char *url)
{
    for (size_t i = 0; i < item->count; i++) {
        if (strcmp(item->urls[i], url) == 0)
            return;
    }
    if (item->count < URLS_MAX)
        item->urls[item->count++] = xstrdup(url);
}

void
links_note(struct links *l, const struct descriptor *d)
{
    struct item *const *found;
    struct item *item;

    if (d->url_count == 0)
        return;
    found = tfind(&d->digest, &l->items, compare_digests);
    item = found ? *found : xcalloc(1, sizeof(*item));
    item->digest = d->digest;
    if (!found && !tsearch(item, &l->items, compare_digests))
        mem_exhausted();
    for (size_t i = 0; i < d->url_count; i++)
        add(item, d->urls[i]);
}

char *const *
links_find(const struct links *l, const struct digest *digest, size_t *count)
{
    struct item *const *found = tfind(digest, &l->items, compare_digests);

    *count = found ? (*found)->count : 0;
    return found ? (*found)->urls : NULL;
}
