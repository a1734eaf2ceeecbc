/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "archive/layout_index.h"

#include "base/mem.h"
#include "base/text.h"
#include "base/text_safe.h"
#include "io/json/json.h"
#include "io/json/json_write.h"
#include "oci/media_type.h"

#include <stdlib.h>
#include <string.h>

#define REF_NAME   "org.opencontainers.image.ref.name"
#define IMAGE_NAME "io.containerd.image.name"

const char layout_file[] = "{\"imageLayoutVersion\":\"1.0.0\"}";

int
layout_file_check(const struct buf *text, struct err *err)
{
    CLEANUP(js_release) struct js *root = NULL;
    const char *version;

    root = js_parse_foreign(text->data, text->len, ERR_INTEGRITY, err);
    if (!root)
        return err_wrap(err, "oci-layout");
    if (js_string(root, "imageLayoutVersion", &version) == 1 &&
        text_starts(version, "1."))
        return 0;
    return err_because(err, ERR_INTEGRITY, REASON_FORMAT,
                       "oci-layout: imageLayoutVersion is not 1.0.0");
}

/* ---- entries of an index ---- */

/* The name of an entry, "" for none. */
static const char *
name_of_entry(const struct js *entry)
{
    const struct js *annotations;
    const char *name;

    return js_object(entry, "annotations", &annotations) == 1 &&
                   js_string(annotations, REF_NAME, &name) == 1
               ? name
               : "";
}

/* False when it has none that is well-formed. */
static bool
digest_of_entry(const struct js *entry, struct digest *out)
{
    const char *text;

    return js_string(entry, "digest", &text) == 1 &&
           digest_parse(out, text, strlen(text), ERR_INTEGRITY, err_ignored()) == 0;
}

static bool
has_entry_digest(const struct js *entry, const struct digest *digest)
{
    struct digest there;

    return digest_of_entry(entry, &there) && digest_equal(&there, digest);
}

/* The unnamed image that an unnamed entry is, or NULL. */
static struct target_image *
find_unnamed(const struct target_images *images, const struct js *entry)
{
    struct digest there;

    if (!digest_of_entry(entry, &there))
        return NULL;
    for (size_t i = 0; i < images->count; i++) {
        if (images->items[i].name[0] == '\0' &&
            digest_equal(&images->items[i].entry->digest, &there))
            return &images->items[i];
    }
    return NULL;
}

/* The old entries; NULL with an empty index. */
static int
parse_old(const struct buf *old, struct js **root, const struct js **entries,
          struct err *err)
{
    *root = NULL;
    *entries = NULL;
    if (old->len == 0)
        return 0;
    *root = js_parse(old->data, old->len, ERR_INTEGRITY, err);
    if (!*root)
        return err_wrap(err, "index.json");
    if (js_array(*root, "manifests", entries) != 1)
        return err_because(err, ERR_INTEGRITY, REASON_FORMAT,
                           "index.json has no array \"manifests\"");
    return 0;
}

/* ---- names that are taken ---- */

static int
compare_image_names(const void *left, const void *right)
{
    const struct target_image *a = *(struct target_image *const *)left;
    const struct target_image *b = *(struct target_image *const *)right;

    return strcmp(a->name, b->name);
}

/* The images that have names, sorted; owned by the caller. */
static struct target_image **
sort_by_name(const struct target_images *images, size_t *count)
{
    struct target_image **sorted = xcalloc(images->count + 1, sizeof(*sorted));

    *count = 0;
    for (size_t i = 0; i < images->count; i++) {
        if (images->items[i].name[0] != '\0')
            sorted[(*count)++] = &images->items[i];
    }
    qsort(sorted, *count, sizeof(*sorted), compare_image_names);
    return sorted;
}

