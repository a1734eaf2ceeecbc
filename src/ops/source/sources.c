/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "ops/source/sources.h"

#include "archive/docker_archive.h"
#include "archive/oci_archive.h"
#include "archive/oci_dir.h"
#include "archive/tool_program.h"
#include "base/mem.h"
#include "base/text_safe.h"
#include "bundle/reader/bundle_images.h"
#include "ops/verify/verify.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void
sources_release(struct sources *s)
{
    for (size_t i = 0; i < s->count; i++) {
        image_location_release(&s->requests[i].location);
        free(s->requests[i].label);
    }
    free(s->requests);
    combined_source_release(&s->combined);
    for (size_t i = 0; i < s->bundle_count; i++) {
        verified_release(&s->bundles[i]->verified);
        free(s->bundles[i]);
    }
    free(s->bundles);
    free(s->missing.items);
    *s = (struct sources)SOURCES_INIT;
}

/* ---- what was typed ---- */

/* Paths in a list are relative to its folder. */
static void
place_path(struct image_location *l, const struct reference_place *place)
{
    const char *slash = place && place->file ? strrchr(place->file, '/') : NULL;
    char *path;

    if (!slash || l->path[0] == '/')
        return;
    path = xasprintf("%.*s/%s", (int)(slash - place->file), place->file, l->path);
    free(l->path);
    l->path = path;
}

int
sources_take(void *ctx, const char *text, size_t len, const struct reference_place *place,
             struct err *err)
{
    struct sources *s = ctx;
    CLEANUP(image_location_release) struct image_location l = IMAGE_LOCATION_INIT;
    struct source_request *r;

    if (image_location_parse(&l, text, len, err) < 0)
        return -1;
    if (l.transport == TRANSPORT_REGISTRY)
        return 0;
    if (s->count == SOURCES_MAX)
        return err_set(err, ERR_LIMIT, "more than %d archives", SOURCES_MAX);
    s->requests = mem_grow(s->requests, s->count, &s->cap, sizeof(*s->requests));
    r = &s->requests[s->count++];
    place_path(&l, place);
    *r = (struct source_request){
        .location = l,
        .label = xasprintf("%s:%s", image_transport_name(l.transport), l.path)};
    if (place)
        r->place = *place;
    l = (struct image_location)IMAGE_LOCATION_INIT;
    return 1;
}

void
sources_take_program(struct sources *s, const char *path)
{
    s->requests = mem_grow(s->requests, s->count, &s->cap, sizeof(*s->requests));
    s->requests[s->count++] =
        (struct source_request){.location = {.transport = TRANSPORT_REGISTRY,
                                             .path = xstrdup(path),
                                             .name = xstrdup("")},
                                .label = xasprintf("the program %s", path),
                                .is_program = true};
}

bool
sources_need_trust(const struct sources *s)
{
    for (size_t i = 0; i < s->count; i++) {
        if (s->requests[i].location.transport == TRANSPORT_BUNDLE)
            return true;
    }
    return false;
}

/* ---- the images that are wanted ---- */

struct opening {
    struct sources *sources;
    const struct source_options *options;
    struct reference_list *names;
    size_t from_registries; /* the first ones in names */
    const struct source_request *request;
    const struct local_images *images;
    size_t place;   /* of these images */
    size_t unnamed; /* images that got options->name, over all archives */
};

static bool
is_called(const struct local_image *image, const char *wanted)
{
    char text[DIGEST_TEXT_MAX + 1];
    struct reference name;

    if (wanted[0] == '@') {
        digest_text(&image->digest, text);
        return strcmp(wanted + 1, text) == 0;
    }
    if (strcmp(image->label, wanted) == 0)
        return true;
    return image->has_name &&
           reference_parse(&name, wanted, strlen(wanted), err_ignored()) == 0 &&
           reference_same_name(&name, &image->name);
}

static bool
is_wanted(const struct opening *o, const struct local_image *image)
{
    const char *wanted = o->request->location.name;

    return wanted[0] == '\0' ? !image->is_attached : is_called(image, wanted);
}

