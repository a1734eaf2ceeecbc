/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "bundle/reader/head.h"

#include "base/mem.h"
#include "base/text.h"
#include "bundle/reader/member_cursor.h"
#include "bundle/reader/other_file.h"
#include "bundle/reader/reader_internal.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static const char SIGNATURES[] = "signatures/";
static const char PAD[] = "signatures/.pad";
static const char SUMS[] = "SHA256SUMS";

/* The first header is malformed: describe what the file is, unless it may be damaged. */
static int
explain_first(const struct member_cursor *c, struct err *err)
{
    if (other_file_explain(&c->file, err) < 0)
        return -1;
    return err_wrap(err, "not a sealift bundle");
}

static int
check_first(const struct member_cursor *c, struct err *err)
{
    struct member_cursor probe = *c;
    struct tar_entry e;

    if (member_cursor_next(&probe, &e, err) < 0)
        return err->kind == ERR_INTEGRITY ? explain_first(c, err) : -1;
    return 0;
}

/* ---- the head ---- */

static int
read_oci_layout(struct member_cursor *c, struct err *err)
{
    CLEANUP(buf_release) struct buf body = BUF_INIT(BUNDLE_OCI_LAYOUT_MAX);
    struct tar_entry e;

    if (member_cursor_expect(c, "oci-layout", BUNDLE_OCI_LAYOUT_MAX, &e, err) < 0 ||
        member_cursor_body(c, &e, &body, err) < 0)
        return -1;
    if (body.len != strlen(BUNDLE_OCI_LAYOUT) ||
        memcmp(body.data, BUNDLE_OCI_LAYOUT, body.len) != 0)
        return err_because(err, ERR_INTEGRITY, REASON_FORMAT, "oci-layout is not %s",
                           BUNDLE_OCI_LAYOUT);
    return 0;
}

static int
read_index_member(struct bundle_untrusted *u, struct err *err)
{
    struct tar_entry e;

    if (member_cursor_expect(&u->cursor, "index.json", BUNDLE_INDEX_MAX, &e, err) < 0)
        return -1;
    return member_cursor_body(&u->cursor, &e, &u->index, err);
}

static int
read_signature(struct bundle_untrusted *u, const struct tar_entry *e, struct err *err)
{
    CLEANUP(buf_release) struct buf body = BUF_INIT(BUNDLE_SIGNATURE_MAX);
    const char *name = e->name + strlen(SIGNATURES);
    struct signature_file *file = &u->signatures[u->count];

    for (size_t i = 0; i < u->count; i++) {
        if (strcmp(u->signatures[i].name, name) == 0)
            return member_cursor_wrong(&u->cursor, e, true, PAD, err);
    }
    if (u->count == BUNDLE_SIGNATURES_MAX)
        return err_because(err, ERR_INTEGRITY, REASON_EXTRA,
                           "%s: more than %d signatures", e->name, BUNDLE_SIGNATURES_MAX);
    if (e->size > BUNDLE_SIGNATURE_MAX)
        return err_because(err, ERR_INTEGRITY, REASON_SIZE,
                           "%s has %" PRIu64 " bytes, at most %u", e->name, e->size,
                           BUNDLE_SIGNATURE_MAX);
    if (member_cursor_body(&u->cursor, e, &body, err) < 0)
        return -1;
    memcpy(file->name, name, strlen(name) + 1); /* a valid name fits */
    file->len = body.len;
    file->bytes = buf_steal(&body);
    u->count++;
    return 0;
}

static int
read_pad(struct bundle_untrusted *u, const struct tar_entry *e, struct err *err)
{
    struct member_cursor *c = &u->cursor;
    uint64_t body = c->at;
    int zero;

    if (e->size > BUNDLE_SIGNATURE_AREA_MAX || e->size % TAR_BLOCK != 0)
        return err_because(err, ERR_INTEGRITY, REASON_SIZE,
                           "%s has %" PRIu64 " bytes: expected whole blocks, up to %u",
                           PAD, e->size, BUNDLE_SIGNATURE_AREA_MAX);
    if (member_cursor_skip(c, e, err) < 0)
        return -1;
    zero = range_is_zero(&c->file, body, e->size, err);
    if (zero < 0)
        return err_wrap(err, PAD);
    u->pad_at = body - TAR_BLOCK;
    u->pad_size = e->size;
    u->pad_is_zero = zero == 1;
    return 0;
}

