/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "registry/registry_source.h"

#include "base/byte_pipe.h"
#include "base/mem.h"
#include "registry/exchange.h"
#include "registry/pull.h"
#include "registry/pull_blob.h"
#include "registry/referrers.h"
#include "registry/tags.h"

#include <stdlib.h>
#include <string.h>

static struct repository
repository_of(const struct reference *ref)
{
    return (struct repository){
        .host = ref->host, .path = ref->path, .by_digest = ref->has_digest};
}

static int
list_repository_tags(void *ctx, unsigned worker, const struct reference *repository,
                     const struct name_sink *sink, struct err *err)
{
    struct repository repo = repository_of(repository);

    return tags_list(client_session(ctx, worker), &repo, sink, err);
}

static void
take_pulled(struct image_document *out, struct pulled *pulled)
{
    buf_release(&out->bytes);
    *out = (struct image_document){.bytes = pulled->bytes, .digest = pulled->digest};
    memcpy(out->media_type, pulled->media_type, sizeof(out->media_type));
    pulled->bytes = (struct buf)BUF_INIT(0);
}

static int
resolve_in_registry(void *ctx, unsigned worker, const struct reference *name,
                    struct image_document *out, struct err *err)
{
    struct session *session = client_session(ctx, worker);
    struct repository repo = repository_of(name);
    CLEANUP(pulled_release) struct pulled top = PULLED_INIT;
    int rc = name->has_digest
                 ? pull_by_digest(session, &repo, &name->digest, UINT64_MAX, &top, err)
                 : pull_by_tag(session, &repo, name->tag, &top, err);

    if (rc == 0)
        take_pulled(out, &top);
    return rc;
}

static int
list_repository_referrers(void *ctx, unsigned worker, const struct reference *in,
                          const struct digest *subject, struct referrers *out,
                          struct err *err)
{
    struct repository repo = repository_of(in);

    return referrers_list(client_session(ctx, worker), &repo, subject, out, err);
}

static int
fetch_manifest(void *ctx, unsigned worker, const struct image_object *what,
               struct image_document *out, struct err *err)
{
    struct repository repo = repository_of(what->in);
    CLEANUP(pulled_release) struct pulled got = PULLED_INIT;

    if (pull_by_type(client_session(ctx, worker), &repo, what->digest, what->media_type,
                     what->size, &got, err) < 0)
        return -1;
    take_pulled(out, &got);
    return 0;
}

static int
fetch_stream(void *ctx, unsigned worker, const struct image_object *what,
             struct blob_prefix *prefix, const struct byte_sink *sink, struct err *err)
{
    struct session *session = client_session(ctx, worker);
    struct repository repo = repository_of(what->in);

    if (what->url)
        return pull_linked_blob(session, &repo, what->url, what->digest, what->size, sink,
                                err);
    return pull_blob(session, &repo, what->digest, what->size, prefix, sink, err);
}

/* A blob that is fetched while it is read. */
struct streamed_blob {
    struct session *session;
    struct repository repo;
    struct digest digest;
    char *const *urls; /* where it is when the repository lacks it */
    size_t url_count;
    struct byte_producer producer;
    struct byte_pipe *pipe;
};

static int
produce_blob(void *ctx, uint64_t from, const struct byte_sink *sink, struct err *err)
{
    const struct streamed_blob *b = ctx;

    if (pull_blob_from(b->session, &b->repo, &b->digest, b->producer.size, from, sink,
                       err) == 0)
        return 0;
    for (size_t i = 0; i < b->url_count && err->kind == ERR_NOT_FOUND; i++) {
        *err = (struct err)ERR_INIT;
        if (pull_linked_blob(b->session, &b->repo, b->urls[i], &b->digest,
                             b->producer.size, sink, err) == 0)
            return 0;
        if (err->kind != ERR_SIGNAL && err->kind != ERR_LOCAL)
            err->kind = ERR_NOT_FOUND; /* the next one may have it */
    }
    return -1;
}

static ssize_t
read_stream(void *ctx, void *out, size_t len, uint64_t offset, struct err *err)
{
    const struct streamed_blob *b = ctx;
    const struct byte_source source = byte_pipe_source(b->pipe);

    return source.read_at(source.ctx, out, len, offset, err);
}

static void
open_stream(void *ctx, unsigned worker, const struct image_object *what,
            struct byte_source *out)
{
    struct client *client = ctx;
    struct streamed_blob *b = xcalloc(1, sizeof(*b));

    *b = (struct streamed_blob){
        .session = client_session(client, worker),
        .repo = repository_of(what->in),
        .digest = *what->digest,
        .urls = what->urls,
        .url_count = what->url_count,
        .producer = {.produce = produce_blob, .ctx = b, .size = what->size}};
    b->pipe = byte_pipe_new(&b->producer, &client->config.run->cancel);
    *out = (struct byte_source){.read_at = read_stream, .ctx = b, .size = what->size};
}

static void
close_stream(struct byte_source *blob)
{
    struct streamed_blob *b = blob->ctx;

    byte_pipe_free(b->pipe);
    free(b);
    blob->ctx = NULL;
}

struct image_source
registry_source(struct client *client)
{
    return (struct image_source){.ctx = client,
                                 .is_remote = true,
                                 .list_tags = list_repository_tags,
                                 .resolve = resolve_in_registry,
                                 .list_referrers = list_repository_referrers,
                                 .fetch_document = fetch_manifest,
                                 .fetch_blob = fetch_stream,
                                 .open_blob = open_stream,
                                 .close_blob = close_stream};
}