/* What is there, for a user who has to choose. */
static void
list_images(const struct opening *o)
{
    enum { SHOWN = 20 };
    size_t shown = 0;

    for (size_t i = 0; i < o->images->count && shown < SHOWN; i++) {
        const struct local_image *image = &o->images->items[i];
        char digest[DIGEST_TEXT_MAX], label[TEXT_SAFE_MAX];

        if (image->is_attached)
            continue;
        digest_text(&image->digest, digest);
        text_safe(label, image->label, strlen(image->label));
        events_warning(&o->options->run->events, "%s has %s%s%s", o->request->label,
                       digest, label[0] ? " as " : ", without a name", label);
        shown++;
    }
}

/*
 * --name is for images without one.  When it has no tag, the one that the archive gives
 * is added.
 */
static int
given_name(const struct opening *o, const struct local_image *image,
           struct reference *name, struct err *err)
{
    const char *given = o->options->name ? o->options->name : o->options->other_name;

    if (!given) {
        list_images(o);
        return err_because(err, ERR_USAGE, REASON_NO_NAME,
                           "an image there has no name, only %s%s",
                           image->label[0] ? "the tag " : "a digest", image->label);
    }
    if (reference_parse(name, given, strlen(given), err) < 0)
        return -1;
    if (name->is_default && reference_is_tag(image->label)) {
        memcpy(name->tag, image->label, strlen(image->label) + 1);
        name->is_default = false;
    }
    return 0;
}

static int
add_image(struct opening *o, const struct local_image *image, struct err *err)
{
    struct reference name = image->name;
    const struct reference_place *other;
    char text[REFERENCE_TEXT_MAX];

    if (!image->has_name) {
        if (given_name(o, image, &name, err) < 0)
            return -1;
        o->unnamed++;
    }
    if (name.has_digest && !digest_equal(&name.digest, &image->digest))
        return err_because(err, ERR_INTEGRITY, REASON_DIGEST,
                           "the name of an image has another digest than the image");
    reference_name(&name, text);
    other = reference_list_place(o->names, &name);
    if (other && (size_t)(other - o->names->places) < o->from_registries)
        return err_because(err, ERR_USAGE, REASON_COLLISION,
                           "%s is also to be fetched from its registry", text);
    combined_source_name(&o->sources->combined, o->place, image, &name);
    return reference_list_add_parsed(o->names, &name, &o->request->place, err);
}

static int
add_images(struct opening *o, struct err *err)
{
    size_t added = 0;

    for (size_t i = 0; i < o->images->count; i++) {
        const struct local_image *image = &o->images->items[i];

        if (!is_wanted(o, image)) {
            o->sources->is_part |= !image->is_attached;
            continue;
        }
        if (add_image(o, image, err) < 0)
            return -1;
        added++;
    }
    if (added > 0)
        return 0;
    if (o->request->location.name[0] == '\0')
        return err_set(err, ERR_NOT_FOUND, "there is no image");
    list_images(o);
    return err_set(err, ERR_NOT_FOUND, "there is no image of that name");
}

/* ---- opening ---- */

/*
 * A stream has one recorded bundle, so one run cannot import two: the result would depend
 * on their order, and the lock of the first one stops the second.
 */
static int
check_stream(const struct sources *s, struct err *err)
{
    const char *stream = s->bundles[s->bundle_count - 1]->verified.meta.stream;

    for (size_t i = 0; i + 1 < s->bundle_count; i++) {
        const struct source_bundle *other = s->bundles[i];

        if (other->verified.lock >= 0 && strcmp(other->verified.meta.stream, stream) == 0)
            return err_set(err, ERR_USAGE,
                           "%s is a bundle of stream '%s', too: copy them one after the "
                           "other, the oldest first",
                           other->path, stream);
    }
    return -1;
}

