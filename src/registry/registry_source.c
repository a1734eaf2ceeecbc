/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "registry/registry_source.h"

#include "registry/pull.h"
#include "registry/pull_blob.h"
#include "registry/referrers.h"
#include "registry/tags.h"

#include <string.h>

static struct repository
repository_of(const struct reference *ref)
{
    return (struct repository){
        .host = ref->host, .path = ref->path, .by_digest = ref->has_digest};
}

static int
list_repository_tags(void *ctx, unsigned worker, const struct reference *repository,
                     const struct tag_sink *sink, struct err *err)
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

    if (pull_by_digest(client_session(ctx, worker), &repo, what->digest, what->size, &got,
                       err) < 0)
        return -1;
    take_pulled(out, &got);
    return 0;
}

static int
stream_blob(void *ctx, unsigned worker, const struct image_object *what,
            struct blob_prefix *prefix, const struct byte_sink *sink, struct err *err)
{
    struct session *session = client_session(ctx, worker);
    struct repository repo = repository_of(what->in);

    if (what->url)
        return pull_linked_blob(session, &repo, what->url, what->digest, what->size, sink,
                                err);
    return pull_blob(session, &repo, what->digest, what->size, prefix, sink, err);
}

struct image_source
registry_source(struct client *client)
{
    return (struct image_source){.ctx = client,
                                 .list_tags = list_repository_tags,
                                 .resolve = resolve_in_registry,
                                 .list_referrers = list_repository_referrers,
                                 .fetch_document = fetch_manifest,
                                 .fetch_blob = stream_blob};
}
