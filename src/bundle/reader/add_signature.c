/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Adding a signature in place.  Before:
 *
 *     at   pad_at     [header of .pad][zeros                                        ]
 *
 * and after, with the header of .pad moved:
 *
 *     at   pad_at     [header of the file][its body, padded][header of .pad][zeros ]
 *
 * The body and the new header of the pad are written first, inside the old pad, and
 * flushed.  Then the header of the file replaces that of the old pad: one aligned block
 * of 512 bytes, which disks write atomically.  So there are only these states:
 *
 * - nothing was written: the bundle is unchanged;
 * - the old header is followed by data: the pad is not zero, which every reader rejects
 *   ("interrupted-sign");
 * - the new header was written: everything after it was flushed before.
 *
 * The next signing detects the second state and first makes the pad zero again, flushed.
 */
#include "config.h"
#include "bundle/reader/add_signature.h"

#include "bundle/reader/reader_internal.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int
check_room(const struct bundle_untrusted *u, const struct signature_file *f,
           struct err *err)
{
    for (size_t i = 0; i < u->count; i++) {
        if (strcmp(u->signatures[i].name, f->name) == 0)
            return err_set(err, ERR_CONFLICT,
                           "signature '%s' already exists with different content",
                           f->name);
    }
    if (f->len > BUNDLE_SIGNATURE_MAX)
        return err_because(err, ERR_LIMIT, REASON_IN_PLACE,
                           "signature %s is longer than %u bytes", f->name,
                           BUNDLE_SIGNATURE_MAX);
    if (u->count == BUNDLE_SIGNATURES_MAX)
        return err_because(err, ERR_LIMIT, REASON_IN_PLACE,
                           "%d signatures already present, which is the maximum",
                           BUNDLE_SIGNATURES_MAX);
    if (TAR_BLOCK + tar_padded(f->len) > u->pad_size)
        return err_because(err, ERR_LIMIT, REASON_IN_PLACE,
                           "no room left for another signature");
    return 0;
}

/* Volumes that were not cut by sealift may lack such a block. */
static int
check_block(const struct bundle_untrusted *u, struct err *err)
{
    if (volumes_takes_whole(&u->cursor.file, u->pad_at, TAR_BLOCK))
        return 0;
    return err_because(
        err, ERR_USAGE, REASON_CUT_AREA,
        "a volume boundary falls inside the signature area; cannot sign in place");
}

/* Make the pad zero again. */
static int
mend(const struct bundle_untrusted *u, struct err *err)
{
    unsigned char zeros[16 * 1024] = {0};
    uint64_t at = u->pad_at + TAR_BLOCK, end = at + u->pad_size;

    while (at < end) {
        size_t n = end - at < sizeof(zeros) ? (size_t)(end - at) : sizeof(zeros);

        if (volumes_write(&u->cursor.file, zeros, n, at, err) < 0)
            return -1;
        at += n;
    }
    return volumes_sync(&u->cursor.file, err);
}

/* Write everything except the header that makes it count. */
static int
put_body(const struct bundle_untrusted *u, const struct signature_file *f,
         const unsigned char pad[TAR_BLOCK], struct err *err)
{
    const struct volumes *file = &u->cursor.file;
    uint64_t body = u->pad_at + TAR_BLOCK;

    if (volumes_write(file, f->bytes, f->len, body, err) < 0 ||
        volumes_write(file, pad, TAR_BLOCK, body + tar_padded(f->len), err) < 0)
        return -1;
    return volumes_sync(file, err);
}

int
bundle_add_signature(const struct bundle_untrusted *u, const struct signature_file *f,
                     struct err *err)
{
    const struct volumes *file = &u->cursor.file;
    unsigned char header[TAR_BLOCK], pad[TAR_BLOCK];
    char name[sizeof("signatures/") + sizeof(f->name)];

    if (!bundle_signature_name_is_valid(f->name))
        return err_set(err, ERR_INTERNAL, "invalid name of a signature file");
    snprintf(name, sizeof(name), "signatures/%s", f->name);
    if (check_block(u, err) < 0 || check_room(u, f, err) < 0 ||
        tar_header(header, name, f->len, u->cursor.mtime, err) < 0 ||
        tar_header(pad, "signatures/.pad", u->pad_size - TAR_BLOCK - tar_padded(f->len),
                   u->cursor.mtime, err) < 0 ||
        (!u->pad_is_zero && mend(u, err) < 0))
        return -1;
    if (put_body(u, f, pad, err) < 0) {
        (void)!mend(u, err_ignored()); /* a full disk still accepts overwrites */
        return -1;
    }
    if (volumes_write(file, header, TAR_BLOCK, u->pad_at, err) < 0)
        return -1;
    return volumes_sync(file, err);
}
