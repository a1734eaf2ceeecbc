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

enum image_absence
image_source_absence(const struct image_source *s, const struct digest *child)
{
    return s->absence ? s->absence(s->ctx, child) : ABSENCE_UNKNOWN;
}
