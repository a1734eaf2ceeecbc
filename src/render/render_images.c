/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "render/render_images.h"

#include "base/text.h"
#include "images/image_kind.h"
#include "images/image_tree.h"
#include "io/json/json_write.h"
#include "render/table.h"

static const char *
platform_label(const struct platform_details *p)
{
    if (p->is_attestation)
        return "(attestation)";
    return p->platform.text[0] != '\0' ? p->platform.text : "-";
}

static struct jsout *
platform_json(const struct platform_details *p)
{
    struct jsout *obj = jsout_object();

    if (p->platform.text[0] != '\0')
        jsout_put_text(obj, "platform", p->platform.text);
    jsout_put_bool(obj, "attestation", p->is_attestation);
    jsout_put_bool(obj, "omitted", p->is_omitted);
    jsout_put_bool(obj, "missing", p->is_missing);
    result_put_digest(obj, "digest", &p->digest);
    jsout_put_u64(obj, "bytes", p->bytes);
    return obj;
}

static struct jsout *
image_json(const struct image_set *set, const struct image_details *image)
{
    struct jsout *obj = result_entry(set, image->entry), *platforms = jsout_array();

    for (size_t i = 0; i < image->platform_count; i++)
        jsout_append(platforms, platform_json(&image->platforms[i]));
    if (image->subject)
        result_put_digest(obj, "subject", image->subject);
    jsout_put_u64(obj, "bytes", image->bytes);
    jsout_put(obj, "platforms", platforms);
    return obj;
}

/* A row for the name; below those of images, one for each platform. */
static void
add_image(const struct image_set *set, const struct image_details *image, unsigned depth,
          struct table *t)
{
    bool is_image = image->entry->is_image;
    char digest[DIGEST_TEXT_MAX], size[TEXT_HUMAN_MAX];

    digest_text(&image->entry->digest, digest);
    table_add_below(t, depth,
                    (const char *const[]){image->entry->name,
                                          is_image ? "" : image_kind(set, image->entry),
                                          digest, text_human(size, image->bytes)});
    for (size_t i = 0; is_image && i < image->platform_count; i++) {
        const struct platform_details *p = &image->platforms[i];

        digest_text(&p->digest, digest);
        table_add(t, (const char *const[]){"", platform_label(p), digest,
                                           p->is_missing   ? "MISSING"
                                           : p->is_omitted ? "left out"
                                                           : text_human(size, p->bytes)});
    }
}

void
render_images(struct result *r, const struct image_set *set,
              const struct image_details *details)
{
    CLEANUP(table_release) struct table t = TABLE_INIT;
    CLEANUP(image_tree_release) struct image_tree tree = IMAGE_TREE_INIT;
    struct jsout *images = jsout_array();

    image_tree_make(&tree, set);
    table_add(&t, (const char *const[]){"IMAGE", "PLATFORM", "DIGEST", "SIZE"});
    for (size_t i = 0; i < tree.count; i++)
        add_image(set, &details[tree.rows[i].entry], tree.rows[i].depth, &t);
    for (size_t i = 0; i < set->count; i++)
        jsout_append(images, image_json(set, &details[i]));
    jsout_put(r->json, "images", images);
    table_say(&t, r);
}
