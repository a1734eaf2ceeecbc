/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "archive/docker_archive.h"

#include "archive/docker_blobs.h"
#include "archive/docker_manifest.h"
#include "base/mem.h"
#include "base/text.h"
#include "io/json/json_write.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A manifest that was made here. */
struct made_manifest {
    struct digest digest;
    char *bytes;
    size_t len;
};

struct docker_archive {
    struct docker_blobs blobs;
    struct digest_map manifests; /* digest to its struct made_manifest */
};

static void
free_made_manifest(void *value)
{
    struct made_manifest *m = value;

    free(m->bytes);
    free(m);
}

static void
free_docker_archive(void *ctx)
{
    struct docker_archive *a = ctx;

    docker_blobs_release(&a->blobs);
    digest_map_release_with(&a->manifests, free_made_manifest);
    free(a);
}

/* ---- bytes ---- */

/* The member that has the digest, to be read. */
static struct docker_member
member_of_digest(const struct docker_archive *a, const struct digest *digest)
{
    const struct docker_blob *b = digest_map_find(&a->blobs.by_digest, digest);

    return (struct docker_member){
        .blobs = &a->blobs, .member = b ? b->member : NULL, .digest = *digest};
}

static int
wrap_docker_digest(struct err *err, const struct digest *digest)
{
    char text[DIGEST_TEXT_MAX];

    digest_text(digest, text);
    return err_wrap(err, "%s", text);
}

static int
fetch_docker_blob(void *ctx, unsigned worker, const struct image_object *what,
                  struct blob_prefix *prefix, const struct byte_sink *sink,
                  struct err *err)
{
    const struct docker_archive *a = ctx;
    struct docker_member m = member_of_digest(a, what->digest);
    const struct byte_source source = docker_member_source(&m);

    (void)worker;
    if (!m.member) {
        err_set(err, ERR_NOT_FOUND, "no such blob");
        return wrap_docker_digest(err, what->digest);
    }
    return local_fetch_blob(&source, what, prefix, sink, err) < 0
               ? wrap_docker_digest(err, what->digest)
               : 0;
}

static int
fetch_made_manifest(void *ctx, unsigned worker, const struct image_object *what,
                    struct image_document *out, struct err *err)
{
    const struct docker_archive *a = ctx;
    const struct made_manifest *m = digest_map_find(&a->manifests, what->digest);
    struct byte_block block;
    struct byte_source source;

    (void)worker;
    if (!m) {
        err_set(err, ERR_NOT_FOUND, "no such document");
        return wrap_docker_digest(err, what->digest);
    }
    block = (struct byte_block){m->bytes, m->len};
    source = byte_block_source(&block);
    return local_fetch_document(&source, what, out, err) < 0
               ? wrap_docker_digest(err, what->digest)
               : 0;
}

static void
open_docker_blob(void *ctx, unsigned worker, const struct image_object *what,
                 struct byte_source *out)
{
    const struct docker_archive *a = ctx;
    struct docker_member *m = xcalloc(1, sizeof(*m));

    (void)worker;
    *m = member_of_digest(a, what->digest);
    *out = docker_member_source(m);
    out->size = what->size;
}

static void
close_docker_blob(struct byte_source *blob)
{
    free(blob->ctx);
    blob->ctx = NULL;
}

static bool
has_docker_blob(void *ctx, const struct digest *digest)
{
    const struct docker_archive *a = ctx;

    return digest_map_find(&a->blobs.by_digest, digest) ||
           digest_map_find(&a->manifests, digest);
}

static bool
is_made_here(void *ctx, const struct digest *document)
{
    const struct docker_archive *a = ctx;

    return digest_map_find(&a->manifests, document) != NULL;
}

/* ---- manifests ---- */

static struct jsout *
make_descriptor(const struct docker_blob *b)
{
    struct jsout *d = jsout_object();
    char digest[DIGEST_TEXT_MAX];

    digest_text(&b->digest, digest);
    jsout_put_text(d, "mediaType", b->media_type);
    jsout_put_text(d, "digest", digest);
    jsout_put_u64(d, "size", b->member->size);
    return d;
}

/* Takes ownership of the list of layers. */
static const struct made_manifest *
keep_manifest(struct docker_archive *a, const struct docker_blob *config,
              struct jsout *layers, struct err *err)
{
    CLEANUP(buf_release) struct buf text = BUF_INIT(DOCUMENT_BYTES_MAX);
    struct jsout *root = jsout_object();
    struct made_manifest *m, *known;
    struct digest digest;

    jsout_put_u64(root, "schemaVersion", 2);
    jsout_put_text(root, "mediaType", MEDIA_OCI_MANIFEST);
    jsout_put(root, "config", make_descriptor(config));
    jsout_put(root, "layers", layers);
    if (jsout_write(root, &text, err) < 0 ||
        hash_bytes(DIGEST_SHA256, text.data, text.len, &digest, err) < 0)
        return NULL;
    m = xcalloc(1, sizeof(*m));
    m->digest = digest;
    m->len = text.len;
    m->bytes = buf_steal(&text);
    known = digest_map_add(&a->manifests, &m->digest, m);
    if (known != m)
        free_made_manifest(m);
    return known;
}

