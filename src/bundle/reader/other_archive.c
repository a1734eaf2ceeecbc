/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "bundle/reader/other_archive.h"

#include "base/buf.h"
#include "base/text.h"
#include "base/text_safe.h"
#include "bundle/format/layout.h"
#include "io/archive/tar.h"
#include "io/crypto/hash.h"

#include <stdio.h>
#include <string.h>

enum {
    MEMBERS_MAX = 4096, /* headers read: on a disk each may cost a seek */
    OUR_HEADERS = 2,    /* number of canonical headers that excludes repacking */
    NAME_AT = 0,
    SIZE_AT = 124,
    SIZE_LEN = 12,
    CHECKSUM_AT = 148,
    CHECKSUM_LEN = 8,
    TYPE_AT = 156,
};

/* ---- headers of any tar ---- */

static uint64_t
octal(const unsigned char *field, size_t len)
{
    uint64_t n = 0;

    for (size_t i = 0; i < len; i++) {
        if (field[i] >= '0' && field[i] <= '7')
            n = 8 * n + (uint64_t)(field[i] - '0');
        else if (field[i] != ' ' || n > 0)
            break;
    }
    return n;
}

/* Octal, or base-256 as GNU tar writes large numbers. */
static uint64_t
size_of_body(const unsigned char *block)
{
    const unsigned char *field = block + SIZE_AT;
    uint64_t n = 0;

    if (field[0] != 0x80)
        return octal(field, SIZE_LEN);
    for (size_t i = SIZE_LEN - sizeof(n); i < SIZE_LEN; i++)
        n = n << 8 | field[i];
    return n;
}

static bool
has_checksum(const unsigned char *block)
{
    uint64_t sum = 0;

    for (size_t i = 0; i < TAR_BLOCK; i++) {
        bool is_checksum = i >= CHECKSUM_AT && i < CHECKSUM_AT + CHECKSUM_LEN;

        sum += is_checksum ? ' ' : block[i];
    }
    return block[0] != '\0' && sum == octal(block + CHECKSUM_AT, CHECKSUM_LEN);
}

/* ---- members found ---- */

struct member_place {
    bool is_there;
    uint64_t at, size; /* of the body */
};

struct archive {
    const struct volumes *file;
    char first[TAR_NAME_MAX + 1];
    struct member_place oci_layout, index, sums, manifest, repositories;
    bool has_pad, has_layer_tar;
    unsigned own_headers; /* canonical headers */
};

/* Names as written by tools: "index.json", "./index.json", "folder/index.json". */
static bool
is_called(const char *name, const char *wanted)
{
    const char *slash;

    if (text_starts(name, "./"))
        name += 2;
    if (strcmp(name, wanted) == 0)
        return true;
    slash = strchr(name, '/');
    return slash && strcmp(slash + 1, wanted) == 0;
}

static void
take_member(struct archive *a, const char *name, uint64_t at, uint64_t size)
{
    const struct {
        const char *name;
        struct member_place *place;
    } known[] = {
        {"oci-layout", &a->oci_layout},     {"index.json", &a->index},
        {"SHA256SUMS", &a->sums},           {"manifest.json", &a->manifest},
        {"repositories", &a->repositories},
    };
    size_t len = strlen(name);

    for (size_t i = 0; i < COUNT_OF(known); i++) {
        if (!known[i].place->is_there && is_called(name, known[i].name))
            *known[i].place =
                (struct member_place){.is_there = true, .at = at, .size = size};
    }
    a->has_pad |= is_called(name, "signatures/.pad");
    a->has_layer_tar |= len > 4 && strcmp(name + len - 4, ".tar") == 0;
}

