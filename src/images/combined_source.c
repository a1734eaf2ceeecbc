/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "images/combined_source.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

void
combined_source_release(struct combined_source *c)
{
    for (size_t i = 0; i < c->place_count; i++) {
        local_images_release(&c->places[i].images);
        free(c->places[i].label);
    }
    free(c->places);
    free(c->names);
    *c = (struct combined_source)COMBINED_SOURCE_INIT;
}

/* ---- names ---- */

size_t
combined_source_add(struct combined_source *c, struct local_images *images,
                    const char *label)
{
    c->places = mem_grow(c->places, c->place_count, &c->place_cap, sizeof(*c->places));
    c->places[c->place_count] =
        (struct combined_place){.images = *images, .label = xstrdup(label)};
    *images = (struct local_images)LOCAL_IMAGES_INIT;
    return c->place_count++;
}

void
combined_source_name(struct combined_source *c, size_t place,
                     const struct local_image *image, const struct reference *name)
{
    struct combined_name *n;

    c->names = mem_grow(c->names, c->name_count, &c->name_cap, sizeof(*c->names));
    n = &c->names[c->name_count++];
    *n = (struct combined_name){
        .name = *name, .place = place, .digest = image->digest, .size = image->size};
    memcpy(n->media_type, image->media_type, sizeof(n->media_type));
}

/* Compare repository and tag; without a tag, the digest. */
static int
compare_references(const struct reference *a, const struct reference *b)
{
    int order = strcmp(a->host, b->host);

    if (order == 0)
        order = strcmp(a->path, b->path);
    if (order == 0)
        order = strcmp(a->tag, b->tag);
    return order == 0 && a->tag[0] == '\0' ? digest_compare(&a->digest, &b->digest)
                                           : order;
}

static int
compare_names(const void *left, const void *right)
{
    const struct combined_name *a = left, *b = right;

    return compare_references(&a->name, &b->name);
}

int
combined_source_ready(struct combined_source *c, struct err *err)
{
    if (c->name_count > 0)
        qsort(c->names, c->name_count, sizeof(*c->names), compare_names);
    for (size_t i = 1; i < c->name_count; i++) {
        const struct combined_name *a = &c->names[i - 1], *b = &c->names[i];
        char name[REFERENCE_TEXT_MAX];

        if (compare_names(a, b) != 0 || digest_equal(&a->digest, &b->digest))
            continue;
        reference_name(&a->name, name);
        return err_because(err, ERR_USAGE, REASON_COLLISION,
                           "%s has one digest in %s and another in %s", name,
                           c->places[a->place].label, c->places[b->place].label);
    }
    return 0;
}

static const struct combined_name *
find_name(const struct combined_source *c, const struct reference *name)
{
    const struct combined_name key = {.name = *name};

    return c->name_count > 0
               ? bsearch(&key, c->names, c->name_count, sizeof(key), compare_names)
               : NULL;
}

/* ---- places ---- */

/* The archive that has an object; NULL: none. */
static const struct combined_place *
place_of(const struct combined_source *c, const struct digest *digest)
{
    for (size_t i = 0; i < c->place_count; i++) {
        const struct local_images *l = &c->places[i].images;

        if (l->has(l->source.ctx, digest))
            return &c->places[i];
    }
    return NULL;
}

/* Whether an object that no archive has may be fetched. */
static int
require_remote(const struct combined_source *c, const struct reference *in,
               const struct digest *digest, struct err *err)
{
    const struct combined_name *local = find_name(c, in);
    char text[DIGEST_TEXT_MAX];

    if (!local)
        return 0;
    digest_text(digest, text);
    return err_set(err, ERR_NOT_FOUND, "%s lacks %s", c->places[local->place].label,
                   text);
}

/* ---- the source ---- */

static int
list_combined_tags(void *ctx, unsigned worker, const struct reference *repository,
                   const struct name_sink *sink, struct err *err)
{
    const struct combined_source *c = ctx;

    return c->remote->list_tags(c->remote->ctx, worker, repository, sink, err);
}

static int
resolve_here(const struct combined_source *c, unsigned worker,
             const struct combined_name *n, struct image_document *out, struct err *err)
{
    const struct combined_place *p = &c->places[n->place];
    const struct image_object what = {.digest = &n->digest, .size = n->size};

    if (p->images.source.fetch_document(p->images.source.ctx, worker, &what, out, err) <
        0)
        return err_wrap(err, "%s", p->label);
    memcpy(out->media_type, n->media_type, sizeof(out->media_type));
    return 0;
}

static int
resolve_combined(void *ctx, unsigned worker, const struct reference *name,
                 struct image_document *out, struct err *err)
{
    const struct combined_source *c = ctx;
    const struct combined_name *n = find_name(c, name);

    if (n)
        return resolve_here(c, worker, n, out, err);
    return c->remote->resolve(c->remote->ctx, worker, name, out, err);
}

