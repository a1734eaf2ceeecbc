/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "images/image_source.h"

void
image_document_release(struct image_document *d)
{
    buf_release(&d->bytes);
}

void
blob_prefix_release(struct blob_prefix *p)
{
    hash_release(&p->hash);
}

bool
image_source_left_out(const struct image_source *s, const struct digest *child)
{
    return s->is_left_out && s->is_left_out(s->ctx, child);
}
