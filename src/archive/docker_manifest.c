/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "archive/docker_manifest.h"

#include "base/mem.h"
#include "io/json/json.h"
#include "oci/document.h"

#include <stdlib.h>
#include <string.h>

static void
free_texts(char **texts, size_t count)
{
    for (size_t i = 0; i < count; i++)
        free(texts[i]);
    free(texts);
}

void
docker_manifest_release(struct docker_manifest *m)
{
    for (size_t i = 0; i < m->count; i++) {
        struct docker_image *image = &m->images[i];

        free(image->config);
        free_texts(image->layers, image->layer_count);
        free_texts(image->tags, image->tag_count);
    }
    free(m->images);
    *m = (struct docker_manifest)DOCKER_MANIFEST_INIT;
}

static int
bad_manifest(struct err *err, const char *what)
{
    return err_because(err, ERR_INTEGRITY, REASON_FORMAT, "%s", what);
}

/* An array of strings; absent and null count as empty. */
static int
take_texts(const struct js *item, const char *key, char ***out, size_t *count,
           struct err *err)
{
    const struct js *list = NULL;
    int rc = js_is_null(item, key) ? 0 : js_array(item, key, &list);
    size_t n = rc == 1 ? js_length(list) : 0;

    if (rc < 0)
        return err_because(err, ERR_INTEGRITY, REASON_FORMAT, "\"%s\" is not an array",
                           key);
    if (n > DOCUMENT_DESCRIPTORS_MAX)
        return err_set(err, ERR_LIMIT, "\"%s\" has more than %d elements", key,
                       DOCUMENT_DESCRIPTORS_MAX);
    *out = xcalloc(n + 1, sizeof(**out));
    for (; *count < n; ++*count) {
        const char *text = js_text(js_at(list, *count));

        if (!text)
            return err_because(err, ERR_INTEGRITY, REASON_FORMAT,
                               "an element of \"%s\" is not a string", key);
        (*out)[*count] = xstrdup(text);
    }
    return 0;
}

static int
take_image(struct docker_image *image, const struct js *item, struct err *err)
{
    static const char *const keys[] = {"Config", "RepoTags", "Layers", NULL};
    const char *config;

    if (!js_is_object(item))
        return bad_manifest(err, "it is not an object");
    if (js_ambiguous_key(item, keys))
        return bad_manifest(err, "a key differs from a known one only by case");
    if (js_string(item, "Config", &config) != 1)
        return bad_manifest(err, "it has no string \"Config\"");
    image->config = xstrdup(config);
    return take_texts(item, "Layers", &image->layers, &image->layer_count, err) < 0 ||
                   take_texts(item, "RepoTags", &image->tags, &image->tag_count, err) < 0
               ? -1
               : 0;
}

int
docker_manifest_parse(struct docker_manifest *out, const void *bytes, size_t len,
                      struct err *err)
{
    CLEANUP(docker_manifest_release) struct docker_manifest m = DOCKER_MANIFEST_INIT;
    CLEANUP(js_release) struct js *root = NULL;
    size_t count, layers = 0, tags = 0;

    root = js_parse_foreign_array(bytes, len, ERR_INTEGRITY, err);
    if (!root)
        return -1;
    count = js_length(root);
    if (count > DOCKER_MANIFEST_IMAGES_MAX)
        return err_set(err, ERR_LIMIT, "more than %d images", DOCKER_MANIFEST_IMAGES_MAX);
    m.images = xcalloc(count + 1, sizeof(*m.images));
    while (m.count < count) {
        struct docker_image *image = &m.images[m.count++];

        if (take_image(image, js_at(root, m.count - 1), err) < 0)
            return err_wrap(err, "image %zu", m.count);
        layers += image->layer_count;
        tags += image->tag_count;
        if (tags > DOCKER_MANIFEST_TAGS_MAX)
            return err_set(err, ERR_LIMIT, "more than %d tags", DOCKER_MANIFEST_TAGS_MAX);
        if (layers > DOCKER_MANIFEST_LAYERS_MAX)
            return err_set(err, ERR_LIMIT, "more than %d layers",
                           DOCKER_MANIFEST_LAYERS_MAX);
    }
    *out = m;
    m = (struct docker_manifest)DOCKER_MANIFEST_INIT;
    return 0;
}
