#include "config.h"
#include "bundle/stock.h"

#include "base/mem.h"
#include "bundle/reader_internal.h"

#include <stdlib.h>
#include <string.h>

/* ---- by digest ---- */

static int
by_digest(const void *a, const void *b)
{
    const struct bundle_member *x = a, *y = b;

    return digest_compare(&x->digest, &y->digest);
}

int
stock_open(struct stock *out, struct volumes file, struct err *err)
{
    struct bundle_untrusted *head = bundle_head(file, err);
    struct err end = ERR_INIT; /* damage further on only ends the list */
    struct tar_entry e;
    struct cursor c;
    size_t cap = 0;

    if (!head)
        return -1;
    c = head->cursor;
    e = head->sums;
    bundle_untrusted_release(&head);
    out->file = file;
    while (out->count < GRAPH_OBJECTS_MAX && cursor_skip(&c, &e, &end) == 0 &&
           cursor_next(&c, &e, &end) == 1) {
        struct bundle_member m = {.size = e.size, .offset = c.at};

        if (!bundle_blob_digest(&m.digest, e.name))
            break;
        out->members = mem_grow(out->members, out->count, &cap, sizeof(*out->members));
        out->members[out->count++] = m;
    }
    if (out->count > 0)
        qsort(out->members, out->count, sizeof(*out->members), by_digest);
    return 0;
}

void
stock_release(struct stock *s)
{
    free(s->members);
    *s = (struct stock)STOCK_INIT;
}

bool
stock_find(const struct stock *s, const struct digest *digest, uint64_t size,
           uint64_t *offset)
{
    const struct bundle_member key = {.digest = *digest}, *hit = NULL;

    if (s->count > 0)
        hit = bsearch(&key, s->members, s->count, sizeof(*s->members), by_digest);
    if (!hit || hit->size != size)
        return false;
    *offset = hit->offset;
    return true;
}

/* ---- by layout ---- */

bool
stock_is_of(const struct volumes *file, const struct layout *l)
{
    struct cursor c = {.file = *file, .at = l->sums_at};
    CLEANUP(buf_release) struct buf text = BUF_INIT(BUNDLE_SUMS_MAX);
    struct err other = ERR_INIT; /* what cannot be read is not it */
    struct tar_entry e;

    return file->size <= l->total && cursor_next(&c, &e, &other) == 1 &&
           strcmp(e.name, "SHA256SUMS") == 0 && e.size == l->sums.len &&
           cursor_body(&c, &e, &text, &other) == 0 &&
           memcmp(text.data, l->sums.data, l->sums.len) == 0;
}