static int
check_area_pad(const struct bundle_untrusted *u, struct err *err)
{
    uint64_t body = u->pad_at + TAR_BLOCK;

    if (u->pad_is_zero)
        return 0;
    err_because(err, ERR_INTEGRITY, REASON_INTERRUPTED_SIGN,
                "%s, bytes %" PRIu64 " to %" PRIu64 ", is not zero", PAD, body,
                body + u->pad_size - 1);
    return err_hint(err, "adding a signature was interrupted: sign again to repair it; "
                         "or the pad hides data");
}

static int
read_signature_area(struct bundle_untrusted *u, struct err *err)
{
    for (;;) {
        struct member_cursor look = u->cursor;
        struct tar_entry e;
        int rc = member_cursor_next(&look, &e, err);

        if (rc < 0)
            return -1;
        if (rc == 1 && text_starts(e.name, SIGNATURES) &&
            bundle_signature_name_is_valid(e.name + strlen(SIGNATURES))) {
            u->cursor = look;
            if (read_signature(u, &e, err) < 0)
                return -1;
            continue;
        }
        if (member_cursor_expect(&u->cursor, PAD, UINT64_MAX, &e, err) < 0)
            return -1;
        return read_pad(u, &e, err);
    }
}

/*
 * Detect signatures outside of the signature area: they are reported as damage, not as an
 * unsigned bundle.
 */
static int
find_stray_signature(const struct bundle_untrusted *u, struct err *err)
{
    struct member_cursor c = u->cursor;
    struct tar_entry e = u->sums;

    for (unsigned n = 0; n <= GRAPH_OBJECTS_MAX; n++) {
        if (member_cursor_skip(&c, &e, err_ignored()) < 0 ||
            member_cursor_next(&c, &e, err_ignored()) != 1)
            return 0; /* bundle_open() reports the error */
        if (text_starts(e.name, SIGNATURES))
            return err_because(err, ERR_INTEGRITY, REASON_ORDER,
                               "at byte %" PRIu64 ": '%s' is after %s", c.at - TAR_BLOCK,
                               e.name, SUMS);
    }
    return 0;
}

static int
read_head_members(struct bundle_untrusted *u, struct err *err)
{
    if (check_first(&u->cursor, err) < 0 || read_oci_layout(&u->cursor, err) < 0 ||
        read_index_member(u, err) < 0 || read_signature_area(u, err) < 0 ||
        member_cursor_expect(&u->cursor, SUMS, BUNDLE_SUMS_MAX, &u->sums, err) < 0)
        return -1;
    return u->count == 0 ? find_stray_signature(u, err) : 0;
}

struct bundle_untrusted *
bundle_head_to_sign(struct volumes file, struct err *err)
{
    struct bundle_untrusted *u = xcalloc(1, sizeof(*u));

    u->cursor = (struct member_cursor){.file = file};
    u->index = (struct buf)BUF_INIT(BUNDLE_INDEX_MAX);
    u->signatures = xcalloc(BUNDLE_SIGNATURES_MAX, sizeof(*u->signatures));
    if (read_head_members(u, err) < 0)
        bundle_untrusted_release(&u);
    return u;
}

struct bundle_untrusted *
bundle_head(struct volumes file, struct err *err)
{
    struct bundle_untrusted *u = bundle_head_to_sign(file, err);

    if (u && check_area_pad(u, err) < 0)
        bundle_untrusted_release(&u);
    return u;
}

void
bundle_untrusted_release(struct bundle_untrusted **u)
{
    if (!*u)
        return;
    for (size_t i = 0; i < (*u)->count; i++)
        signature_file_release(&(*u)->signatures[i]);
    free((*u)->signatures);
    buf_release(&(*u)->index);
    free(*u);
    *u = NULL;
}

const void *
bundle_raw_index(const struct bundle_untrusted *u, size_t *len)
{
    *len = u->index.len;
    return u->index.data;
}

const struct signature_file *
bundle_signatures(const struct bundle_untrusted *u, size_t *count)
{
    *count = u->count;
    return u->signatures;
}
