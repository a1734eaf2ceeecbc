/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "registry/attached_tags.h"

#include "base/mem.h"
#include "oci/tag_filter.h"
#include "registry/connection/client_internal.h"
#include "registry/mirror_fallback.h"
#include "registry/pull.h"
#include "registry/tags.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TAGS_MAX = 100000 }; /* kept of one repository */

/* ---- the list of a repository ---- */

static int
take_attached_tag(void *ctx, const char *tag, struct err *err)
{
    struct attached_tags *a = ctx;

    if (!tag_is_referrers_list(tag) && !tag_is_of_cosign(tag))
        return 0;
    if (a->count == TAGS_MAX)
        return err_set(err, ERR_LIMIT, "more than %d tags of attached objects", TAGS_MAX);
    a->tags = mem_grow(a->tags, a->count, &a->cap, sizeof(*a->tags));
    a->tags[a->count++] = xstrdup(tag);
    return 0;
}

static int
compare_attached(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* A refused list, or a long one, is not an error: then tags are requested one by one. */
static bool
is_unlisted(const struct err *err)
{
    return err->kind == ERR_AUTH || err->kind == ERR_NOT_FOUND ||
           err->kind == ERR_PROTOCOL || err->kind == ERR_LIMIT;
}

static int
request_list(struct session *s, const struct repository *repo, struct attached_tags *a,
             struct err *err)
{
    const struct name_sink sink = {
        .take = take_attached_tag, .ctx = a, .pages_max = ATTACHED_PAGES_MAX};
    struct err why = ERR_INIT;

    if (tags_list(s, repo, &sink, &why) == 0) {
        if (a->count > 0)
            qsort(a->tags, a->count, sizeof(*a->tags), compare_attached);
        return 1;
    }
    if (is_unlisted(&why) || (why.kind == ERR_NETWORK && mirror_exists(s, repo)))
        return 0;
    *err = why;
    return -1;
}

/* The entry of a repository.  *is_new: this worker has to request the list.  Caller holds
 * the lock. */
static struct attached_tags *
find_entry(struct client *c, const struct repository *repo, bool *is_new)
{
    struct attached_tags *a;

    for (a = c->attached; a; a = a->next) {
        if (strcmp(a->host, repo->host) == 0 && strcmp(a->path, repo->path) == 0)
            break;
    }
    *is_new = !a;
    if (a)
        return a;
    a = xcalloc(1, sizeof(*a));
    a->host = xstrdup(repo->host);
    a->path = xstrdup(repo->path);
    a->is_asking = true;
    a->next = c->attached;
    c->attached = a;
    return a;
}

/* NULL on failure. */
static const struct attached_tags *
list_of(struct session *s, const struct repository *repo, const struct digest *subject,
        struct err *err)
{
    struct client *c = s->client;
    struct attached_tags *a;
    bool is_new;
    int rc = 0;

    pthread_mutex_lock(&c->lock);
    a = find_entry(c, repo, &is_new);
    while (!is_new && a->is_asking)
        pthread_cond_wait(&c->changed, &c->lock);
    pthread_mutex_unlock(&c->lock);
    if (!is_new)
        return a;
    rc = request_list(s, repo, a, err);
    if (rc == 0)
        (void)!pull_look_for(s, repo, subject, NULL, err_ignored()); /* tests HEAD */
    pthread_mutex_lock(&c->lock);
    a->is_asking = false;
    a->is_known = rc == 1;
    pthread_cond_broadcast(&c->changed);
    pthread_mutex_unlock(&c->lock);
    return rc < 0 ? NULL : a;
}

/* ---- one tag ---- */

/* Whether there is such a tag. */
static int
has_tag(struct session *s, const struct repository *repo, const struct attached_tags *a,
        const char *tag, bool *found, struct err *err)
{
    struct err why = ERR_INIT;
    int rc;

    if (a->is_known) {
        *found = a->count > 0 && bsearch(&tag, a->tags, a->count, sizeof(*a->tags),
                                         compare_attached) != NULL;
        return 0;
    }
    rc = pull_look_for_tag(s, repo, tag, &why);
    *found = rc == 1;
    if (rc >= 0 || (why.kind == ERR_NETWORK && mirror_exists(s, repo)))
        return 0;
    *err = why;
    return -1;
}

int
attached_tags_find(struct session *s, const struct repository *repo,
                   const struct digest *subject, bool wants_list,
                   struct attached_found *out, struct err *err)
{
    const struct attached_tags *a = list_of(s, repo, subject, err);
    char base[REFERRERS_TAG_MAX], tag[REFERRER_TAG_MAX];

    *out = (struct attached_found){.has_list = false};
    if (!a)
        return -1;
    referrers_tag(subject, base);
    if (wants_list && has_tag(s, repo, a, base, &out->has_list, err) < 0)
        return err_wrap(err, "%s", base);
    for (size_t i = 0; i < COSIGN_SUFFIXES; i++) {
        snprintf(tag, sizeof(tag), "%s%s", base, cosign_suffixes[i]);
        if (has_tag(s, repo, a, tag, &out->has_cosign[i], err) < 0)
            return err_wrap(err, "%s", tag);
    }
    return 0;
}
