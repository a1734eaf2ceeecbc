/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "ops/plan/find_referrers.h"

#include "base/mem.h"
#include "oci/graph_walk.h"
#include "oci/reference_list.h"
#include "ops/plan/plan_name.h"

#include <search.h>
#include <stdlib.h>
#include <string.h>

struct referrer_search {
    const struct walk_options *options;
    struct referrer_node *nodes; /* in the order of discovery */
    size_t count, cap;
    void *names; /* tree of strings: the names so far, see tsearch(3) */
    void *asked; /* tree of strings: documents queried, by repository */
};

/* ---- sets of strings ---- */

static int
compare_set_texts(const void *a, const void *b)
{
    return strcmp(a, b);
}

/* Add a string; false when it is a duplicate.  Takes ownership. */
static bool
add_to_set(void **set, char *text)
{
    char *const *found = tsearch(text, set, compare_set_texts);

    if (!found)
        mem_exhausted();
    if (*found == text)
        return true;
    free(text);
    return false;
}

static char *
name_text(const struct reference *ref)
{
    char name[REFERENCE_TEXT_MAX];

    reference_name(ref, name);
    return xstrdup(name);
}

static char *
pinned_text(const struct plan_name *name)
{
    struct reference pinned = name->ref;

    pinned.tag[0] = '\0';
    pinned.has_digest = true;
    pinned.digest = name->digest;
    return name_text(&pinned);
}

/* ---- querying one document ---- */

struct ask_job {
    struct pool_job job;
    const struct walk_options *options;
    struct reference ref; /* of the repository */
    struct digest subject;
    bool is_dropped; /* it was replaced: what is attached to it is left out */
    bool drops;      /* and there is something */
    size_t node;     /* node of the name that reaches it */
    struct plan_name *found;
    size_t count, cap;
};

static void
keep_referrer(struct ask_job *job, const struct plan_name *name)
{
    job->found = mem_grow(job->found, job->count, &job->cap, sizeof(*job->found));
    job->found[job->count++] = *name;
}

/* Put a document into the cache and record its name. */
static int
cache_referrer(struct ask_job *job, const char *tag, struct image_document *got,
               const char *media_type, struct err *err)
{
    struct plan_name name = {.ref = job->ref,
                             .digest = got->digest,
                             .size = got->bytes.len,
                             .is_attached = true,
                             .subject = job->subject};

    memset(name.ref.tag, 0, sizeof(name.ref.tag));
    memcpy(name.ref.tag, tag, strlen(tag));
    name.ref.has_digest = tag[0] == '\0';
    name.ref.digest = got->digest;
    memcpy(name.media_type, media_type, strlen(media_type) + 1);
    document_warn_large(&job->options->run->events, got->bytes.len);
    keep_referrer(job, &name);
    return document_cache_put(job->options->cache, &name.digest, buf_steal(&got->bytes),
                              (size_t)name.size, err);
}

/* Skip a tag or a digest of the repository that cannot be fetched. */
static int
skip_referrer(struct ask_job *job, const char *tag, const struct digest *digest,
              struct err *err)
{
    struct failures *failures = job->options->failures;
    struct reference ref = job->ref;

    memset(ref.tag, 0, sizeof(ref.tag));
    memcpy(ref.tag, tag, strlen(tag));
    ref.has_digest = digest != NULL;
    if (digest)
        ref.digest = *digest;
    if (failures_is_gap(err) && err->reason == REASON_NONE)
        err->reason = REASON_REFERRERS;
    if (!failures_may_note(failures, err))
        return -1;
    failures_miss(failures, &ref);
    err_wrap(err, "%s/%s", ref.host, ref.path);
    return failures_note_name(failures, &ref, err);
}

/* Lists are not trustworthy: the document itself must name its subject. */
static int
belongs(const struct ask_job *job, const struct image_document *got,
        const char *media_type, struct err *err)
{
    CLEANUP(document_release) struct document doc = DOCUMENT_INIT;
    char text[DIGEST_TEXT_MAX];

    digest_text(&got->digest, text);
    if (document_parse(&doc, got->bytes.data ? got->bytes.data : "", got->bytes.len,
                       media_type, ERR_PROTOCOL, err) < 0)
        return err_wrap(err, "%s", text);
    if (doc.has_subject && digest_equal(&doc.subject, &job->subject))
        return 1;
    events_warning(
        &job->options->run->events,
        "%s/%s: %s is listed as a referrer, but refers to something else: ignored",
        job->ref.host, job->ref.path, text);
    return 0;
}

static int
fetch_referrer(const struct ask_job *job, unsigned worker, const struct referrer *r,
               struct image_document *got, struct err *err)
{
    const struct image_source *source = job->options->source;
    const struct image_object what = {
        .in = &job->ref, .digest = &r->digest, .size = r->size};
    struct reference name = job->ref;

