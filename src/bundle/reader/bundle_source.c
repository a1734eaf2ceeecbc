/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "bundle/reader/bundle_source.h"

#include "bundle/reader/member_read.h"

static int
read_object(const void *ctx, uint32_t object, struct buf *out, struct err *err)
{
    const struct bundle_content *c = ctx;

    return bundle_read_member(c, c->member_of_object[object], out, err);
}

static ssize_t
read_object_at(const void *ctx, uint32_t object, void *out, size_t len, uint64_t offset,
               struct err *err)
{
    const struct bundle_content *c = ctx;
    const struct bundle_member *m = &c->members[c->member_of_object[object]];
    ssize_t n = volumes_read(&c->file, out, len, m->offset + offset, err);

    if (n != 0)
        return n;
    return err_because(err, ERR_INTEGRITY, REASON_TRUNCATED,
                       "the bundle became shorter while it was read");
}

struct image_source
bundle_source(const struct bundle *b)
{
    const struct bundle_content *c = bundle_content(b);

    return (struct image_source){
        .set = &c->set, .read = read_object, .read_at = read_object_at, .ctx = c};
}
