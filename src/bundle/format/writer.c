/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "bundle/format/writer.h"

#include "io/archive/tar.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void
signature_file_release(struct signature_file *f)
{
    free(f->bytes);
    f->bytes = NULL;
    f->len = 0;
}

/* The position of the next header. */
struct head {
    const struct layout *layout;
    const struct volumes *to;
    uint64_t at;
    size_t padding; /* bytes of padding of the previous member, just before `at` */
};

static void
step_over(struct head *h, uint64_t size)
{
    h->padding = (size_t)(tar_padded(size) - size);
    h->at += TAR_BLOCK + tar_padded(size);
}

/* Overwrites what an earlier run may have left, padding too. */
static int
put_header(const struct head *h, const char *name, uint64_t size, struct err *err)
{
    unsigned char blocks[2 * TAR_BLOCK] = {0};

    if (tar_header(blocks + TAR_BLOCK, name, size, h->layout->mtime, err) < 0)
        return -1;
    return volumes_write(h->to, blocks + TAR_BLOCK - h->padding, h->padding + TAR_BLOCK,
                         h->at - h->padding, err);
}

static int
put_member(struct head *h, const char *name, const void *body, size_t len,
           struct err *err)
{
    if (put_header(h, name, len, err) < 0 ||
        volumes_write(h->to, body, len, h->at + TAR_BLOCK, err) < 0)
        return -1;
    step_over(h, len);
    return 0;
}

/* Check that the signatures leave space for the header of the pad. */
static int
check_area(const struct layout *l, const struct signature_file *signatures, size_t count,
           struct err *err)
{
    uint64_t room = l->sums_at - l->signatures_at, need = TAR_BLOCK;

    for (size_t i = 0; i < count; i++) {
        const struct signature_file *f = &signatures[i];

        if (!bundle_signature_name_is_valid(f->name))
            return err_set(err, ERR_INTERNAL, "invalid name of a signature file");
        if (f->len > BUNDLE_SIGNATURE_MAX)
            return err_set(err, ERR_LIMIT, "signature %s is longer than %u bytes",
                           f->name, BUNDLE_SIGNATURE_MAX);
        need += TAR_BLOCK + tar_padded(f->len);
    }
    if (count > BUNDLE_SIGNATURES_MAX || need > room)
        return err_set(err, ERR_LIMIT,
                       "%zu signatures need %" PRIu64
                       " bytes, more than the available %" PRIu64,
                       count, need, room);
    return 0;
}

static int
put_signatures(struct head *h, const struct signature_file *signatures, size_t count,
               struct err *err)
{
    static const char zeros[BUNDLE_SIGNATURE_AREA];

    for (size_t i = 0; i < count; i++) {
        char name[sizeof("signatures/") + sizeof(signatures->name)];

        snprintf(name, sizeof(name), "signatures/%s", signatures[i].name);
        if (put_member(h, name, signatures[i].bytes, signatures[i].len, err) < 0)
            return -1;
    }
    return put_member(h, "signatures/.pad", zeros,
                      (size_t)(h->layout->sums_at - h->at - TAR_BLOCK), err);
}

int
bundle_write_start(const struct layout *l, const struct volumes *to,
                   const struct signature_file *signatures, size_t count, struct err *err)
{
    struct head h = {.layout = l, .to = to};

    if (check_area(l, signatures, count, err) < 0 ||
        put_member(&h, "oci-layout", BUNDLE_OCI_LAYOUT, strlen(BUNDLE_OCI_LAYOUT), err) <
            0 ||
        put_member(&h, "index.json", l->index.data, l->index.len, err) < 0 ||
        put_signatures(&h, signatures, count, err) < 0)
        return -1;
    return put_member(&h, "SHA256SUMS", l->sums.data, l->sums.len, err);
}

/* Padding before blob number `member`, which may be one past the last. */
static size_t
padding_before(const struct layout *l, size_t member)
{
    uint64_t size = member > 0 ? l->members[member - 1].size : l->sums.len;

    return (size_t)(tar_padded(size) - size);
}

int
bundle_write_header(const struct layout *l, const struct volumes *to, size_t member,
                    struct err *err)
{
    const struct bundle_member *m = &l->members[member];
    const struct head h = {.layout = l,
                           .to = to,
                           .at = m->offset - TAR_BLOCK,
                           .padding = padding_before(l, member)};
    char name[BUNDLE_BLOB_NAME_MAX];

    bundle_blob_name(&m->digest, name);
    return put_header(&h, name, m->size, err);
}

int
bundle_write_end(const struct layout *l, const struct volumes *to, struct err *err)
{
    static const unsigned char end[3 * TAR_BLOCK];
    size_t len = padding_before(l, l->member_count) + 2 * TAR_BLOCK;

    return volumes_write(to, end, len, l->total - len, err);
}

int
bundle_write_head(const struct layout *l, const struct volumes *to,
                  const struct signature_file *signatures, size_t count, struct err *err)
{
    if (bundle_write_start(l, to, signatures, count, err) < 0)
        return -1;
    for (size_t i = 0; i < l->member_count; i++) {
        if (bundle_write_header(l, to, i, err) < 0)
            return -1;
    }
    return bundle_write_end(l, to, err);
}

int
bundle_write_blob(const struct layout *l, const struct volumes *to, size_t member,
                  uint64_t at, const void *bytes, size_t len, struct err *err)
{
    const struct bundle_member *m = &l->members[member];

    if (at > m->size || len > m->size - at)
        return err_set(err, ERR_INTERNAL, "write beyond the end of a blob");
    return volumes_write(to, bytes, len, m->offset + at, err);
}