    if (r->has_digest)
        return source->fetch_document(source->ctx, worker, &what, got, err);
    memcpy(name.tag, r->tag, strlen(r->tag) + 1);
    name.has_digest = false;
    return source->resolve(source->ctx, worker, &name, got, err) < 0
               ? err_wrap(err, "%s", r->tag)
               : 0;
}

static int
take_referrer(struct ask_job *job, unsigned worker, const struct referrer *r,
              struct err *err)
{
    CLEANUP(image_document_release) struct image_document got = IMAGE_DOCUMENT_INIT;
    const struct digest *digest = r->tag[0] == '\0' ? &r->digest : NULL;
    const char *type = r->media_type;
    int rc;

    if (fetch_referrer(job, worker, r, &got, err) < 0) {
        if (err->kind == ERR_NOT_FOUND)
            err_hint(err, "the registry lists it as a referrer, but does not have it");
        return skip_referrer(job, r->tag, digest, err);
    }
    if (type[0] == '\0')
        type = got.media_type;
    if (r->tag[0] != '\0') /* cosign's have no subject */
        return cache_referrer(job, r->tag, &got, type, err);
    rc = belongs(job, &got, type, err);
    if (rc < 0)
        return skip_referrer(job, "", digest, err);
    return rc == 1 ? cache_referrer(job, "", &got, type, err) : rc;
}

static int
take_referrers(struct ask_job *job, unsigned worker, struct err *err)
{
    const struct image_source *source = job->options->source;
    CLEANUP(referrers_release) struct referrers list = REFERRERS_INIT;
    char tag[REFERRERS_TAG_MAX];

    referrers_tag(&job->subject, tag);
    if (source->list_referrers(source->ctx, worker, &job->ref, &job->subject, &list,
                               err) < 0)
        return skip_referrer(job, tag, NULL, err);
    job->drops = job->is_dropped && list.count > 0;
    for (size_t i = 0; !job->is_dropped && i < list.count; i++) {
        if (take_referrer(job, worker, &list.items[i], err) < 0)
            return -1;
    }
    return 0;
}

static int
fetch_referrers(struct pool_job *base, unsigned worker, struct err *err)
{
    struct ask_job *job = (struct ask_job *)base;

    if (take_referrers(job, worker, err) < 0)
        return err_wrap(err, "%s/%s", job->ref.host, job->ref.path);
    events_done(&job->options->run->events, 1);
    return 0;
}

/* ---- one round: everything reached by the newest names ---- */

struct round {
    struct referrer_search *search;
    struct reach reach;
    struct ask_job *jobs;
    size_t count, cap;
    size_t node; /* the node whose documents are visited */
};

static void
round_release(struct round *r)
{
    for (size_t i = 0; i < r->count; i++)
        free(r->jobs[i].found);
    free(r->jobs);
    reach_release(&r->reach);
}

/* For graph_walk_root(): one query for each document of a repository. */
static void
plan_question(void *ctx, uint32_t id, bool as_document)
{
    struct round *r = ctx;
    struct referrer_search *search = r->search;
    const struct plan_name *name = &search->nodes[r->node].name;
    const struct reference *ref = &name->ref;
    const struct digest *digest = &graph_object(r->reach.graph, id)->digest;
    bool is_dropped = name->is_rebuilt && digest_equal(digest, &name->digest);
    char text[DIGEST_TEXT_MAX];

    if (is_dropped)
        digest = &name->served;
    digest_text(digest, text);
    if (!as_document ||
        !add_to_set(&search->asked, xasprintf("%s/%s@%s", ref->host, ref->path, text)))
        return;
    r->jobs = mem_grow(r->jobs, r->count, &r->cap, sizeof(*r->jobs));
    r->jobs[r->count++] = (struct ask_job){.job.run = fetch_referrers,
                                           .options = search->options,
                                           .ref = *ref,
                                           .subject = *digest,
                                           .is_dropped = is_dropped,
                                           .node = r->node};
}

static int
plan_questions(struct round *r, size_t begin, struct err *err)
{
    const struct referrer_search *search = r->search;
    size_t count = search->count - begin;
    struct plan_name *names = xcalloc(count, sizeof(*names));
    CLEANUP(graph_walk_release) struct graph_walk *walk = NULL;
    size_t kept = count, next = 0;
    int rc;

    for (size_t i = 0; i < count; i++)
        names[i] = search->nodes[begin + i].name;
    rc = walk_what_is_there(&r->reach, names, &kept, search->options, err);
    walk = rc == 0 ? graph_walk_new(r->reach.graph) : NULL;
    for (size_t i = 0; walk && i < count && next < kept; i++) {
        r->node = begin + i;
        if (!reference_same_name(&search->nodes[r->node].name.ref, &names[next].ref))
            continue; /* it was lost */
        graph_walk_root(walk, graph_root(r->reach.graph, next++), plan_question, r);
    }
    free(names);
    return rc;
}

