/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "ops/push/push_children.h"

#include "base/mem.h"
#include "io/json/json.h"
#include "oci/graph_walk.h"
#include "registry/push.h"

/* How the documents of a repository use a blob. */
struct child_use {
    const char *media_type; /* as an index lists it; NULL: none does */
    bool is_part;           /* it is a config or a layer too */
};

static struct child_use
find_use(const struct push_context *push, const struct placement *p)
{
    const struct push_plan *plan = &push->result->plan;
    const struct graph *g = push->set->graph;
    struct child_use use = {.media_type = NULL};

    for (size_t i = 0; i < plan->document_count; i++) {
        const struct graph_object *o = graph_object(g, plan->documents[i].object);

        for (uint32_t e = 0; plan->documents[i].repo == p->repo && e < o->edge_count;
             e++) {
            if (o->edges[e].to != p->object)
                continue;
            if (o->edges[e].kind != EDGE_CHILD)
                use.is_part = true;
            else if (!use.media_type)
                use.media_type = graph_media_type(g, &o->edges[e]);
        }
    }
    return use;
}

static int
read_whole(const struct byte_source *in, struct buf *out, struct err *err)
{
    char piece[16 << 10];

    while (out->len < in->size) {
        uint64_t left = in->size - out->len;
        ssize_t n = in->read_at(in->ctx, piece,
                                left < sizeof(piece) ? (size_t)left : sizeof(piece),
                                out->len, err);

        if (n < 0)
            return -1;
        if (n == 0 || buf_add(out, piece, (size_t)n) < 0)
            return err_set(err, ERR_INTERNAL, "a blob has another size than before");
    }
    return 0;
}

static int
read_child(struct push_context *push, unsigned worker, uint32_t object, struct buf *out,
           struct err *err)
{
    const struct image_object what = push_context_object(push, object);
    struct byte_source in;
    int rc;

    push->source->open_blob(push->source->ctx, worker, &what, &in);
    rc = read_whole(&in, out, err);
    push->source->close_blob(&in);
    if (rc < 0)
        push->is_unread = true;
    return rc;
}

static bool
is_json(const struct buf *bytes)
{
    CLEANUP(js_release)
    struct js *root =
        bytes->len > 0 && bytes->data[0] == '{'
            ? js_parse_foreign(bytes->data, bytes->len, ERR_PROTOCOL, err_ignored())
            : NULL;

    return root != NULL;
}

/* The registry answered, and rejects this form of the child. */
static bool
is_refused(const struct err *err)
{
    return err->kind == ERR_AUTH || err->kind == ERR_NOT_FOUND ||
           err->kind == ERR_PROTOCOL || err->kind == ERR_CONFLICT;
}

static int
put_child(struct push_context *push, unsigned worker, struct placement *p,
          const struct repository *repo, const char *media_type, const struct buf *bytes,
          struct err *err)
{
    const struct graph_object *o = graph_object(push->set->graph, p->object);
    char name[DIGEST_TEXT_MAX];
    struct err why = ERR_INIT;

    digest_text(&o->digest, name);
    if (push_manifest(push_context_session(push, worker), repo, name, &o->digest,
                      media_type, bytes->data, bytes->len, NULL, &why) == 0) {
        push_context_count(push, &push->result->counts.documents_pushed, 1);
        p->is_manifest = true;
        return 0;
    }
    if (!is_refused(&why)) {
        *err = why;
        return -1;
    }
    events_debug(&push->options->run->events, "%s/%s: %s; pushing it as a blob",
                 repo->host, repo->path, why.msg);
    return 0;
}

int
push_child(struct push_context *push, unsigned worker, struct placement *p,
           enum child_end *end, struct err *err)
{
    const struct graph_object *o = graph_object(push->set->graph, p->object);
    CLEANUP(buf_release) struct buf bytes = BUF_INIT(CHILD_BYTES_MAX);
    struct repository repo = push_context_repository(push, p->repo);
    struct child_use use;
    int found;

    *end = CHILD_IS_BLOB;
    if (!o->has_parent_child_edge || o->size > CHILD_BYTES_MAX || o->size == 0)
        return 0;
    use = find_use(push, p);
    if (!use.media_type || use.media_type[0] == '\0')
        return 0;
    if (read_child(push, worker, p->object, &bytes, err) < 0)
        return -1;
    if (!is_json(&bytes))
        return 0;
    found = pull_look_for(push_context_session(push, worker), &repo, &o->digest,
                          use.media_type, err);
    if (found < 0)
        return -1;
    p->is_manifest = found == 1;
    if (found == 1)
        push_context_count(push, &push->result->counts.documents_present, 1);
    else if (!push->options->dry_run &&
             put_child(push, worker, p, &repo, use.media_type, &bytes, err) < 0)
        return -1;
    if (p->is_manifest && !use.is_part)
        *end = CHILD_THERE;
    return 0;
}

int
push_read_back_child(struct push_context *push, unsigned worker,
                     const struct placement *p, struct err *err)
{
    const struct graph_object *o = graph_object(push->set->graph, p->object);
    CLEANUP(pulled_release) struct pulled back = PULLED_INIT;
    struct repository repo = push_context_repository(push, p->repo);

    return pull_by_type(push_context_session(push, worker), &repo, &o->digest,
                        find_use(push, p).media_type, o->size, &back, err);
}
