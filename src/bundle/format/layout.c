/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "bundle/format/layout.h"

#include "base/mem.h"
#include "base/text.h"
#include "bundle/format/index.h"
#include "bundle/format/index_write.h"
#include "bundle/format/sums.h"
#include "io/archive/tar.h"
#include "io/crypto/hash.h"
#include "oci/graph_walk.h"
#include "oci/reference_list.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const uint64_t TOTAL_END = UINT64_C(1) << 62;

void
layout_release(struct layout *l)
{
    buf_release(&l->index);
    buf_release(&l->sums);
    free(l->members);
    l->members = NULL;
    l->member_count = 0;
}

/* Bytes of header, body and padding of one member. */
static uint64_t
span(uint64_t size)
{
    return TAR_BLOCK + tar_padded(size);
}

static int
check_input(const struct layout_input *in, struct err *err)
{
    uint64_t sum = 0;

    if (in->set->count > REFERENCE_LIST_MAX)
        return err_set(err, ERR_LIMIT, "%zu names: a bundle can contain at most %d",
                       in->set->count, REFERENCE_LIST_MAX);
    if (in->mtime > TAR_MTIME_MAX)
        return err_set(err, ERR_LIMIT,
                       "SOURCE_DATE_EPOCH %" PRIu64 " is too late for a tar header",
                       in->mtime);
    for (size_t i = 0; i < in->set->count; i++) {
        if (in->set->entries[i].digest.alg != DIGEST_SHA256)
            return err_set(err, ERR_PROTOCOL,
                           "%s has a sha512 digest, which a bundle does not support",
                           in->set->entries[i].name);
    }
    for (size_t i = 0; i < in->blob_count; i++) {
        const struct bundle_member *blob = &in->blobs[i];
        char text[DIGEST_TEXT_MAX];

        digest_text(&blob->digest, text);
        if (blob->digest.alg != DIGEST_SHA256)
            return err_set(err, ERR_PROTOCOL, "a bundle does not support the digest %s",
                           text);
        if (blob->size >= TOTAL_END || (sum += span(blob->size)) >= TOTAL_END)
            return err_set(err, ERR_LIMIT, "the bundle would be larger than 2^62 bytes");
    }
    return 0;
}

/* Fix the offsets for an index.json of index_len bytes. */
static void
place_members(struct layout *l, size_t index_len)
{
    uint64_t at = span(strlen(BUNDLE_OCI_LAYOUT)) + span(index_len);

    l->signatures_at = at;
    at += BUNDLE_SIGNATURE_AREA;
    l->sums_at = at;
    at += span(l->sums.len);
    for (size_t i = 0; i < l->member_count; i++) {
        l->members[i].offset = at + TAR_BLOCK;
        at += span(l->members[i].size);
    }
    l->total = at + 2 * TAR_BLOCK;
}

/*
 * index.json contains the size of the file it is part of.  Starting from below, each
 * round can only increase both, so the first fixed point is the smallest size that fits.
 */
static int
settle_sizes(struct layout *l, const struct layout_input *in, struct err *err)
{
    struct index_pins pins = {.members = l->member_count + 1}; /* plus oci-layout */

    if (hash_bytes(DIGEST_SHA256, l->sums.data, l->sums.len, &pins.sums, err) < 0)
        return -1;
    do {
        pins.bytes = l->total;
        buf_clear(&l->index);
        if (index_write(&l->index, in->meta, in->set, &pins, err) < 0)
            return -1;
        place_members(l, l->index.len);
    } while (l->total != pins.bytes);
    return l->total < TOTAL_END
               ? 0
               : err_set(err, ERR_LIMIT, "the bundle would be larger than 2^62 bytes");
}

int
layout_plan(struct layout *out, const struct layout_input *in, struct err *err)
{
    CLEANUP(layout_release) struct layout l = LAYOUT_INIT;

    if (check_input(in, err) < 0 || sums_write(&l.sums, in->blobs, in->blob_count,
                                               in->omitted, in->omitted_count, err) < 0)
        return -1;
    l.mtime = in->mtime;
    l.member_count = in->blob_count;
    l.members = xcalloc(in->blob_count, sizeof(*l.members));
    if (in->blob_count > 0)
        memcpy(l.members, in->blobs, in->blob_count * sizeof(*l.members));
    if (settle_sizes(&l, in, err) < 0)
        return -1;
    layout_release(out);
    *out = l;
    l = (struct layout)LAYOUT_INIT;
    return 0;
}

/* ---- from an image set ---- */

static struct bundle_member *
list_blobs(const struct graph *g)
{
    const uint32_t *order = graph_order(g);
    struct bundle_member *blobs = xcalloc(graph_member_count(g), sizeof(*blobs));

    for (size_t i = 0; i < graph_member_count(g); i++) {
        const struct graph_object *o = graph_object(g, order[i]);

        blobs[i] = (struct bundle_member){.digest = o->digest, .size = o->size};
    }
    return blobs;
}

static struct bundle_omitted *
list_omitted(const struct image_set *set, size_t *count)
{
    const uint32_t *ids = graph_omitted(set->graph, count);
    struct bundle_omitted *omitted = xcalloc(*count, sizeof(*omitted));

    for (size_t i = 0; i < *count; i++) {
        const struct graph_object *o = graph_object(set->graph, ids[i]);

        omitted[i] = (struct bundle_omitted){
            .digest = o->digest, .size = o->size, .is_missing = set->is_missing[ids[i]]};
    }
    return omitted;
}

int
layout_plan_set(struct layout *out, const struct image_set *set,
                const struct bundle_meta *meta, uint64_t mtime, struct err *err)
{
    size_t omitted_count;
    struct bundle_member *blobs = list_blobs(set->graph);
    struct bundle_omitted *omitted = list_omitted(set, &omitted_count);
    const struct layout_input in = {.meta = meta,
                                    .mtime = mtime,
                                    .set = set,
                                    .blobs = blobs,
                                    .blob_count = graph_member_count(set->graph),
                                    .omitted = omitted,
                                    .omitted_count = omitted_count};
    int rc = layout_plan(out, &in, err);

    free(blobs);
    free(omitted);
    return rc;
}
