/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "archive/docker_blobs.h"

#include "base/mem.h"
#include "base/text.h"
#include "base/text_safe.h"
#include "io/archive/tar_layer.h"
#include "io/crypto/hash.h"
#include "io/json/json.h"
#include "oci/document.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define OCI_CONFIG "application/vnd.oci.image.config.v1+json"
#define OCI_LAYER  "application/vnd.oci.image.layer.v1.tar"

void
docker_blobs_init(struct docker_blobs *out, struct tar_index *tar, struct run *run)
{
    *out = (struct docker_blobs){.tar = tar, .run = run};
    out->by_body = xcalloc(tar_index_count(tar) + 1, sizeof(struct docker_blob *));
}

void
docker_blobs_release(struct docker_blobs *b)
{
    for (size_t i = 0; i < tar_index_count(b->tar); i++)
        free(b->by_body[i]);
    free(b->by_body);
    digest_map_release(&b->by_digest);
    tar_index_close(b->tar);
}

static ssize_t
read_docker_member(void *ctx, void *out, size_t len, uint64_t offset, struct err *err)
{
    const struct docker_member *m = ctx;

    if (!m->member) {
        char text[DIGEST_TEXT_MAX];

        digest_text(&m->digest, text);
        return err_set(err, ERR_NOT_FOUND, "%s is not there", text);
    }
    if (cancel_wanted(&m->blobs->run->cancel))
        return cancel_error(err);
    return tar_index_read(m->blobs->tar, m->member, out, len, offset, err);
}

struct byte_source
docker_member_source(struct docker_member *m)
{
    return (struct byte_source){
        .read_at = read_docker_member, .ctx = m, .size = m->member ? m->member->size : 0};
}

/* ---- members ---- */

/* Names are written with and without "./". */
static const struct tar_member *
require_member(const struct docker_blobs *all, const char *name, struct err *err)
{
    while (name[0] == '.' && name[1] == '/')
        name += 2;
    return tar_index_require(all->tar, name, err);
}

/* The digest that the name of a config stands for; false when it is any other name. */
static bool
digest_in_name(struct digest *out, const char *name)
{
    enum { HEX = 64 };
    const char *slash = strrchr(name, '/'), *base = slash ? slash + 1 : name;
    char text[DIGEST_TEXT_MAX];
    size_t len;

    base += text_starts(base, "sha256:") ? strlen("sha256:") : 0;
    len = strcspn(base, ".");
    if (len != HEX || (base[len] != '\0' && strcmp(base + len, ".json") != 0))
        return false;
    snprintf(text, sizeof(text), "sha256:%.*s", HEX, base);
    return digest_parse(out, text, strlen(text), ERR_INTEGRITY, err_ignored()) == 0;
}

/* A blob that is new, or the one that is known to have these bytes. */
static struct docker_blob *
blob_of_member(struct docker_blobs *all, const struct tar_member *member)
{
    struct docker_blob **b = &all->by_body[member->body];

    if (!*b) {
        *b = xcalloc(1, sizeof(**b));
        (*b)->member = member;
    }
    return *b;
}

/* ---- layers ---- */

static int
hash_member(const struct docker_blobs *all, const struct tar_member *member,
            struct digest *out, struct err *err)
{
    enum { STEP = 256 << 10 };
    CLEANUP(hash_release) struct hash hash = HASH_INIT;
    CLEANUP(buf_release) struct buf piece = BUF_INIT(STEP);
    struct docker_member m = {.blobs = all, .member = member};

    if (buf_resize(&piece, STEP) < 0 || hash_start(&hash, DIGEST_SHA256, err) < 0)
        return -1;
    for (uint64_t at = 0; at < member->size;) {
        ssize_t n = read_docker_member(&m, piece.data, STEP, at, err);

        if (n < 0 || hash_add(&hash, piece.data, (size_t)n, err) < 0)
            return -1;
        at += (uint64_t)n;
    }
    return hash_finish(&hash, out, err);
}

/* How the bytes of a layer are compressed, by how they begin: NULL when not. */
static int
find_packing(const struct docker_blobs *all, const struct tar_member *member,
             const char **out, struct err *err)
{
    static const struct {
        const char *begin;
        size_t len;
        const char *media_type; /* "": not one of OCI's */
    } packings[] = {
        {"\x1f\x8b", 2, OCI_LAYER "+gzip"},
        {"\x28\xb5\x2f\xfd", 4, OCI_LAYER "+zstd"},
        {"\xfd\x37zXZ", 5, ""},
        {"BZh", 3, ""},
    };
    char begin[8];
    ssize_t n = tar_index_read(all->tar, member, begin, sizeof(begin), 0, err);

    if (n < 0)
        return -1;
    *out = NULL;
    for (size_t i = 0; i < COUNT_OF(packings); i++) {
        if ((size_t)n >= packings[i].len &&
            memcmp(begin, packings[i].begin, packings[i].len) == 0)
            *out = packings[i].media_type;
    }
    return *out && (*out)[0] == '\0'
               ? err_set(err, ERR_PROTOCOL,
                         "it is compressed, but not with gzip or zstd: OCI has no media "
                         "type for it")
               : 0;
}

/*
 * Set digest, diff_id and media type of a layer.  The digest of an uncompressed one is
 * its diff_id: the bytes are compared with it when they are read.
 */
