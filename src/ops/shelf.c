#include "config.h"
#include "ops/shelf.h"

#include "base/mem.h"
#include "io/hash.h"

#include <pthread.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

struct item {
    struct digest digest; /* first: it is the key of the tree */
    char *bytes;
    size_t len;
};

struct shelf {
    pthread_mutex_t lock; /* guards all below */
    void *items;          /* tree of struct item, see tsearch(3) */
    size_t bytes;
};

static int
compare_digests(const void *a, const void *b)
{
    return digest_compare(a, b);
}

struct shelf *
shelf_new(void)
{
    static const char empty[] = "{}";
    struct shelf *s = xcalloc(1, sizeof(*s));
    struct err ignored = ERR_INIT;
    struct digest digest;

    pthread_mutex_init(&s->lock, NULL);
    if (hash_bytes(DIGEST_SHA256, empty, strlen(empty), &digest, &ignored) == 0)
        (void)!shelf_put(s, &digest, xstrdup(empty), strlen(empty), &ignored);
    return s;
}

static void
free_item(void *key)
{
    struct item *item = key;

    free(item->bytes);
    free(item);
}

void
shelf_free(struct shelf *s)
{
    if (!s)
        return;
    tdestroy(s->items, free_item);
    pthread_mutex_destroy(&s->lock);
    free(s);
}

int
shelf_put(struct shelf *s, const struct digest *digest, char *bytes, size_t len,
          struct err *err)
{
    struct item *item = xcalloc(1, sizeof(*item));
    void **slot;
    int rc = 0;

    *item = (struct item){.digest = *digest, .bytes = bytes, .len = len};
    pthread_mutex_lock(&s->lock);
    slot = tsearch(item, &s->items, compare_digests);
    if (!slot)
        mem_exhausted();
    if (*slot != item)
        free_item(item);
    else if ((s->bytes += len) > SHELF_BYTES_MAX)
        rc = err_set(err, ERR_LIMIT, "indexes and manifests take more than %u MiB",
                     SHELF_BYTES_MAX >> 20);
    pthread_mutex_unlock(&s->lock);
    return rc < 0 ? err_hint(err, "split the list of images over several bundles") : 0;
}

const char *
shelf_find(struct shelf *s, const struct digest *digest, size_t *len)
{
    struct item *const *found;
    const char *bytes = NULL;

    pthread_mutex_lock(&s->lock);
    found = tfind(digest, &s->items, compare_digests);
    if (found) {
        bytes = (*found)->bytes;
        *len = (*found)->len;
    }
    pthread_mutex_unlock(&s->lock);
    return bytes;
}
