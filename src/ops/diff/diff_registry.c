/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "ops/diff/diff_registry.h"

#include "base/mem.h"
#include "base/pool.h"
#include "base/text.h"
#include "oci/mapping.h"
#include "oci/tag_filter.h"
#include "registry/catalog.h"
#include "registry/pull.h"
#include "registry/tags.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- the tags of a repository ---- */

struct tag_adding {
    struct diff_names *out;
    struct reference repository;
    size_t skip; /* bytes of a name that keys do not have */
};

/* Lists of referrers, and tags of digests, are made by clients that push, so they are not
 * compared. */
static int
add_listed_tag(void *ctx, const char *tag, struct err *err)
{
    struct tag_adding *a = ctx;
    struct reference ref = a->repository;
    char name[REFERENCE_TEXT_MAX];
    struct diff_name *n;

    if (tag_is_referrers_list(tag) || text_starts(tag, MAPPING_DIGEST_TAG))
        return 0;
    memcpy(ref.tag, tag, strlen(tag) + 1);
    reference_name(&ref, name);
    return diff_names_add(a->out, &ref, name + a->skip, &n, err);
}

static int
add_tags(struct tag_adding *a, const struct diff_options *o, struct err *err)
{
    const struct repository repo = {.host = a->repository.host,
                                    .path = a->repository.path};
    const struct name_sink sink = {.take = add_listed_tag, .ctx = a};

    if (tags_list(client_session(o->client, 0), &repo, &sink, err) < 0)
        return err_wrap(err, "%s/%s", repo.host, repo.path);
    return 0;
}

/* ---- everything below a place ---- */

struct path_list {
    const char *prefix;
    char **items; /* owned */
    size_t count, cap;
};

static void
path_list_release(struct path_list *l)
{
    for (size_t i = 0; i < l->count; i++)
        free(l->items[i]);
    free(l->items);
}

static int
keep_path(struct path_list *l, const char *path, struct err *err)
{
    if (l->count == DIFF_NAMES_MAX)
        return err_set(err, ERR_LIMIT, "more than %d repositories", DIFF_NAMES_MAX);
    l->items = mem_grow(l->items, l->count, &l->cap, sizeof(*l->items));
    l->items[l->count++] = xstrdup(path);
    return 0;
}

static int
keep_path_below(void *ctx, const char *path, struct err *err)
{
    struct path_list *l = ctx;
    size_t len = strlen(l->prefix);

    if (len > 0 &&
        (!text_starts(path, l->prefix) || (path[len] != '\0' && path[len] != '/')))
        return 0;
    return keep_path(l, path, err);
}

/* Without a catalog the place can only be a repository. */
static int
list_paths(struct path_list *l, const struct target *place, const struct diff_options *o,
           bool *is_sure, struct err *err)
{
    const struct name_sink sink = {.take = keep_path_below, .ctx = l};
    struct err why = ERR_INIT;

    if (catalog_read(client_session(o->client, 0), place->host, &sink, &why) < 0 &&
        ((why.reason != REASON_NO_CATALOG && why.kind != ERR_AUTH) ||
         place->prefix[0] == '\0')) {
        *err = why;
        return -1;
    }
    *is_sure = l->count > 0;
    return l->count == 0 && place->prefix[0] != '\0' ? keep_path(l, place->prefix, err)
                                                     : 0;
}

int
diff_list_place(struct diff_names *out, const struct target *place,
                const struct diff_options *o, struct err *err)
{
    CLEANUP(path_list_release) struct path_list paths = {.prefix = place->prefix};
    struct tag_adding a = {.out = out,
                           .skip = strlen(place->host) + 1 + strlen(place->prefix)};
    bool is_sure;

    if (list_paths(&paths, place, o, &is_sure, err) < 0)
        return -1;
    a.repository = (struct reference){.host = ""};
    memcpy(a.repository.host, place->host, sizeof(place->host));
    for (size_t i = 0; i < paths.count; i++) {
        struct err why = ERR_INIT;

        memcpy(a.repository.path, paths.items[i], strlen(paths.items[i]) + 1);
        /* Some catalogs list repositories without tags. */
        if (add_tags(&a, o, &why) < 0 && !(is_sure && why.kind == ERR_NOT_FOUND)) {
            *err = why;
            return -1;
        }
    }
    return 0;
}

/* ---- what is like the names of another side ---- */

static int
by_place(const void *left, const void *right)
{
    const struct reference *a = *(const struct reference *const *)left;
    const struct reference *b = *(const struct reference *const *)right;
    int order = strcmp(a->host, b->host);

    return order != 0 ? order : strcmp(a->path, b->path);
}