/* The whole bundle is verified here, and each object again when it is read. */
static int
open_source_bundle(struct opening *o, struct local_images *out, struct err *err)
{
    struct sources *s = o->sources;
    struct source_bundle *b = xcalloc(1, sizeof(*b));

    b->verified = (struct verified)VERIFIED_INIT;
    b->options = o->options->verify;
    b->path = o->request->location.path;
    b->options.paths = &b->path;
    b->options.path_count = 1;
    b->options.run = o->options->run;
    s->bundles =
        mem_grow(s->bundles, s->bundle_count, &s->bundle_cap, sizeof(*s->bundles));
    s->bundles[s->bundle_count++] = b;
    if (verify_run(&b->verified, &b->options, err) < 0)
        return err->kind == ERR_CONFLICT ? check_stream(s, err) : -1;
    bundle_images(out, b->verified.bundle);
    return 0;
}

static int
open_images(struct opening *o, struct local_images *out, struct err *err)
{
    const struct image_location *l = &o->request->location;

    if (o->request->is_program)
        return tool_program_open(out, l->path, err);
    switch (l->transport) {
    case TRANSPORT_OCI_DIR:
        return oci_dir_open(out, l->path, err);
    case TRANSPORT_BUNDLE:
        return open_source_bundle(o, out, err);
    case TRANSPORT_DOCKER_ARCHIVE:
        return docker_archive_open(out, l->path, o->options->work_dir, o->options->run,
                                   err);
    case TRANSPORT_OCI_ARCHIVE:
        return oci_archive_open(out, l->path, o->options->work_dir, o->options->run, err);
    case TRANSPORT_REGISTRY:
        break;
    }
    return err_set(err, ERR_INTERNAL, "no reader for %s",
                   image_transport_name(l->transport));
}

/* Whether the archive is open already; sets o->place. */
static bool
is_open(struct opening *o)
{
    const struct combined_source *c = &o->sources->combined;

    for (o->place = 0; o->place < c->place_count; o->place++) {
        if (strcmp(c->places[o->place].label, o->request->label) == 0)
            return true;
    }
    return false;
}

/* An error of verify_run() has the path already. */
static int
wrap_opening(struct err *err, const struct source_request *r)
{
    return r->location.transport == TRANSPORT_BUNDLE || err->kind == ERR_SIGNAL
               ? -1
               : err_wrap(err, "%s", r->label);
}

/* What a bundle lacks is missing from what is made of all of it. */
static void
add_missing(struct sources *s, const struct source_request *r)
{
    for (size_t i = 0; i < s->bundle_count && r->location.name[0] == '\0'; i++) {
        const struct missing_list *l = &s->bundles[i]->verified.missing;

        if (strcmp(s->bundles[i]->path, r->location.path) != 0)
            continue;
        for (size_t k = 0; k < l->count; k++) {
            s->missing.items = mem_grow(s->missing.items, s->missing.count,
                                        &s->missing_cap, sizeof(*s->missing.items));
            s->missing.items[s->missing.count++] = l->items[k];
        }
    }
}

static int
open_request(struct opening *o, struct err *err)
{
    CLEANUP(local_images_release) struct local_images images = LOCAL_IMAGES_INIT;
    struct combined_source *c = &o->sources->combined;

    if (!is_open(o)) {
        if (open_images(o, &images, err) < 0)
            return wrap_opening(err, o->request);
        o->place = combined_source_add(c, &images, o->request->label);
    }
    o->images = &c->places[o->place].images;
    add_missing(o->sources, o->request);
    return add_images(o, err) < 0 ? err_wrap(err, "%s", o->request->label) : 0;
}

int
sources_open(struct sources *s, const struct source_options *options,
             struct reference_list *names, struct err *err)
{
    struct opening o = {.sources = s,
                        .options = options,
                        .names = names,
                        .from_registries = names->count};

    s->from_registries = names->count;

    for (size_t i = 0; i < s->count; i++) {
        o.request = &s->requests[i];
        if (open_request(&o, err) < 0)
            return reference_place_wrap(err, &o.request->place);
    }
    if (options->name && o.unnamed == 0)
        return err_set(err, ERR_USAGE,
                       "a name is given, but no image of an archive lacks one");
    return combined_source_ready(&s->combined, err);
}