static const struct made_manifest *
make_manifest(struct docker_archive *a, const struct docker_image *image, struct err *err)
{
    CLEANUP(docker_config_release) struct docker_config config = DOCKER_CONFIG_INIT;
    char layers_text[TEXT_COUNT_MAX], ids_text[TEXT_COUNT_MAX];
    struct jsout *layers;

    if (docker_blobs_config(&a->blobs, image->config, &config, err) < 0)
        return NULL;
    if (config.count != image->layer_count) {
        err_because(err, ERR_INTEGRITY, REASON_FORMAT, "%s, but %s in the config",
                    text_count(layers_text, image->layer_count, "layer", "layers"),
                    text_count(ids_text, config.count, "diff_id", "diff_ids"));
        return NULL;
    }
    layers = jsout_array();
    for (size_t i = 0; i < config.count; i++) {
        const struct docker_blob *layer;

        if (docker_blobs_layer(&a->blobs, image->layers[i], &config.diff_ids[i], &layer,
                               err) < 0) {
            jsout_free(layers);
            return NULL;
        }
        jsout_append(layers, make_descriptor(layer));
    }
    return keep_manifest(a, config.blob, layers, err);
}

/* ---- opening ---- */

static void
add_docker_image(struct local_images *out, size_t *cap, const struct made_manifest *m,
                 const char *tag)
{
    struct local_image *image;

    out->items = mem_grow(out->items, out->count, cap, sizeof(*out->items));
    image = &out->items[out->count++];
    *image = (struct local_image){.digest = m->digest, .size = m->len};
    if (strlen(tag) < sizeof(image->label))
        snprintf(image->label, sizeof(image->label), "%s", tag);
    snprintf(image->media_type, sizeof(image->media_type), "%s", MEDIA_OCI_MANIFEST);
    local_image_name(image, NULL);
}

static int
not_an_archive(struct err *err, const char *what)
{
    return err_because(err, ERR_INTEGRITY, REASON_FORMAT, "%s", what);
}

static int
open_manifest(const struct docker_archive *a, struct docker_manifest *out,
              struct err *err)
{
    CLEANUP(buf_release) struct buf text = BUF_INIT(DOCKER_MANIFEST_BYTES_MAX);
    const struct tar_member *member =
        tar_index_require(a->blobs.tar, "manifest.json", err);

    if (!member && err->reason == REASON_MISSING &&
        tar_index_find(a->blobs.tar, "repositories"))
        return err_set(
            err, ERR_PROTOCOL,
            "it has no manifest.json, as archives of Docker before 1.10, which "
            "are not supported");
    if (!member && err->reason == REASON_MISSING &&
        tar_index_find(a->blobs.tar, "oci-layout"))
        return not_an_archive(err, "it has no manifest.json: it is an OCI layout");
    if (!member && err->reason == REASON_MISSING)
        return not_an_archive(err, "not a docker-archive: it has no manifest.json");
    if (!member || tar_index_slurp(a->blobs.tar, member, &text, err) < 0)
        return -1;
    return docker_manifest_parse(out, text.data, text.len, err) < 0
               ? err_wrap(err, "manifest.json")
               : 0;
}

/* docker save writes both since version 25; the manifests of the layout are other ones.
 */
static void
warn_of_layout(const struct docker_archive *a, const char *path)
{
    if (tar_index_find(a->blobs.tar, "oci-layout") &&
        tar_index_find(a->blobs.tar, "index.json"))
        events_warning_because(&a->blobs.run->events, REASON_ALSO_LAYOUT,
                               "'%s' is an OCI layout, too, whose manifests are not used",
                               path);
}

static int
read_docker_archive(struct docker_archive *a, struct local_images *out, struct err *err)
{
    CLEANUP(docker_manifest_release)
    struct docker_manifest manifest = DOCKER_MANIFEST_INIT;
    size_t cap = 0;

    if (open_manifest(a, &manifest, err) < 0)
        return -1;
    for (size_t i = 0; i < manifest.count; i++) {
        const struct docker_image *image = &manifest.images[i];
        const struct made_manifest *made = make_manifest(a, image, err);

        if (!made)
            return err->kind == ERR_SIGNAL ? -1 : err_wrap(err, "image %zu", i + 1);
        for (size_t t = 0; t < image->tag_count; t++)
            add_docker_image(out, &cap, made, image->tags[t]);
        if (image->tag_count == 0)
            add_docker_image(out, &cap, made, "");
    }
    return 0;
}

int
docker_archive_open(struct local_images *out, const char *path, const char *work_dir,
                    struct run *run, struct err *err)
{
    CLEANUP(local_images_release) struct local_images l = LOCAL_IMAGES_INIT;
    struct docker_archive *a;
    struct tar_index *tar;

    events_phase(&run->events, "reading an archive", 0, EVENT_ITEMS);
    if (tar_index_open(&tar, path, work_dir, run, err) < 0)
        return -1;
    a = xcalloc(1, sizeof(*a));
    docker_blobs_init(&a->blobs, tar, run);
    l.source = (struct image_source){.ctx = a,
                                     .list_referrers = local_no_referrers,
                                     .fetch_document = fetch_made_manifest,
                                     .fetch_blob = fetch_docker_blob,
                                     .open_blob = open_docker_blob,
                                     .close_blob = close_docker_blob,
                                     .is_made = is_made_here};
    l.has = has_docker_blob;
    l.close = free_docker_archive;
    warn_of_layout(a, path);
    if (read_docker_archive(a, &l, err) < 0)
        return -1;
    *out = l;
    l = (struct local_images)LOCAL_IMAGES_INIT;
    return 0;
}
