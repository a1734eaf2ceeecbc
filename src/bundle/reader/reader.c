/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "bundle/reader/reader.h"

#include "base/mem.h"
#include "bundle/format/sums.h"
#include "bundle/reader/completeness.h"
#include "bundle/reader/member_cursor.h"
#include "bundle/reader/omitted.h"
#include "bundle/reader/reader_internal.h"
#include "io/crypto/hash.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

struct bundle {
    struct bundle_content content;
};

struct bundle_preview {
    struct bundle_content content;
};

static void
content_release(struct bundle_content *c)
{
    image_set_release(&c->set);
    free(c->members);
    free(c->object_of_member);
    free(c->member_of_object);
}

/* ---- SHA256SUMS ---- */

static int
check_layout_member(const struct digest *listed, struct err *err)
{
    struct digest d;

    if (hash_bytes(DIGEST_SHA256, BUNDLE_OCI_LAYOUT, strlen(BUNDLE_OCI_LAYOUT), &d, err) <
        0)
        return -1;
    if (!digest_equal(&d, listed))
        return err_because(err, ERR_INTEGRITY, REASON_SUMS,
                           "SHA256SUMS has a different digest for oci-layout");
    return 0;
}

/* The digests become the members; offset and size are still unknown. */
static int
list_members(struct bundle_content *c, const struct digest *digests, size_t count,
             const struct index_pins *pins, struct err *err)
{
    if (check_layout_member(&digests[0], err) < 0)
        return -1;
    if (count != pins->members)
        return err_because(err, ERR_INTEGRITY, REASON_SUMS,
                           "SHA256SUMS lists %zu files, but index.json says %" PRIu64,
                           count, pins->members);
    if (count - 1 > GRAPH_OBJECTS_MAX)
        return err_because(err, ERR_INTEGRITY, REASON_SUMS,
                           "SHA256SUMS lists %zu blobs, at most %d", count - 1,
                           GRAPH_OBJECTS_MAX);
    c->member_count = count - 1;
    c->members = xcalloc(c->member_count, sizeof(*c->members));
    for (size_t i = 0; i < c->member_count; i++)
        c->members[i].digest = digests[i + 1];
    return 0;
}

static int
read_sums_member(struct sums *out, const struct index_content *index,
                 struct member_cursor *at, const struct tar_entry *e, struct err *err)
{
    CLEANUP(buf_release) struct buf text = BUF_INIT(BUNDLE_SUMS_MAX);
    struct digest d;

    if (member_cursor_body(at, e, &text, err) < 0 ||
        hash_bytes(DIGEST_SHA256, text.data, text.len, &d, err) < 0)
        return -1;
    if (!digest_equal(&d, &index->pins.sums))
        return err_because(err, ERR_INTEGRITY, REASON_SUMS,
                           "SHA256SUMS does not match its digest in index.json");
    if (sums_read(out, text.data, text.len, err) < 0)
        return -1;
    return omissions_explain(out, index, err);
}

/* ---- members and end ---- */

/* Whether that is the name of a member.  For error messages, so a linear search
 * suffices. */
static bool
is_listed(const struct bundle_content *c, const char *name)
{
    for (size_t i = 0; i < c->member_count; i++) {
        char listed[BUNDLE_BLOB_NAME_MAX];

        bundle_blob_name(&c->members[i].digest, listed);
        if (strcmp(listed, name) == 0)
            return true;
    }
    return false;
}

/* Whether the name belongs in a bundle: blobs must be listed; members of the head are
 * only misplaced. */
static bool
is_known(const struct bundle_content *c, const char *name)
{
    return strncmp(name, "blobs/", 6) == 0 ? is_listed(c, name)
                                           : member_name_is_known(name);
}

static int
read_member_header(struct bundle_content *c, struct member_cursor *at,
                   struct bundle_member *m, struct err *err)
{
    char name[BUNDLE_BLOB_NAME_MAX];
    struct tar_entry e;
    int rc = member_cursor_next(at, &e, err);

    bundle_blob_name(&m->digest, name);
    if (rc < 0)
        return err_wrap(err, "%s", name);
    if (rc == 0)
        return err_because(err, ERR_INTEGRITY, REASON_MISSING,
                           "at byte %" PRIu64 ": the archive ends, expected %s", at->at,
                           name);
    if (strcmp(e.name, name) != 0)
        return member_cursor_wrong(at, &e, is_known(c, e.name), name, err);
    m->size = e.size;
    m->offset = at->at;
    return member_cursor_skip(at, &e, err);
}

enum { TRAIL_LOOK_MAX = 1 << 30 }; /* bytes that are looked at */

/* Where only zeros follow, as a medium or a copy tool adds them: how to cut them off. */
static void
hint_at_cutting(const struct volumes *file, uint64_t end, struct err *err)
{
    uint64_t rest = file->size - end, before = 0;
    size_t first, last;

    if (range_is_zero(file, end, rest < TRAIL_LOOK_MAX ? rest : TRAIL_LOOK_MAX,
                      err_ignored()) != 1)
        return;
    if (!volumes_span(file, end, rest, &first, &last)) {
        err_hint(err, "zeros follow it: cut them off with truncate -s %" PRIu64 " FILE",
                 end);
        return;
    }
    before = (uint64_t)(file->count - 1) * file->cut;
    if (first == last && end > before)
        err_hint(err,
                 "zeros follow it: cut them off with truncate -s %" PRIu64
                 " on the last volume",
                 end - before);
}

static int
long_trail_error(const struct volumes *file, uint64_t end, struct err *err)
{
    err_because(err, ERR_INTEGRITY, REASON_TRAILING,
                "%" PRIu64 " bytes after the end at byte %" PRIu64 ", at most %u zeros",
                file->size - end, end, BUNDLE_TRAILING_MAX);
    hint_at_cutting(file, end, err);
    return volumes_blame(file, end, file->size - end, err);
}

