/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "images/image_source.h"

#include "oci/graph_walk.h"

#include <assert.h>

int
image_source_read(const struct image_source *s, uint32_t object, struct buf *out,
                  struct err *err)
{
    assert(graph_object(s->set->graph, object)->state != GRAPH_OMITTED);
    buf_clear(out);
    if (s->read(s->ctx, object, out, err) == 0)
        return 0;
    buf_clear(out); /* bytes that failed are not to be used */
    return -1;
}

ssize_t
image_source_read_at(const struct image_source *s, uint32_t object, void *out, size_t len,
                     uint64_t offset, struct err *err)
{
    const struct graph_object *o = graph_object(s->set->graph, object);
    uint64_t left = offset < o->size ? o->size - offset : 0;

    assert(o->state != GRAPH_OMITTED);
    if (left < len)
        len = (size_t)left;
    return len > 0 ? s->read_at(s->ctx, object, out, len, offset, err) : 0;
}