static int
add_referrers(struct referrer_search *s, const struct ask_job *job, struct err *err)
{
    s->nodes[job->node].name.drops_referrers |= job->drops;
    for (size_t i = 0; i < job->count; i++) {
        if (!add_to_set(&s->names, name_text(&job->found[i].ref)))
            continue;
        if (s->count == REFERENCE_LIST_MAX)
            return err_set(err, ERR_LIMIT, "more than %d images and referrers",
                           REFERENCE_LIST_MAX);
        s->nodes = mem_grow(s->nodes, s->count, &s->cap, sizeof(*s->nodes));
        s->nodes[s->count++] =
            (struct referrer_node){.name = job->found[i], .parent = job->node};
    }
    return 0;
}

static int
search_below(struct referrer_search *s, size_t begin, struct err *err)
{
    CLEANUP(round_release) struct round r = {.search = s};

    if (plan_questions(&r, begin, err) < 0)
        return -1;
    for (size_t i = 0; i < r.count; i++)
        pool_add(s->options->pool, &r.jobs[i].job);
    if (pool_wait(s->options->pool, err) < 0)
        return -1;
    for (size_t i = 0; i < r.count; i++) {
        if (add_referrers(s, &r.jobs[i], err) < 0)
            return -1;
    }
    return 0;
}

/* ---- the whole search ---- */

static void
referrer_search_release(struct referrer_search *s)
{
    tdestroy(s->names, free);
    tdestroy(s->asked, free);
    free(s->nodes);
}

int
find_referrers(struct plan_name **names, size_t *count,
               const struct walk_options *options, struct err *err)
{
    CLEANUP(referrer_search_release) struct referrer_search s = {.options = options};
    struct plan_name *ordered;
    size_t begin = 0;

    for (size_t i = 0; i < *count; i++) {
        s.nodes = mem_grow(s.nodes, s.count, &s.cap, sizeof(*s.nodes));
        s.nodes[s.count++] = (struct referrer_node){.name = (*names)[i],
                                                    .parent = REFERRER_WITHOUT_SUBJECT};
        (void)add_to_set(&s.names, name_text(&(*names)[i].ref));
        (void)add_to_set(&s.names, pinned_text(&(*names)[i])); /* found again later */
    }
    for (unsigned depth = 0; begin < s.count; depth++) {
        size_t next = s.count;

        if (depth > REFERRER_DEPTH_MAX)
            return err_set(err, ERR_LIMIT,
                           "referrers of referrers are nested more than %d deep",
                           REFERRER_DEPTH_MAX);
        if (search_below(&s, begin, err) < 0)
            return -1;
        begin = next;
    }
    ordered = referrer_order(s.nodes, s.count, *count);
    free(*names);
    *names = ordered;
    *count = s.count;
    return 0;
}

static int
by_parent(const void *left, const void *right)
{
    const struct referrer_node *a = *(const struct referrer_node *const *)left;
    const struct referrer_node *b = *(const struct referrer_node *const *)right;
    int order;

    if (a->parent != b->parent)
        return a->parent < b->parent ? -1 : 1;
    order = digest_compare(&a->name.digest, &b->name.digest);
    return order != 0 ? order : strcmp(a->name.ref.tag, b->name.ref.tag);
}

struct ordering {
    const struct referrer_node *nodes;
    const struct referrer_node **sorted; /* by parent */
    size_t count;
    struct plan_name *out;
    size_t out_count;
};

/* Emit a name, then its referrers.  Recurses at most REFERRER_DEPTH_MAX deep. */
static void
emit_node(struct ordering *o, const struct referrer_node *node)
{
    size_t self = (size_t)(node - o->nodes), low = 0, high = o->count;

    o->out[o->out_count++] = node->name;
    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (o->sorted[middle]->parent < self)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < o->count && o->sorted[low]->parent == self; low++)
        emit_node(o, o->sorted[low]);
}

struct plan_name *
referrer_order(const struct referrer_node *nodes, size_t count, size_t given)
{
    struct ordering o = {.nodes = nodes, .count = count};

    o.sorted = xcalloc(count, sizeof(*o.sorted));
    o.out = xcalloc(count, sizeof(*o.out));
    for (size_t i = 0; i < count; i++)
        o.sorted[i] = &nodes[i];
    qsort(o.sorted, count, sizeof(*o.sorted), by_parent);
    for (size_t i = 0; i < given; i++)
        emit_node(&o, &nodes[i]);
    free(o.sorted);
    return o.out;
}