static int
examine_layer(struct docker_blobs *all, struct docker_blob *b,
              const struct digest *diff_id, struct err *err)
{
    struct docker_member m = {.blobs = all, .member = b->member};
    const struct byte_source source = docker_member_source(&m);
    const char *packing;

    if (find_packing(all, b->member, &packing, err) < 0)
        return -1;
    b->digest = b->diff_id = *diff_id;
    if (packing && (hash_member(all, b->member, &b->digest, err) < 0 ||
                    tar_layer_diff_id(&source, &b->diff_id, err) < 0))
        return -1;
    b->media_type = packing ? packing : OCI_LAYER;
    return 0;
}

int
docker_blobs_layer(struct docker_blobs *all, const char *name,
                   const struct digest *diff_id, const struct docker_blob **out,
                   struct err *err)
{
    const struct tar_member *member = require_member(all, name, err);
    struct docker_blob *b;
    char safe[TEXT_SAFE_MAX];

    if (!member)
        return -1;
    b = blob_of_member(all, member);
    text_safe(safe, name, strlen(name));
    if (b->is_config)
        return err_because(err, ERR_INTEGRITY, REASON_FORMAT,
                           "layer '%s': it is a config, too", safe);
    if (!b->media_type && examine_layer(all, b, diff_id, err) < 0)
        return err_wrap(err, "layer '%s'", safe);
    if (!digest_equal(&b->diff_id, diff_id))
        return err_because(err, ERR_INTEGRITY, REASON_DIGEST,
                           "layer '%s' does not have the diff_id in the config", safe);
    *out = digest_map_add(&all->by_digest, &b->digest, b);
    return 0;
}

/* ---- configs ---- */

void
docker_config_release(struct docker_config *c)
{
    free(c->diff_ids);
}

static int
bad_config(struct err *err, const char *what)
{
    return err_because(err, ERR_INTEGRITY, REASON_FORMAT, "%s", what);
}

static int
parse_diff_ids(struct docker_config *out, const struct buf *text, struct err *err)
{
    static const char *const keys[] = {"rootfs", NULL}, *const inner[] = {"diff_ids",
                                                                          NULL};
    CLEANUP(js_release) struct js *root = NULL;
    const struct js *rootfs, *list;

    root = js_parse_foreign(text->data, text->len, ERR_INTEGRITY, err);
    if (!root)
        return -1;
    if (js_ambiguous_key(root, keys) || js_object(root, "rootfs", &rootfs) != 1 ||
        js_ambiguous_key(rootfs, inner) || js_array(rootfs, "diff_ids", &list) != 1 ||
        js_length(list) > DOCUMENT_DESCRIPTORS_MAX)
        return bad_config(err, "it has no list \"diff_ids\" in \"rootfs\"");
    out->diff_ids = xcalloc(js_length(list) + 1, sizeof(*out->diff_ids));
    for (; out->count < js_length(list); out->count++) {
        const char *one = js_text(js_at(list, out->count));

        if (!one || digest_parse(&out->diff_ids[out->count], one, strlen(one),
                                 ERR_INTEGRITY, err) < 0)
            return bad_config(err, "a diff_id is malformed");
        if (out->diff_ids[out->count].alg != DIGEST_SHA256)
            return err_set(err, ERR_PROTOCOL,
                           "diff_ids other than sha256 are not supported");
    }
    return 0;
}

static int
read_config(struct docker_blobs *all, const struct tar_member *member, const char *name,
            struct docker_config *out, struct err *err)
{
    CLEANUP(buf_release) struct buf text = BUF_INIT(DOCKER_CONFIG_BYTES_MAX);
    struct digest digest, claimed;
    struct docker_blob *b;

    if (tar_index_slurp(all->tar, member, &text, err) < 0)
        return -1;
    all->config_bytes += text.len;
    if (all->config_bytes > DOCKER_CONFIGS_BYTES_MAX)
        return err_set(err, ERR_LIMIT, "the configs of all images exceed %u MiB",
                       DOCKER_CONFIGS_BYTES_MAX >> 20);
    if (hash_bytes(DIGEST_SHA256, text.data, text.len, &digest, err) < 0)
        return -1;
    if (digest_in_name(&claimed, name) && !digest_equal(&claimed, &digest))
        return err_because(err, ERR_INTEGRITY, REASON_DIGEST,
                           "its bytes do not have the digest in its name");
    if (parse_diff_ids(out, &text, err) < 0)
        return -1;
    b = blob_of_member(all, member);
    if (b->media_type && !b->is_config)
        return bad_config(err, "it is a layer, too");
    b->media_type = OCI_CONFIG;
    b->is_config = true;
    b->digest = digest;
    out->blob = digest_map_add(&all->by_digest, &b->digest, b);
    return 0;
}

int
docker_blobs_config(struct docker_blobs *all, const char *name, struct docker_config *out,
                    struct err *err)
{
    const struct tar_member *member = require_member(all, name, err);
    char safe[TEXT_SAFE_MAX];

    if (!member)
        return -1;
    text_safe(safe, name, strlen(name));
    return read_config(all, member, name, out, err) < 0
               ? err_wrap(err, "config '%s'", safe)
               : 0;
}
