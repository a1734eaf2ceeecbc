/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Scan along an authentic list of members.  A valid header contains the length of its
 * body. Where a header is damaged, the next one is searched: after the body when a
 * document gives its size, else in every block.  Bodies between two valid headers are
 * located by the sizes in documents.
 */
#include "config.h"
#include "bundle/scan/scan_list.h"

#include "base/digest_map.h"
#include "base/mem.h"
#include "bundle/reader/member_cursor.h"
#include "io/crypto/hash.h"
#include "oci/document.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

struct planned {
    struct digest digest;
    bool has_size; /* from an authentic descriptor */
    bool is_document;
    enum { NOT_MET, PLACED, TOLD /* reported as lost */ } state;
    uint64_t size;
};

struct planned_list {
    struct scan *s;
    struct planned *plan;        /* in member order */
    struct digest_map by_digest; /* of the entries of plan */
    size_t count, next;          /* the member expected next, or count: the end */
    uint64_t end;                /* offset of the zero blocks */
};

static struct planned *
find_name(const struct planned_list *l, const char *name)
{
    struct digest d;

    return bundle_blob_digest(&d, name) ? digest_map_find(&l->by_digest, &d) : NULL;
}

/* ---- sizes ---- */

static void
learn_size(struct planned_list *l, const struct digest *digest, uint64_t size,
           bool is_document)
{
    struct planned *p = digest_map_find(&l->by_digest, digest);

    if (!p || size > l->end)
        return;
    p->is_document = p->is_document || is_document;
    if (p->has_size)
        return;
    p->has_size = true;
    p->size = size;
}

/* A document that matches its digest gives the sizes of what it refers to. */
static void
learn_from(struct planned_list *l, const struct planned *p, uint64_t body, uint64_t size)
{
    CLEANUP(buf_release) struct buf bytes = BUF_INIT(DOCUMENT_BYTES_MAX);
    CLEANUP(document_release) struct document doc = DOCUMENT_INIT;
    struct digest d;

    if (size > bytes.max || buf_resize(&bytes, (size_t)size) < 0 ||
        volumes_read(&l->s->at.file, bytes.data, bytes.len, body, err_ignored()) !=
            (ssize_t)bytes.len ||
        hash_bytes(p->digest.alg, bytes.data, bytes.len, &d, err_ignored()) < 0 ||
        !digest_equal(&d, &p->digest) ||
        document_parse(&doc, bytes.data, bytes.len, NULL, ERR_INTEGRITY, err_ignored()) <
            0)
        return;
    for (size_t i = 0; i < doc.count; i++) {
        const struct descriptor *e = &doc.edges[i];

        learn_size(l, &e->digest, e->size,
                   e->edge == EDGE_CHILD && document_by_type(e->media_type, e->size));
    }
}

/* ---- one member ---- */

static void
place_planned(struct planned_list *l, struct planned *p, uint64_t body, uint64_t size)
{
    if (!scan_place(l->s, &p->digest, body, size))
        return; /* truncated */
    p->state = PLACED;
    if (p->is_document)
        learn_from(l, p, body, size);
}

static void
note_listed_header(const struct planned_list *l, const struct planned *p, uint64_t at,
                   const struct err *found)
{
    char name[BUNDLE_BLOB_NAME_MAX];
    struct err why = *found;

    bundle_blob_name(&p->digest, name);
    if (why.kind == ERR_NONE) { /* zeros, which are well-formed */
        err_because(&why, ERR_INTEGRITY, REASON_HEADER, "at byte %" PRIu64 ": only zeros",
                    at);
        volumes_blame(&l->s->at.file, at, TAR_BLOCK, &why);
    }
    err_wrap(&why, "the header of %s", name);
    scan_note(l->s, at, TAR_BLOCK, &p->digest, &why);
}

/* A valid header that does not belong here; at: its offset. */
static void
note_stranger(const struct planned_list *l, const struct planned *p,
              const struct tar_entry *e, uint64_t at)
{
    uint64_t size = TAR_BLOCK + tar_padded(e->size);
    struct err why = ERR_INIT;

    err_because(&why, ERR_INTEGRITY, p ? REASON_DUPLICATE : REASON_EXTRA,
                "at byte %" PRIu64 ": %s %s", at, e->name,
                p ? "is a duplicate" : "does not belong here");
    volumes_blame(&l->s->at.file, at, size, &why);
    scan_note(l->s, at, size, NULL, &why);
}

