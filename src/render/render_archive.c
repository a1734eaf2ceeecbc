/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "render/render_archive.h"

#include "base/text.h"
#include "io/json/json_write.h"
#include "oci/graph_size.h"
#include "render/render_omitted.h"
#include "render/table.h"

#include <inttypes.h>

static const char *
state_of_image(const struct target_image *image, bool is_dry_run)
{
    static const char *const words[] = {[TARGET_NEW] = "written",
                                        [TARGET_PRESENT] = "present",
                                        [TARGET_SKIPPED] = "skipped"};

    return image->state == TARGET_NEW && is_dry_run ? "would-write" : words[image->state];
}

static void
put_archive_images(struct result *r, const struct target_images *images)
{
    CLEANUP(table_release) struct table t = TABLE_INIT;
    CLEANUP(graph_size_release)
    struct graph_size *sizes = graph_size_new(images->set->graph);
    CLEANUP(graph_walk_release)
    struct graph_walk *walk = graph_walk_new(images->set->graph);
    struct jsout *list = jsout_array();

    table_add(&t, (const char *const[]){"IMAGE", "STATE", "DIGEST", "SIZE"});
    for (size_t i = 0; i < images->count; i++) {
        const struct target_image *image = &images->items[i];
        const struct image_entry *e = image->entry;
        const char *name = image->name[0] ? image->name : e->name;
        struct jsout *obj = result_entry(images->set, e);
        char digest[DIGEST_TEXT_MAX], size[TEXT_HUMAN_MAX];

        jsout_put_text(obj, "target", image->name);
        jsout_put_text(obj, "state", state_of_image(image, images->is_dry_run));
        result_omitted(r, obj, images->set, walk, e);
        jsout_append(list, obj);
        digest_text(&e->digest, digest);
        text_human(size, graph_size_add(sizes, e->object));
        table_add(&t, (const char *const[]){
                          name, state_of_image(image, images->is_dry_run), digest, size});
    }
    jsout_put(r->json, "images", list);
    table_say(&t, r);
}

void
render_archive(struct result *r, const struct archive_result *x, const char *target,
               bool done)
{
    struct jsout *counts = jsout_object();
    char size[TEXT_HUMAN_MAX], written[TEXT_COUNT_MAX];

    put_archive_images(r, &x->images);
    jsout_put_u64(counts, "objectsWritten", x->written);
    jsout_put_u64(counts, "bytesWritten", x->bytes_written);
    jsout_put_u64(counts, "objectsPresent", x->present);
    jsout_put_u64(counts, "bytesPresent", x->bytes_present);
    jsout_put(r->json, "counts", counts);
    if (done)
        result_say(r, "%s %s to %s (%s), %zu present\n",
                   x->images.is_dry_run ? "would write" : "wrote",
                   text_count(written, x->written, "object", "objects"), target,
                   text_human(size, x->bytes_written), x->present);
}
