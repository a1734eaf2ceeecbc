/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "ops/push/push_context.h"

#include "oci/graph_walk.h"

#include <string.h>

struct session *
push_context_session(const struct push_context *push, unsigned worker)
{
    return client_session(push->options->client, worker);
}

struct repository
push_context_repository(const struct push_context *push, uint32_t repo)
{
    return (struct repository){.host = push->options->mapping.target.host,
                               .path = push->result->plan.repos[repo]};
}

int
push_context_wrap(struct err *err, const struct repository *repo)
{
    return err_wrap(err, "%s/%s", repo->host, repo->path);
}

void
push_context_refused(const struct push_context *push, const struct push_plan_name *name,
                     struct err *err)
{
    bool is_of_image =
        err->kind == ERR_PROTOCOL || (err->kind == ERR_NOT_FOUND && err->hint[0] == '\0');

    if (!is_of_image || err->reason || push->options->keep_going || push->set->count < 2)
        return;
    err->reason = REASON_REFUSED;
    if (name) {
        char text[REFERENCE_TEXT_MAX];

        reference_name(&name->to, text);
        err_subject(err, text);
    }
}

void
push_context_found(struct push_context *push, uint32_t repo)
{
    pthread_mutex_lock(&push->lock);
    push->repos[repo].is_used = true;
    pthread_mutex_unlock(&push->lock);
}

void
push_context_count(struct push_context *push, size_t *counter, size_t n)
{
    pthread_mutex_lock(&push->lock);
    *counter += n;
    pthread_mutex_unlock(&push->lock);
}

int
push_context_accepted(struct push_context *push, struct err *err)
{
    const struct push_options *o = push->options;
    int rc = 0;

    pthread_mutex_lock(&push->acceptance);
    if (!push->was_accepted && o->accepted)
        rc = o->accepted(o->accepted_ctx, err);
    push->was_accepted |= rc == 0;
    pthread_mutex_unlock(&push->acceptance);
    if (rc < 0)
        err->kind = ERR_LOCAL; /* the target is not at fault, so it ends the push */
    return rc;
}

struct image_object
push_context_object(const struct push_context *push, uint32_t object)
{
    const struct graph_object *o = graph_object(push->set->graph, object);

    return (struct image_object){.digest = &o->digest, .size = o->size};
}

int
push_context_read(struct push_context *push, uint32_t object, struct buf *out,
                  struct err *err)
{
    const struct image_source *source = push->source;
    const struct image_object what = push_context_object(push, object);
    struct image_document read = {.bytes = *out};
    int rc = source->fetch_document(source->ctx, 0, &what, &read, err);

    *out = read.bytes;

    if (rc < 0)
        push->is_unread = true;
    return rc;
}

int
push_context_compare(struct push_context *push, uint32_t object,
                     const struct pulled *back, struct err *err)
{
    CLEANUP(buf_release) struct buf bytes = BUF_INIT(DOCUMENT_BYTES_MAX);

    if (push_context_read(push, object, &bytes, err) < 0)
        return -1;
    if (bytes.len != back->bytes.len ||
        memcmp(bytes.data, back->bytes.data, bytes.len) != 0)
        return err_because(err, ERR_INTEGRITY, REASON_DIGEST,
                           "registry returned different content than was pushed");
    events_done(&push->options->run->events, 1);
    return 0;
}