/* A valid header of a member other than the next one. */
static void
note_order(const struct planned_list *l, const struct tar_entry *e, uint64_t at)
{
    char name[BUNDLE_BLOB_NAME_MAX];
    struct err why = ERR_INIT;

    bundle_blob_name(&l->plan[l->next].digest, name);
    err_because(&why, ERR_INTEGRITY, REASON_ORDER,
                "at byte %" PRIu64 ": found %s, expected %s", at, e->name, name);
    volumes_blame(&l->s->at.file, at, TAR_BLOCK, &why);
    scan_note(l->s, at, TAR_BLOCK, NULL, &why);
}

/* The cursor is after the header e. */
static void
scan_listed_member(struct planned_list *l, const struct tar_entry *e)
{
    struct planned *p = find_name(l, e->name);
    uint64_t body = l->s->at.at, header = body - TAR_BLOCK;
    struct err why = ERR_INIT;
    size_t number;

    l->s->at.at += tar_padded(e->size);
    if (!p || p->state == PLACED) {
        note_stranger(l, p, e, header);
        return;
    }
    number = (size_t)(p - l->plan);
    if (number > l->next)
        note_order(l, e, header);
    if (number >= l->next) /* otherwise it is late, which was reported */
        l->next = number + 1;
    if (p->has_size && p->size != e->size) {
        err_because(&why, ERR_INTEGRITY, REASON_SIZE,
                    "at byte %" PRIu64 ": %s has %" PRIu64
                    " bytes, but its descriptor says %" PRIu64,
                    header, e->name, e->size, p->size);
        scan_note(l->s, header, TAR_BLOCK, &p->digest, &why);
    }
    place_planned(l, p, body, e->size);
}

/* ---- damaged headers ---- */

static bool
is_planned(void *ctx, const struct tar_entry *e)
{
    const struct planned *p = find_name(ctx, e->name);

    return p && p->state != PLACED;
}

/* Whether an expected member is there; *number is its index, or count at the end. */
static bool
goes_on_at(struct planned_list *l, uint64_t at, size_t *number)
{
    struct member_cursor probe = l->s->at;
    struct tar_entry e;

    *number = l->count;
    probe.at = at;
    if (at >= l->end || at >= probe.file.size)
        return true;
    if (member_cursor_next(&probe, &e, err_ignored()) != 1 || !is_planned(l, &e))
        return false;
    *number = (size_t)(find_name(l, e.name) - l->plan);
    return true;
}

/* Report members first to last - 1, somewhere in this range. */
static void
note_lost(struct planned_list *l, size_t first, size_t last, uint64_t from, uint64_t to)
{
    char name[BUNDLE_BLOB_NAME_MAX], others[64] = "";
    struct err why = ERR_INIT;

    for (size_t i = first; i < last; i++)
        l->plan[i].state = TOLD;
    bundle_blob_name(&l->plan[first].digest, name);
    if (last - first > 1)
        snprintf(others, sizeof(others), " and %zu more", last - first - 1);
    err_because(&why, ERR_INTEGRITY, REASON_HEADER,
                "%s%s, in bytes %" PRIu64 " to %" PRIu64
                ", could not be located: no valid header",
                name, others, from, to - 1);
    volumes_blame(&l->s->at.file, from, to - from, &why);
    scan_note(l->s, from, to - from, last - first == 1 ? &l->plan[first].digest : NULL,
              &why);
}

/* Locate the members up to number `last`, whose header is valid and at `to`. */
static void
fill(struct planned_list *l, size_t last, uint64_t to)
{
    uint64_t at = l->s->at.at;
    size_t i = l->next;

    for (; i < last; i++) {
        struct planned *p = &l->plan[i];
        struct member_cursor probe = l->s->at;
        struct err why = ERR_INIT;
        struct tar_entry e;

        if (!p->has_size || at + TAR_BLOCK + tar_padded(p->size) > to)
            break;
        probe.at = at;
        if (i > l->next && member_cursor_next(&probe, &e, &why) != 1)
            note_listed_header(l, p, at, &why);
        place_planned(l, p, at + TAR_BLOCK, p->size);
        at += TAR_BLOCK + tar_padded(p->size);
    }
    if (i == l->next)
        at += TAR_BLOCK; /* the caller reports that one */
    if (i < last && at < to)
        note_lost(l, i, last, at, to);
}

