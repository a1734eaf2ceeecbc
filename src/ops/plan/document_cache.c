/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "ops/plan/document_cache.h"

#include "base/digest_map.h"
#include "base/mem.h"
#include "io/crypto/hash.h"
#include "oci/document.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

struct cached_document {
    struct digest digest;
    char *bytes;
    size_t len;
};

struct document_cache {
    pthread_mutex_t lock;    /* guards all members below */
    struct digest_map items; /* struct cached_document */
    size_t bytes;
};

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
free_document(void *value)
{
    struct cached_document *item = value;

    free(item->bytes);
    free(item);
}

void
document_cache_free(struct document_cache *s)
{
    if (!s)
        return;
    digest_map_release_with(&s->items, free_document);
    pthread_mutex_destroy(&s->lock);
    free(s);
}

int
document_cache_put(struct document_cache *s, const struct digest *digest, char *bytes,
                   size_t len, struct err *err)
{
    struct cached_document *item = xcalloc(1, sizeof(*item));
    int rc = 0;

    *item = (struct cached_document){.digest = *digest, .bytes = bytes, .len = len};
    pthread_mutex_lock(&s->lock);
    if (digest_map_add(&s->items, &item->digest, item) != item)
        free_document(item);
    else if ((s->bytes += len) > DOCUMENT_CACHE_BYTES_MAX)
        rc = err_set(err, ERR_LIMIT, "indexes and manifests exceed %u MiB",
                     DOCUMENT_CACHE_BYTES_MAX >> 20);
    pthread_mutex_unlock(&s->lock);
    return rc < 0 ? err_hint(err, "split the list of images into several bundles") : 0;
}

const char *
document_cache_find(struct document_cache *s, const struct digest *digest, size_t *len)
{
    const struct cached_document *item;

    pthread_mutex_lock(&s->lock);
    item = digest_map_find(&s->items, digest);
    pthread_mutex_unlock(&s->lock);
    if (!item)
        return NULL;
    *len = item->len;
    return item->bytes;
}

void
document_warn_large(const struct events *events, size_t len)
{
    if (len > DOCUMENT_WARN_BYTES)
        events_warning(events,
                       "a manifest is larger than %u MiB, which many registries reject",
                       DOCUMENT_WARN_BYTES >> 20);
}