/* Exactly two zero blocks; then nothing, or a few more zeros. */
static int
read_end(struct bundle_content *c, struct member_cursor *at, struct err *err)
{
    struct tar_entry e;
    uint64_t rest;
    int rc = member_cursor_next(at, &e, err);

    if (rc == 1)
        return member_cursor_wrong(at, &e, is_known(c, e.name), NULL, err);
    if (rc < 0 && err->reason == REASON_HEADER)
        return err_because(err, ERR_INTEGRITY, REASON_TRAILING,
                           "at byte %" PRIu64 ": expected the zero blocks at the end",
                           at->at);
    if (rc < 0)
        return -1;
    c->total = at->at + 2 * TAR_BLOCK;
    if (at->file.size < c->total)
        return truncated_error(err, at->file.size, "the zero blocks at the end");
    rest = at->file.size - at->at;
    if (at->file.size - c->total > BUNDLE_TRAILING_MAX)
        return long_trail_error(&at->file, c->total, err);
    rc = range_is_zero(&at->file, at->at, rest, err);
    if (rc == 0)
        return err_because(
            err, ERR_INTEGRITY, REASON_TRAILING,
            "bytes other than zeros after the last member, from byte %" PRIu64, at->at);
    return rc < 0 ? -1 : 0;
}

static int
read_members(struct bundle_content *c, struct member_cursor *at,
             const struct index_pins *pins, struct err *err)
{
    for (size_t i = 0; i < c->member_count; i++) {
        if (read_member_header(c, at, &c->members[i], err) < 0)
            return -1;
    }
    if (read_end(c, at, err) < 0)
        return -1;
    if (c->total != pins->bytes)
        return err_because(err, ERR_INTEGRITY, REASON_SIZE,
                           "the bundle has %" PRIu64
                           " bytes, but index.json says %" PRIu64,
                           c->total, pins->bytes);
    return 0;
}

static int
read_content(struct bundle_content *c, const struct bundle_untrusted *u, struct err *err)
{
    CLEANUP(index_content_release) struct index_content index = INDEX_CONTENT_INIT;
    CLEANUP(sums_release) struct sums sums = SUMS_INIT;
    const struct index_pins *pins = &index.pins;
    struct member_cursor at = u->cursor;

    c->file = u->cursor.file;
    if (index_read(&index, u->index.data, u->index.len, err) < 0 ||
        volumes_check_size(&c->file, pins->bytes, err) < 0 ||
        read_sums_member(&sums, &index, &at, &u->sums, err) < 0 ||
        list_members(c, sums.files, sums.file_count, pins, err) < 0)
        return -1;
    c->meta = index.meta;
    c->set = index.set;
    index.set = (struct image_set)IMAGE_SET_INIT;
    if (read_members(c, &at, pins, err) < 0) {
        if (at.file.size < pins->bytes)
            err_wrap(err, "only %" PRIu64 " of %" PRIu64 " bytes are present",
                     at.file.size, pins->bytes);
        return -1;
    }
    return bundle_complete(c, &sums, err);
}

/* ---- three levels of trust ---- */

static int
check_admission(const struct bundle_untrusted *u, const struct admission *admission,
                struct err *err)
{
    struct digest d;

    if (hash_bytes(DIGEST_SHA256, u->index.data, u->index.len, &d, err) < 0)
        return -1;
    if (admission->basis == ADMISSION_NONE || !digest_equal(&d, &admission->index))
        return err_set(err, ERR_INTERNAL, "no admission for this bundle");
    return 0;
}

int
bundle_raw_sums(const struct bundle_untrusted *u, struct buf *out, struct err *err)
{
    struct member_cursor at = u->cursor;

    return member_cursor_body(&at, &u->sums, out, err);
}

int
bundle_read_index(const struct bundle_untrusted *u, const struct admission *admission,
                  struct index_content *out, struct err *err)
{
    if (check_admission(u, admission, err) < 0)
        return -1;
    return index_read(out, u->index.data, u->index.len, err);
}

int
bundle_read_meta(const struct bundle_untrusted *u, const struct admission *admission,
                 struct bundle_meta *out, struct missing_list *missing, struct err *err)
{
    CLEANUP(index_content_release) struct index_content index = INDEX_CONTENT_INIT;

    if (bundle_read_index(u, admission, &index, err) < 0)
        return -1;
    *out = index.meta;
    *missing = index.set.missing;
    index.set.missing = (struct missing_list)MISSING_LIST_INIT;
    return 0;
}

struct bundle *
bundle_open(const struct bundle_untrusted *u, const struct admission *admission,
            struct err *err)
{
    struct bundle *b = xcalloc(1, sizeof(*b));

    if (check_admission(u, admission, err) < 0 || read_content(&b->content, u, err) < 0)
        bundle_release(&b);
    return b;
}

struct bundle_preview *
bundle_preview(const struct bundle_untrusted *u, struct err *err)
{
    struct bundle_preview *p = xcalloc(1, sizeof(*p));

    if (read_content(&p->content, u, err) < 0)
        bundle_preview_release(&p);
    return p;
}

void
bundle_release(struct bundle **b)
{
    if (*b)
        content_release(&(*b)->content);
    free(*b);
    *b = NULL;
}

void
bundle_preview_release(struct bundle_preview **p)
{
    if (*p)
        content_release(&(*p)->content);
    free(*p);
    *p = NULL;
}

const struct bundle_content *
bundle_content(const struct bundle *b)
{
    return &b->content;
}

const struct bundle_content *
bundle_preview_content(const struct bundle_preview *p)
{
    return &p->content;
}
