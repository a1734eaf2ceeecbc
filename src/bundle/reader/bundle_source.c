/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "bundle/reader/bundle_source.h"

#include "base/mem.h"
#include "bundle/reader/member_read.h"
#include "oci/graph_walk.h"

#include <assert.h>
#include <stdlib.h>

static size_t
member_of_object(const struct bundle_content *c, const struct image_object *what)
{
    uint32_t id = graph_find(c->set.graph, what->digest);

    assert(id != GRAPH_NONE && graph_object(c->set.graph, id)->state != GRAPH_OMITTED);
    return c->member_of_object[id];
}

static int
read_member(void *ctx, unsigned worker, const struct image_object *what,
            struct image_document *out, struct err *err)
{
    const struct bundle_content *c = bundle_content(ctx);

    (void)worker;
    buf_clear(&out->bytes);
    out->digest = *what->digest;
    out->media_type[0] = '\0';
    if (bundle_read_member(c, member_of_object(c, what), &out->bytes, err) == 0)
        return 0;
    buf_clear(&out->bytes); /* bytes that failed the check must not be used */
    return -1;
}

struct member_bytes {
    const struct bundle_content *content;
    const struct bundle_member *member;
};

static ssize_t
read_member_at(void *ctx, void *out, size_t len, uint64_t offset, struct err *err)
{
    const struct member_bytes *b = ctx;
    const struct bundle_member *m = b->member;
    uint64_t left = offset < m->size ? m->size - offset : 0;
    ssize_t n;

    if (left < len)
        len = (size_t)left;
    n = len > 0 ? volumes_read(&b->content->file, out, len, m->offset + offset, err) : 0;
    if (n != 0 || len == 0)
        return n;
    return err_because(err, ERR_INTEGRITY, REASON_TRUNCATED,
                       "the bundle was truncated while it was being read");
}

static void
open_member(void *ctx, unsigned worker, const struct image_object *what,
            struct byte_source *out)
{
    const struct bundle_content *c = bundle_content(ctx);
    struct member_bytes *bytes = xcalloc(1, sizeof(*bytes));

    (void)worker;
    *bytes = (struct member_bytes){c, &c->members[member_of_object(c, what)]};
    *out = (struct byte_source){
        .read_at = read_member_at, .ctx = bytes, .size = bytes->member->size};
}

static void
close_member(struct byte_source *blob)
{
    free(blob->ctx);
    blob->ctx = NULL;
}

struct image_source
bundle_source(struct bundle *b)
{
    return (struct image_source){.ctx = b,
                                 .fetch_document = read_member,
                                 .open_blob = open_member,
                                 .close_blob = close_member};
}
