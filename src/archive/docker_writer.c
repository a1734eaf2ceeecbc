/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "archive/docker_writer.h"

#include "archive/archive_file.h"
#include "archive/docker_manifest.h"
#include "base/mem.h"
#include "base/text.h"
#include "base/text_safe.h"
#include "io/json/json_write.h"
#include "oci/graph_walk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MEMBER_NAME_MAX (2 * DIGEST_RAW_MAX + sizeof(".tar.gz"))

enum member_kind { MEMBER_NONE, MEMBER_CONFIG, MEMBER_TAR, MEMBER_TAR_GZ };

struct docker_writer {
    struct archive_file file;
    struct target_images *images;
    struct buf manifest;
    enum member_kind *kinds; /* by graph id */
    uint64_t *offsets;       /* of the members, by graph id */
};

/* ---- what an image consists of ---- */

static int
not_representable(const struct target_image *image, const char *why, struct err *err)
{
    return err_set(err, ERR_USAGE, "%s: %s", image->entry->name, why);
}

/* The document that is the image: of an index, its one child that is not left out. */
static int
find_image(const struct graph *g, const struct target_image *image, uint32_t id,
           uint32_t *out, struct err *err)
{
    const struct graph_object *o = graph_object(g, id);
    uint32_t found = GRAPH_NONE;

    if (o->kind != MEDIA_INDEX) {
        *out = id;
        return 0;
    }
    for (uint32_t i = 0; i < o->edge_count; i++) {
        const struct graph_edge *e = &o->edges[i];

        if (e->is_attestation || graph_object(g, e->to)->state != GRAPH_DOCUMENT)
            continue;
        if (found != GRAPH_NONE && found != e->to)
            return err_because(err, ERR_USAGE, REASON_ONE_PLATFORM,
                               "%s: a docker-archive holds one platform of an image",
                               image->entry->name);
        found = e->to;
    }
    if (found == GRAPH_NONE)
        return not_representable(image, "its index lists no image", err);
    return find_image(g, image, found, out, err);
}

static enum member_kind
kind_of_edge(const struct graph *g, const struct graph_edge *e)
{
    static const struct {
        const char *type;
        enum edge_kind edge;
        enum member_kind kind;
    } known[] = {
        {"application/vnd.oci.image.config.v1+json", EDGE_CONFIG, MEMBER_CONFIG},
        {"application/vnd.docker.container.image.v1+json", EDGE_CONFIG, MEMBER_CONFIG},
        {"application/vnd.oci.image.layer.v1.tar", EDGE_LAYER, MEMBER_TAR},
        {"application/vnd.oci.image.layer.v1.tar+gzip", EDGE_LAYER, MEMBER_TAR_GZ},
        {"application/vnd.docker.image.rootfs.diff.tar", EDGE_LAYER, MEMBER_TAR},
        {"application/vnd.docker.image.rootfs.diff.tar.gzip", EDGE_LAYER, MEMBER_TAR_GZ},
        {"application/vnd.oci.image.layer.nondistributable.v1.tar", EDGE_LAYER,
         MEMBER_TAR},
        {"application/vnd.oci.image.layer.nondistributable.v1.tar+gzip", EDGE_LAYER,
         MEMBER_TAR_GZ},
        {"application/vnd.docker.image.rootfs.foreign.diff.tar.gzip", EDGE_LAYER,
         MEMBER_TAR_GZ},
    };
    const char *type = graph_media_type(g, e);

    for (size_t i = 0; i < COUNT_OF(known); i++) {
        if (e->kind == known[i].edge && strcmp(type, known[i].type) == 0)
            return known[i].kind;
    }
    return MEMBER_NONE;
}

static int
reject_edge(const struct target_image *image, const struct graph *g,
            const struct graph_edge *e, struct err *err)
{
    char safe[TEXT_SAFE_MAX];
    const char *type = graph_media_type(g, e);

    text_safe(safe, type, strlen(type));
    if (e->kind != EDGE_LAYER)
        return not_representable(image, "it is not a container image", err);
    if (strstr(type, "zstd"))
        return not_representable(image,
                                 "a layer is compressed with zstd, which not all readers "
                                 "of a docker-archive support",
                                 err);
    return err_set(err, ERR_USAGE,
                   "%s: a layer has the type '%s', which docker load does not read",
                   image->entry->name, safe);
}

