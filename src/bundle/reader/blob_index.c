/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "bundle/reader/blob_index.h"

#include "base/mem.h"
#include "bundle/reader/head.h"
#include "bundle/reader/member_cursor.h"
#include "bundle/reader/reader_internal.h"

#include <stdlib.h>
#include <string.h>

/* ---- index by digest ---- */

int
blob_index_open(struct blob_index *out, struct volumes file, struct err *err)
{
    struct bundle_untrusted *head = bundle_head(file, err);
    struct err end = ERR_INIT; /* damage after the head only ends the list */
    struct tar_entry e;
    struct member_cursor c;
    size_t cap = 0;

    if (!head)
        return -1;
    c = head->cursor;
    e = head->sums;
    bundle_untrusted_release(&head);
    out->file = file;
    while (out->count < GRAPH_OBJECTS_MAX && member_cursor_skip(&c, &e, &end) == 0 &&
           member_cursor_next(&c, &e, &end) == 1) {
        struct bundle_member m = {.size = e.size, .offset = c.at};

        if (!bundle_blob_digest(&m.digest, e.name))
            break;
        out->members = mem_grow(out->members, out->count, &cap, sizeof(*out->members));
        out->members[out->count++] = m;
    }
    for (size_t i = 0; i < out->count; i++)
        digest_map_add(&out->by_digest, &out->members[i].digest, &out->members[i]);
    return 0;
}

void
blob_index_release(struct blob_index *s)
{
    digest_map_release(&s->by_digest);
    free(s->members);
    *s = (struct blob_index)BLOB_INDEX_INIT;
}

bool
blob_index_find(const struct blob_index *s, const struct digest *digest, uint64_t size,
                uint64_t *offset)
{
    const struct bundle_member *hit = digest_map_find(&s->by_digest, digest);

    if (!hit || hit->size != size)
        return false;
    *offset = hit->offset;
    return true;
}

/* ---- comparison with a layout ---- */

bool
blob_index_is_of(const struct volumes *file, const struct layout *l)
{
    struct member_cursor c = {.file = *file, .at = l->sums_at};
    CLEANUP(buf_release) struct buf text = BUF_INIT(BUNDLE_SUMS_MAX);
    struct err other = ERR_INIT; /* an unreadable file does not match */
    struct tar_entry e;

    return file->size <= l->total && member_cursor_next(&c, &e, &other) == 1 &&
           strcmp(e.name, "SHA256SUMS") == 0 && e.size == l->sums.len &&
           member_cursor_body(&c, &e, &text, &other) == 0 &&
           memcmp(text.data, l->sums.data, l->sums.len) == 0;
}
