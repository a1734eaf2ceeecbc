/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "ops/plan/document_cache.h"

#include "base/mem.h"
#include "io/crypto/hash.h"

#include <pthread.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

struct cached_document {
    struct digest digest; /* first: it is the key of the tree */
    char *bytes;
    size_t len;
};

struct document_cache {
    pthread_mutex_t lock; /* guards all below */
    void *items;          /* tree of struct cached_document, see tsearch(3) */
    size_t bytes;
};

static int
compare_documents(const void *a, const void *b)
{
    return digest_compare(a, b);
}

struct document_cache *
document_cache_new(void)
{
    static const char empty[] = "{}";
    struct document_cache *s = xcalloc(1, sizeof(*s));
    struct digest digest;

    pthread_mutex_init(&s->lock, NULL);
    if (hash_bytes(DIGEST_SHA256, empty, strlen(empty), &digest, err_ignored()) == 0)
        (void)!document_cache_put(s, &digest, xstrdup(empty), strlen(empty),
                                  err_ignored());
    return s;
}

static void
free_document(void *key)
{
    struct cached_document *item = key;

    free(item->bytes);
    free(item);
}

void
document_cache_free(struct document_cache *s)
{
    if (!s)
        return;
    tdestroy(s->items, free_document);
    pthread_mutex_destroy(&s->lock);
    free(s);
}

int
document_cache_put(struct document_cache *s, const struct digest *digest, char *bytes,
                   size_t len, struct err *err)
{
    struct cached_document *item = xcalloc(1, sizeof(*item));
    void **slot;
    int rc = 0;

    *item = (struct cached_document){.digest = *digest, .bytes = bytes, .len = len};
    pthread_mutex_lock(&s->lock);
    slot = tsearch(item, &s->items, compare_documents);
    if (!slot)
        mem_exhausted();
    if (*slot != item)
        free_document(item);
    else if ((s->bytes += len) > DOCUMENT_CACHE_BYTES_MAX)
        rc = err_set(err, ERR_LIMIT, "indexes and manifests take more than %u MiB",
                     DOCUMENT_CACHE_BYTES_MAX >> 20);
    pthread_mutex_unlock(&s->lock);
    return rc < 0 ? err_hint(err, "split the list of images over several bundles") : 0;
}

const char *
document_cache_find(struct document_cache *s, const struct digest *digest, size_t *len)
{
    struct cached_document *const *found;
    const char *bytes = NULL;

    pthread_mutex_lock(&s->lock);
    found = tfind(digest, &s->items, compare_documents);
    if (found) {
        bytes = (*found)->bytes;
        *len = (*found)->len;
    }
    pthread_mutex_unlock(&s->lock);
    return bytes;
}