/* Note config and layers of an image. */
static int
note_members(struct docker_writer *w, const struct target_image *image, uint32_t id,
             struct err *err)
{
    const struct graph *g = w->images->set->graph;
    const struct graph_object *o = graph_object(g, id);
    bool has_config = false;

    for (uint32_t i = 0; i < o->edge_count; i++) {
        const struct graph_edge *e = &o->edges[i];
        enum member_kind kind = kind_of_edge(g, e);

        if (kind == MEMBER_NONE)
            return reject_edge(image, g, e, err);
        if (w->kinds[e->to] != MEMBER_NONE && w->kinds[e->to] != kind)
            return not_representable(image, "a blob is used in two ways", err);
        w->kinds[e->to] = kind;
        has_config |= kind == MEMBER_CONFIG;
    }
    return has_config ? 0 : not_representable(image, "it is not a container image", err);
}

/* ---- manifest.json ---- */

static void
member_name(char out[MEMBER_NAME_MAX], const struct digest *digest, enum member_kind kind)
{
    static const char *const ends[] = {[MEMBER_NONE] = "",
                                       [MEMBER_CONFIG] = ".json",
                                       [MEMBER_TAR] = ".tar",
                                       [MEMBER_TAR_GZ] = ".tar.gz"};
    char hex[2 * DIGEST_RAW_MAX + 1];

    digest_hex(digest, hex);
    snprintf(out, MEMBER_NAME_MAX, "%s%s", hex, ends[kind]);
}

/* RepoTags have a tag, and are written in full, as other tools do. */
static int
add_repo_tag(struct jsout *tags, const struct target_image *image, struct err *err)
{
    struct reference ref;
    char name[REFERENCE_TEXT_MAX];

    if (image->name[0] == '\0')
        return 0;
    if (reference_parse(&ref, image->name, strlen(image->name), err) < 0)
        return -1;
    if (ref.tag[0] == '\0')
        return err_set(err, ERR_USAGE, "'%s': an image in a docker-archive has a tag",
                       image->name);
    reference_name(&ref, name);
    jsout_append_text(tags, name);
    return 0;
}

/* All names of the image: those of other entries follow with the first. */
static int
put_repo_tags(const struct docker_writer *w, const uint32_t *documents, size_t first,
              struct jsout *item, struct err *err)
{
    struct jsout *tags = jsout_array();

    jsout_put(item, "RepoTags", tags);
    for (size_t i = first; i < w->images->count; i++) {
        if (documents[i] == documents[first] &&
            add_repo_tag(tags, &w->images->items[i], err) < 0)
            return -1;
    }
    return 0;
}

static struct jsout *
make_item(const struct docker_writer *w, uint32_t document)
{
    const struct graph *g = w->images->set->graph;
    const struct graph_object *o = graph_object(g, document);
    struct jsout *item = jsout_object(), *layers = jsout_array();

    for (uint32_t i = 0; i < o->edge_count; i++) {
        uint32_t to = o->edges[i].to;
        char name[MEMBER_NAME_MAX];

        member_name(name, &graph_object(g, to)->digest, w->kinds[to]);
        if (w->kinds[to] == MEMBER_CONFIG)
            jsout_put_text(item, "Config", name);
        else
            jsout_append_text(layers, name);
    }
    jsout_put(item, "Layers", layers);
    return item;
}

static bool
is_first_of_document(const uint32_t *documents, size_t i)
{
    for (size_t k = 0; k < i; k++) {
        if (documents[k] == documents[i])
            return false;
    }
    return true;
}

static int
make_docker_manifest(struct docker_writer *w, const uint32_t *documents, struct err *err)
{
    struct jsout *root = jsout_array();

    for (size_t i = 0; i < w->images->count; i++) {
        struct jsout *item;

        if (!is_first_of_document(documents, i))
            continue;
        item = make_item(w, documents[i]);
        jsout_append(root, item);
        if (put_repo_tags(w, documents, i, item, err) < 0) {
            jsout_free(root);
            return -1;
        }
    }
    return jsout_write(root, &w->manifest, err);
}