/* Some accounts may fetch images, but not list tags: only the names of the other side are
 * requested. */
static int
add_unlisted(struct diff_names *out, const struct reference *const *same, size_t count,
             const struct diff_options *o, const struct err *why, struct err *err)
{
    events_warning(&o->run->events, "names that only %s/%s has are not shown: %s",
                   same[0]->host, same[0]->path, why->msg);
    for (size_t i = 0; i < count && by_place(&same[0], &same[i]) == 0; i++) {
        struct diff_name *n;

        if (same[i]->tag[0] != '\0' && diff_names_add(out, same[i], NULL, &n, err) < 0)
            return -1;
    }
    return 0;
}

static int
add_repositories(struct diff_names *out, const struct reference *const *sorted,
                 size_t count, const struct diff_options *o, struct err *err)
{
    struct tag_adding a = {.out = out};

    for (size_t i = 0; i < count; i++) {
        struct err why = ERR_INIT;

        if (i > 0 && by_place(&sorted[i - 1], &sorted[i]) == 0)
            continue;
        a.repository = *sorted[i];
        a.repository.has_digest = false;
        memset(a.repository.tag, 0, sizeof(a.repository.tag));
        if (add_tags(&a, o, &why) == 0 || why.kind == ERR_NOT_FOUND)
            continue;
        if (why.kind != ERR_AUTH && why.kind != ERR_PROTOCOL) {
            *err = why;
            return -1;
        }
        if (add_unlisted(out, sorted + i, count - i, o, &why, err) < 0)
            return -1;
    }
    return 0;
}

/* One without a tag is at the target only by its digest. */
static int
add_digests(struct diff_names *out, const struct diff_names *others,
            const struct reference *places, struct err *err)
{
    for (size_t i = 0; i < others->count; i++) {
        struct diff_name *n;

        if (places[i].tag[0] == '\0' &&
            diff_names_add(out, &places[i], NULL, &n, err) < 0)
            return -1;
    }
    return 0;
}

int
diff_list_like(struct diff_names *out, const struct diff_names *others,
               const struct reference *places, const struct diff_options *o,
               struct err *err)
{
    const struct reference **sorted = xcalloc(others->count + 1, sizeof(*sorted));
    int rc;

    for (size_t i = 0; i < others->count; i++)
        sorted[i] = &places[i];
    qsort(sorted, others->count, sizeof(*sorted), by_place);
    rc = add_repositories(out, sorted, others->count, o, err);
    free(sorted);
    return rc < 0 ? -1 : add_digests(out, others, places, err);
}

/* ---- digests ---- */

struct look_job {
    struct pool_job job;
    const struct diff_options *options;
    struct diff_name *name;
};

static int
look_up_name(struct pool_job *base, unsigned worker, struct err *err)
{
    struct look_job *job = (struct look_job *)base;
    struct diff_name *n = job->name;
    struct session *s = client_session(job->options->client, worker);
    const struct repository repo = {
        .host = n->ref.host, .path = n->ref.path, .by_digest = n->ref.has_digest};
    int rc;

    if (n->ref.has_digest) {
        rc = pull_look_for(s, &repo, &n->ref.digest, NULL, err);
        n->digest = n->ref.digest;
    } else {
        rc = pull_look_at_tag(s, &repo, n->ref.tag, &n->digest, err);
    }
    n->has_digest = rc == 1;
    events_done(&job->options->run->events, 1);
    return rc < 0 ? err_wrap(err, "%s", n->name) : 0;
}

int
diff_look_up(struct diff_names *names, const bool *wanted, const struct diff_options *o,
             struct err *err)
{
    CLEANUP(pool_release)
    struct pool *pool = pool_new(o->run->jobs, &o->run->cancel, err);
    struct look_job *jobs;
    size_t count = 0;
    int rc;

    if (!pool)
        return -1;
    jobs = xcalloc(names->count + 1, sizeof(*jobs));
    for (size_t i = 0; i < names->count; i++) {
        if (wanted[i])
            jobs[count++] = (struct look_job){
                .job.run = look_up_name, .options = o, .name = &names->items[i]};
    }
    events_phase(&o->run->events, "comparing", count, EVENT_ITEMS);
    for (size_t i = 0; i < count; i++)
        pool_add(pool, &jobs[i].job);
    rc = pool_wait(pool, err);
    pool_release(&pool); /* no job runs any more */
    free(jobs);
    return rc;
}