static int
list_combined_referrers(void *ctx, unsigned worker, const struct reference *in,
                        const struct digest *subject, struct referrers *out,
                        struct err *err)
{
    const struct combined_source *c = ctx;
    const struct combined_place *p = place_of(c, subject);

    if (p)
        return p->images.source.list_referrers(p->images.source.ctx, worker, in, subject,
                                               out, err);
    if (find_name(c, in)) /* made here of an image in an archive */
        return 0;
    return c->remote->list_referrers(c->remote->ctx, worker, in, subject, out, err);
}

static int
fetch_combined_document(void *ctx, unsigned worker, const struct image_object *what,
                        struct image_document *out, struct err *err)
{
    const struct combined_source *c = ctx;
    const struct combined_place *p = place_of(c, what->digest);

    if (!p)
        return require_remote(c, what->in, what->digest, err) < 0
                   ? -1
                   : c->remote->fetch_document(c->remote->ctx, worker, what, out, err);
    return p->images.source.fetch_document(p->images.source.ctx, worker, what, out, err) <
                   0
               ? err_wrap(err, "%s", p->label)
               : 0;
}

static int
fetch_combined_blob(void *ctx, unsigned worker, const struct image_object *what,
                    struct blob_prefix *prefix, const struct byte_sink *sink,
                    struct err *err)
{
    const struct combined_source *c = ctx;
    const struct combined_place *p = place_of(c, what->digest);

    if (!p) {
        if (!what->url && require_remote(c, what->in, what->digest, err) < 0)
            return -1;
        return c->remote->fetch_blob(c->remote->ctx, worker, what, prefix, sink, err);
    }
    return p->images.source.fetch_blob(p->images.source.ctx, worker, what, prefix, sink,
                                       err) < 0
               ? err_wrap(err, "%s", p->label)
               : 0;
}

/* An open blob, of a registry or of an archive. */
struct combined_blob {
    const struct image_source *source;
    const char *label; /* NULL: of a registry */
    struct byte_source inner;
};

static ssize_t
read_combined_blob(void *ctx, void *out, size_t len, uint64_t offset, struct err *err)
{
    const struct combined_blob *b = ctx;
    ssize_t n = b->inner.read_at(b->inner.ctx, out, len, offset, err);

    if (n < 0 && b->label && err->kind != ERR_SIGNAL)
        err_wrap(err, "from %s", b->label);
    return n;
}

static void
open_combined_blob(void *ctx, unsigned worker, const struct image_object *what,
                   struct byte_source *out)
{
    const struct combined_source *c = ctx;
    const struct combined_place *p = place_of(c, what->digest);
    const struct combined_name *local = find_name(c, what->in);
    struct combined_blob *b = xcalloc(1, sizeof(*b));

    if (!p && local && what->url_count == 0)
        p = &c->places[local->place]; /* its error says that it is not there */
    b->source = p ? &p->images.source : c->remote;
    b->label = p ? p->label : NULL;
    b->source->open_blob(b->source->ctx, worker, what, &b->inner);
    *out = (struct byte_source){
        .read_at = read_combined_blob, .ctx = b, .size = b->inner.size};
}

static void
close_combined_blob(struct byte_source *blob)
{
    struct combined_blob *b = blob->ctx;

    b->source->close_blob(&b->inner);
    free(b);
    blob->ctx = NULL;
}

static struct image_origin
origin_of_combined(void *ctx, const struct image_object *what)
{
    const struct combined_place *p = place_of(ctx, what->digest);

    return (struct image_origin){.archive = p ? p->label : NULL, .in = what->in};
}

static bool
is_made_by_place(void *ctx, const struct digest *document)
{
    const struct combined_source *c = ctx;
    const struct combined_place *p = place_of(c, document);

    return p && p->images.source.is_made &&
           p->images.source.is_made(p->images.source.ctx, document);
}

/* Another archive may have it. */
static enum image_absence
absence_of_places(void *ctx, const struct digest *child)
{
    const struct combined_source *c = ctx;
    enum image_absence absence = ABSENCE_UNKNOWN;

    if (place_of(c, child))
        return ABSENCE_UNKNOWN;
    for (size_t i = 0; i < c->place_count && absence == ABSENCE_UNKNOWN; i++)
        absence = image_source_absence(&c->places[i].images.source, child);
    return absence;
}

struct image_source
combined_source(struct combined_source *c)
{
    return (struct image_source){.ctx = c,
                                 .is_remote = true,
                                 .list_tags = list_combined_tags,
                                 .resolve = resolve_combined,
                                 .list_referrers = list_combined_referrers,
                                 .fetch_document = fetch_combined_document,
                                 .fetch_blob = fetch_combined_blob,
                                 .open_blob = open_combined_blob,
                                 .close_blob = close_combined_blob,
                                 .origin = origin_of_combined,
                                 .is_made = is_made_by_place,
                                 .absence = absence_of_places};
}