/* False for anything but a tar. */
static bool
read_archive(struct archive *a)
{
    unsigned char block[TAR_BLOCK];
    uint64_t at = 0;
    unsigned n;

    for (n = 0; n < MEMBERS_MAX && at < a->file->size; n++) {
        char name[TAR_NAME_MAX + 1];
        struct tar_entry e;
        uint64_t size;

        if (volumes_read(a->file, block, sizeof(block), at, err_ignored()) < TAR_BLOCK ||
            !has_checksum(block))
            break;
        snprintf(name, sizeof(name), "%.*s", TAR_NAME_MAX, (const char *)block + NAME_AT);
        size = size_of_body(block);
        if (n == 0)
            memcpy(a->first, name, sizeof(name));
        a->own_headers += tar_parse(block, &e, err_ignored()) == 0;
        if (block[TYPE_AT] == '0' || block[TYPE_AT] == '\0')
            take_member(a, name, at + TAR_BLOCK, size);
        if (size > a->file->size)
            return true; /* truncated */
        at += TAR_BLOCK + tar_padded(size);
    }
    return n > 0;
}

/* ---- recognising archives ---- */

/* The body of a member.  False when it is missing, too large or truncated. */
static bool
read_body(const struct archive *a, const struct member_place *m, struct buf *out)
{
    return m->is_there && m->size <= out->max && buf_resize(out, (size_t)m->size) == 0 &&
           volumes_read(a->file, out->data, out->len, m->at, err_ignored()) ==
               (ssize_t)out->len;
}

static bool
has_word(const struct buf *text, const char *word)
{
    return text->len > 0 && memmem(text->data, text->len, word, strlen(word));
}

/* Whether index.json pins this list of files. */
static bool
names_sums(const struct buf *index, const struct archive *a)
{
    CLEANUP(buf_release) struct buf sums = BUF_INIT(BUNDLE_SUMS_MAX);
    char text[DIGEST_TEXT_MAX];
    struct digest d;

    if (!read_body(a, &a->sums, &sums) ||
        hash_bytes(DIGEST_SHA256, sums.data, sums.len, &d, err_ignored()) < 0)
        return false;
    digest_text(&d, text);
    return has_word(index, text);
}

static int
explain_repacked(const struct archive *a, const struct buf *index, struct err *err)
{
    return err_because(
        err, ERR_INTEGRITY, REASON_REPACKED,
        "a sealift bundle that was repacked by another tool: %s",
        names_sums(index, a)
            ? "its index.json and list of files are unchanged, but its headers are not"
            : "its list of files does not match its index.json");
}

static int
explain_image_archive(const char *what, struct err *err)
{
    return err_because(err, ERR_INTEGRITY, REASON_IMAGE_ARCHIVE,
                       "%s, not a sealift bundle", what);
}

static int
explain_layout(const struct archive *a, const struct buf *index, struct err *err)
{
    if (a->manifest.is_there && a->repositories.is_there)
        return explain_image_archive("an OCI archive of docker save", err);
    if (a->manifest.is_there)
        return explain_image_archive("an OCI archive of ctr or docker save", err);
    if (has_word(index, "io.containerd.image.name"))
        return explain_image_archive("an OCI archive of docker buildx or containerd",
                                     err);
    return explain_image_archive("an OCI archive, as written by skopeo, podman and oras",
                                 err);
}

static int
explain_tar(const struct archive *a, struct err *err)
{
    char first[TEXT_SAFE_MAX];

    text_safe(first, a->first, strlen(a->first));
    err_because(err, ERR_INTEGRITY, REASON_OTHER_FILE,
                "a tar archive that begins with '%s', not a sealift bundle", first);
    return err_hint(err, "if it contains the bundle, extract it");
}

int
other_archive_explain(const struct volumes *file, struct err *err)
{
    CLEANUP(buf_release) struct buf index = BUF_INIT(BUNDLE_INDEX_MAX);
    struct archive a = {.file = file};

    if (!read_archive(&a) || a.own_headers >= OUR_HEADERS)
        return 0;
    (void)!read_body(&a, &a.index, &index);
    if (has_word(&index, "\"dev.sealift.format\"") || (a.has_pad && a.sums.is_there))
        return explain_repacked(&a, &index, err);
    if (a.oci_layout.is_there || (a.index.is_there && has_word(&index, "\"manifests\"")))
        return explain_layout(&a, &index, err);
    if (a.manifest.is_there && (a.repositories.is_there || a.has_layer_tar))
        return explain_image_archive("an archive of docker save or podman save", err);
    return explain_tar(&a, err);
}
