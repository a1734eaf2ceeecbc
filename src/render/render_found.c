/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "render/render_found.h"

#include "io/json/json_write.h"

static struct jsout *
put_found_place(const struct found_place *place)
{
    struct jsout *obj = jsout_object();

    jsout_put_text(obj, "file", place->file);
    if (place->line > 0)
        jsout_put_u64(obj, "line", place->line);
    if (place->column > 0)
        jsout_put_u64(obj, "column", place->column);
    if (place->document > 0)
        jsout_put_u64(obj, "document", place->document);
    if (place->kind[0] != '\0') {
        jsout_put_text(obj, "kind", place->kind);
        jsout_put_text(obj, "object", place->object);
    }
    if (place->path[0] != '\0')
        jsout_put_text(obj, "path", place->path);
    jsout_put_text(obj, "confidence", confidence_word(place->confidence));
    return obj;
}

static struct jsout *
put_found_image(const struct found_image *image)
{
    struct jsout *obj = jsout_object(), *places = jsout_array();

    jsout_put_text(obj, "name", image->name);
    jsout_put_text(obj, "confidence", confidence_word(image->confidence));
    jsout_put_bool(obj, "impliedTag", image->ref.is_default);
    jsout_put_u64(obj, "placeCount", image->total);
    for (size_t i = 0; i < image->place_count; i++) {
        if (image->places[i].file)
            jsout_append(places, put_found_place(&image->places[i]));
    }
    jsout_put(obj, "places", places);
    return obj;
}

void
render_found(struct result *r, const struct found_list *found, enum confidence at_least)
{
    for (size_t i = 0; i < found->count; i++) {
        if (found->items[i]->confidence >= at_least)
            result_say(r, "%s\n", found->items[i]->name);
    }
}

void
render_found_json(struct result *r, const struct found_list *found,
                  enum confidence at_least)
{
    struct jsout *taken = jsout_array(), *others = jsout_array();

    for (size_t i = 0; i < found->count; i++) {
        const struct found_image *image = found->items[i];

        jsout_append(image->confidence >= at_least ? taken : others,
                     put_found_image(image));
    }
    jsout_put(r->json, "images", taken);
    jsout_put(r->json, "notTaken", others);
}

void
render_found_places(struct result *r, const struct found_image *image)
{
    jsout_put(r->json, "image", put_found_image(image));
    result_say(r, "%s: %s\n", image->name, confidence_word(image->confidence));
    for (size_t i = 0; i < image->place_count; i++) {
        const struct found_place *p = &image->places[i];
        bool has_object = p->kind[0] != '\0';

        if (!p->file)
            result_say(r, "  on the command line\n");
        else
            result_say(r, "  %s:%zu: %s%s%s%s%s (%s)\n", p->file, p->line, p->kind,
                       has_object ? "/" : "", p->object,
                       has_object && p->path[0] != '\0' ? " " : "",
                       p->path[0] != '\0' ? p->path
                       : has_object       ? ""
                                          : "a line",
                       confidence_word(p->confidence));
    }
    if (image->total > image->place_count)
        result_say(r, "  and %zu more places\n", image->total - image->place_count);
}