static int
resync_list(struct planned_list *l, const struct err *found, struct err *err)
{
    struct planned *p = &l->plan[l->next];
    uint64_t header = l->s->at.at, to = header + TAR_BLOCK + tar_padded(p->size);
    size_t number;

    note_listed_header(l, p, header, found);
    if (!p->has_size || !goes_on_at(l, to, &number)) {
        int rc = scan_find(l->s, header + TAR_BLOCK, l->end, is_planned, l, &to, err);

        if (rc < 0)
            return -1;
        if (rc == 0)
            to = l->end < l->s->at.file.size ? l->end : l->s->at.file.size;
        (void)goes_on_at(l, to, &number);
    }
    fill(l, number, to);
    l->s->at.at = to;
    if (number > l->next)
        l->next = number;
    return 0;
}

/* ---- the whole list ---- */

/* Report members that were not found: beyond the end of a truncated file, or left out. */
static void
note_missing(const struct planned_list *l, uint64_t bytes)
{
    const struct volumes *file = &l->s->at.file;
    uint64_t lacking = file->size < bytes ? bytes - file->size : 0;
    char name[BUNDLE_BLOB_NAME_MAX], which[BUNDLE_BLOB_NAME_MAX + 64] = "";
    size_t missing = 0;
    struct err why = ERR_INIT;

    for (size_t i = l->count; i-- > 0;) {
        if (l->plan[i].state == NOT_MET) {
            missing++;
            bundle_blob_name(&l->plan[i].digest, name);
        }
    }
    if (missing > 0)
        snprintf(which, sizeof(which), "%zu of %zu objects are missing, from %s on",
                 missing, l->count, name);
    if (lacking == 0 && missing == 0)
        return;
    if (lacking == 0) {
        err_because(&why, ERR_INTEGRITY, REASON_MISSING, "%s", which);
    } else {
        if (volumes_check_size(file, bytes, &why) == 0)
            err_because(&why, ERR_INTEGRITY, REASON_TRUNCATED,
                        "the file ends at byte %" PRIu64 " of %" PRIu64, file->size,
                        bytes);
        if (missing > 0)
            err_wrap(&why, "%s", which);
    }
    scan_note(l->s, file->size < bytes ? file->size : l->end, lacking, NULL, &why);
}

static int
walk_planned(struct planned_list *l, struct err *err)
{
    struct member_cursor *at = &l->s->at;

    while (at->at < at->file.size && at->file.size - at->at >= TAR_BLOCK) {
        struct err why = ERR_INIT;
        struct tar_entry e;
        int rc;

        if (cancel_wanted(l->s->options->cancel))
            return cancel_error(err);
        if (l->next == l->count && at->at >= l->end)
            break;
        rc = member_cursor_next(at, &e, &why);
        if (rc == 1)
            scan_listed_member(l, &e);
        else if (l->next == l->count)
            break;
        else if (resync_list(l, &why, err) < 0)
            return -1;
    }
    return 0;
}

static void
planned_list_release(struct planned_list *l)
{
    free(l->plan);
    digest_map_release(&l->by_digest);
}

int
scan_list(struct scan *s, const struct index_content *index, const struct digest *digests,
          size_t count, struct err *err)
{
    CLEANUP(planned_list_release)
    struct planned_list l = {.s = s, .count = count};
    uint64_t bytes = index->pins.bytes;

    l.end = bytes > 2 * TAR_BLOCK ? bytes - 2 * TAR_BLOCK : 0;
    l.plan = xcalloc(count, sizeof(*l.plan));
    for (size_t i = 0; i < count; i++) {
        l.plan[i].digest = digests[i];
        digest_map_add(&l.by_digest, &l.plan[i].digest, &l.plan[i]);
    }
    for (size_t i = 0; i < index->set.count; i++) {
        const struct image_entry *e = &index->set.entries[i];

        learn_size(&l, &e->digest, e->size, true);
    }
    if (walk_planned(&l, err) < 0)
        return -1;
    note_missing(&l, bytes);
    if (l.end < s->at.file.size)
        scan_end(s, l.end);
    return 0;
}