static struct target_image *
find_by_name(struct target_image *const *sorted, size_t count, const char *name)
{
    size_t low = 0, high = count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(sorted[middle]->name, name);

        if (order == 0)
            return sorted[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

static int
compare_entry(const struct target_images *images, struct target_image *image,
              const struct js *entry, struct err *err)
{
    char safe[TEXT_SAFE_MAX];

    if (has_entry_digest(entry, &image->entry->digest)) {
        image->state = TARGET_PRESENT;
        return 0;
    }
    image->state = images->skips ? TARGET_SKIPPED : TARGET_NEW;
    if (images->skips || images->may_replace)
        return 0;
    text_safe(safe, image->name, strlen(image->name));
    return err_because(err, ERR_CONFLICT, REASON_EXISTS,
                       "%s is there with another digest", safe);
}

int
layout_index_compare(struct target_images *images, const struct buf *old, struct err *err)
{
    CLEANUP(js_release) struct js *root = NULL;
    const struct js *entries;
    struct target_image **sorted;
    size_t count;
    int rc = 0;

    if (parse_old(old, &root, &entries, err) < 0)
        return -1;
    sorted = sort_by_name(images, &count);
    for (size_t i = 0; entries && rc == 0 && i < js_length(entries); i++) {
        const struct js *entry = js_at(entries, i);
        const char *name = name_of_entry(entry);
        struct target_image *image = name[0] == '\0' ? find_unnamed(images, entry)
                                                     : find_by_name(sorted, count, name);

        if (image && image->state != TARGET_SKIPPED) /* its blobs are not written */
            rc = compare_entry(images, image, entry, err);
    }
    free(sorted);
    return rc;
}

/* ---- the new index ---- */

static struct jsout *
describe_image(const struct target_image *image)
{
    const struct image_entry *e = image->entry;
    struct jsout *obj = jsout_object(), *annotations = jsout_object();
    char digest[DIGEST_TEXT_MAX];

    digest_text(&e->digest, digest);
    jsout_put_text(obj, "mediaType", e->media_type);
    if (e->artifact_type[0] != '\0')
        jsout_put_text(obj, "artifactType", e->artifact_type);
    jsout_put_text(obj, "digest", digest);
    jsout_put_u64(obj, "size", e->size);
    if (image->name[0] == '\0') {
        jsout_free(annotations);
        return obj;
    }
    jsout_put_text(annotations, REF_NAME, image->name);
    if (e->is_image && strchr(image->name, '/'))
        jsout_put_text(annotations, IMAGE_NAME, image->name);
    jsout_put(obj, "annotations", annotations);
    return obj;
}

/* Whether an old entry stays: it has another name, or none and is not written again. */
static bool
stays(const struct target_images *images, struct target_image *const *sorted,
      size_t count, const struct js *entry)
{
    const char *name = name_of_entry(entry);
    const struct target_image *image =
        name[0] == '\0' ? find_unnamed(images, entry) : find_by_name(sorted, count, name);

    return !image || image->state == TARGET_SKIPPED;
}

int
layout_index_make(const struct target_images *images, const struct buf *old,
                  struct buf *out, struct err *err)
{
    CLEANUP(js_release) struct js *root = NULL;
    const struct js *entries;
    struct jsout *list, *made;
    struct target_image **sorted;
    size_t count;

    if (parse_old(old, &root, &entries, err) < 0)
        return -1;
    sorted = sort_by_name(images, &count);
    list = jsout_array();
    for (size_t i = 0; entries && i < js_length(entries); i++) {
        if (stays(images, sorted, count, js_at(entries, i)))
            jsout_append(list, jsout_copy(js_at(entries, i)));
    }
    free(sorted);
    for (size_t i = 0; i < images->count; i++) {
        if (images->items[i].state != TARGET_SKIPPED)
            jsout_append(list, describe_image(&images->items[i]));
    }
    made = root ? jsout_copy(root) : jsout_object();
    if (!root) {
        jsout_put_u64(made, "schemaVersion", 2);
        jsout_put_text(made, "mediaType", MEDIA_OCI_INDEX);
    }
    jsout_put(made, "manifests", list);
    return jsout_write(made, out, err);
}