/* ---- begin ---- */

static int
examine_images(struct docker_writer *w, struct err *err)
{
    const struct graph *g = w->images->set->graph;
    uint32_t *documents = xcalloc(w->images->count + 1, sizeof(*documents));
    int rc = 0;

    w->kinds = xcalloc(graph_count(g) + 1, sizeof(*w->kinds));
    if (w->images->count > DOCKER_MANIFEST_IMAGES_MAX)
        rc = err_set(err, ERR_LIMIT, "more than %d images", DOCKER_MANIFEST_IMAGES_MAX);
    for (size_t i = 0; i < w->images->count && rc == 0; i++) {
        const struct target_image *image = &w->images->items[i];

        rc = find_image(g, image, image->entry->object, &documents[i], err);
        if (rc == 0)
            rc = note_members(w, image, documents[i], err);
    }
    if (rc == 0)
        rc = make_docker_manifest(w, documents, err);
    free(documents);
    return rc;
}

static int
place_all(struct docker_writer *w, uint64_t *manifest_at, struct err *err)
{
    const struct graph *g = w->images->set->graph;
    const uint32_t *ids = graph_order(g);

    w->offsets = xcalloc(graph_count(g) + 1, sizeof(*w->offsets));
    if (archive_file_place(&w->file, w->manifest.len, manifest_at, err) < 0)
        return -1;
    for (size_t i = 0; i < graph_member_count(g); i++) {
        if (w->kinds[ids[i]] != MEMBER_NONE &&
            archive_file_place(&w->file, graph_object(g, ids[i])->size,
                               &w->offsets[ids[i]], err) < 0)
            return -1;
    }
    return 0;
}

static int
begin_docker_archive(void *ctx, struct target_images *images, struct err *err)
{
    struct docker_writer *w = ctx;
    uint64_t manifest_at;

    w->images = images;
    if (archive_file_check(&w->file, images, err) < 0 || examine_images(w, err) < 0 ||
        place_all(w, &manifest_at, err) < 0)
        return -1;
    if (images->is_dry_run)
        return 0;
    return archive_file_create(&w->file, images->may_replace, err) < 0
               ? -1
               : archive_file_write(&w->file, "manifest.json", w->manifest.data,
                                    w->manifest.len, manifest_at, err);
}

/* ---- objects ---- */

static bool
wants_member(void *ctx, const struct image_object *what)
{
    const struct docker_writer *w = ctx;

    return w->kinds[graph_find(w->images->set->graph, what->digest)] != MEMBER_NONE;
}

static int
lacks_member(void *ctx, const struct image_object *what, struct err *err)
{
    (void)ctx, (void)what, (void)err;
    return 0;
}

static int
put_docker_member(void *ctx, const struct image_object *what,
                  const struct byte_source *bytes, struct err *err)
{
    const struct docker_writer *w = ctx;
    uint32_t id = graph_find(w->images->set->graph, what->digest);
    char name[MEMBER_NAME_MAX];

    member_name(name, what->digest, w->kinds[id]);
    return archive_file_put(&w->file, name, what, bytes, w->offsets[id], err);
}

/* ---- the end ---- */

static int
finish_docker_archive(void *ctx, struct err *err)
{
    struct docker_writer *w = ctx;

    return archive_file_publish(&w->file, err);
}

static void
close_docker_archive(void *ctx)
{
    struct docker_writer *w = ctx;

    archive_file_release(&w->file);
    buf_release(&w->manifest);
    free(w->kinds);
    free(w->offsets);
    free(w);
}

void
docker_archive_target(struct image_target *out, const char *path)
{
    struct docker_writer *w = xcalloc(1, sizeof(*w));

    *w = (struct docker_writer){.manifest = BUF_INIT(DOCKER_MANIFEST_BYTES_MAX)};
    archive_file_init(&w->file, path);
    *out = (struct image_target){.ctx = w,
                                 .begin = begin_docker_archive,
                                 .wants = wants_member,
                                 .has = lacks_member,
                                 .put = put_docker_member,
                                 .finish = finish_docker_archive,
                                 .close = close_docker_archive};
}
