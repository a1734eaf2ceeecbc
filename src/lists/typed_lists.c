/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "lists/typed_lists.h"

#include "base/mem.h"

#include <string.h>

/* Keys separated by '.'; '*' is each item of a list. */
static const struct typed_format {
    enum list_format format;
    const char *images[2];
    const char *unread[4]; /* other parts, which are noted */
} typed_formats[] = {
    {LIST_IMAGES_LOCK, {"images.*.image"}, {NULL}},
    {LIST_HAULER, {"spec.images.*.name"}, {"spec.charts", "spec.files"}},
    {LIST_OC_MIRROR,
     {"mirror.additionalImages.*.name"},
     {"mirror.platform", "mirror.operators", "mirror.helm"}},
    {LIST_ZARF,
     {"components.*.images.*"},
     {"components.*.charts", "components.*.manifests", "components.*.repos",
      "components.*.import"}},
    {LIST_NAMES, {"*"}, {NULL}},
};

typedef int at_path_fn(struct finder *f, const struct yml *node, struct err *err);

/* Call fn for each node at a path. */
static int
each_at_path(struct finder *f, const struct yml *node, const char *path, at_path_fn *fn,
             struct err *err)
{
    size_t len = strcspn(path, ".");
    const char *rest = path + len + (path[len] == '.');

    if (len == 0)
        return fn(f, node, err);
    if (path[0] == '*') {
        for (size_t i = 0; node->kind == YML_LIST && i < node->count; i++) {
            int rc;

            finder_enter_item(f, i);
            rc = each_at_path(f, node->of.items[i], rest, fn, err);
            finder_leave(f);
            if (rc < 0)
                return -1;
        }
        return 0;
    }
    for (size_t i = 0; node->kind == YML_MAP && i < node->count; i++) {
        const struct yml_pair *pair = &node->of.pairs[i];
        int rc;

        if (pair->key->kind != YML_TEXT || pair->key->count != len ||
            memcmp(pair->key->of.text, path, len) != 0)
            continue;
        finder_enter_key(f, pair->key);
        rc = each_at_path(f, pair->value, rest, fn, err);
        finder_leave(f);
        if (rc < 0)
            return -1;
    }
    return 0;
}

static int
take_image(struct finder *f, const struct yml *node, struct err *err)
{
    return node->kind == YML_TEXT ? finder_sure(f, node, node->of.text, err) : 0;
}

static int
note_unread(struct finder *f, const struct yml *node, struct err *err)
{
    char path[FOUND_PATH_MAX];

    (void)err;
    if (node->kind == YML_TEXT || node->count > 0) {
        finder_path(f, path);
        finder_note(f, node, "%s is not read", path);
    }
    return 0;
}

int
typed_list_read(struct finder *f, const struct yml *document, enum list_format format,
                struct err *err)
{
    const struct typed_format *t = typed_formats;

    while (t->format != format)
        t++;
    for (size_t i = 0; i < COUNT_OF(t->images) && t->images[i]; i++) {
        if (each_at_path(f, document, t->images[i], take_image, err) < 0)
            return -1;
    }
    for (size_t i = 0; i < COUNT_OF(t->unread) && t->unread[i]; i++) {
        if (each_at_path(f, document, t->unread[i], note_unread, err) < 0)
            return -1;
    }
    return 0;
}

/* ---- kustomize ---- */

/* {name: app, newName: quay.io/x/app, newTag: 1.2, digest: sha256:...} */
static int
take_rewrite(struct finder *f, const struct yml *node, struct err *err)
{
    const char *old = yml_get_text(node, "name"),
               *new_name = yml_get_text(node, "newName"),
               *tag = yml_get_text(node, "newTag"),
               *digest = yml_get_text(node, "digest");
    CLEANUP(mem_free_string) char *name = NULL;

    if (!old && !new_name)
        return 0;
    if (!tag && !digest) {
        finder_note(f, node, "%s has no new tag: its tag is in the manifests",
                    new_name ? new_name : old);
        return 0;
    }
    name = xasprintf("%s%s%s%s%s", new_name ? new_name : old, tag ? ":" : "",
                     tag ? tag : "", digest ? "@" : "", digest ? digest : "");
    return finder_sure(f, node, name, err);
}

static int
note_remote(struct finder *f, const struct yml *node, struct err *err)
{
    (void)err;
    if (node->kind == YML_TEXT &&
        (strstr(node->of.text, "://") || strstr(node->of.text, "?ref=")))
        finder_note(f, node, "%s is elsewhere: not read", node->of.text);
    return 0;
}

int
kustomization_read(struct finder *f, const struct yml *document, struct err *err)
{
    return each_at_path(f, document, "images.*", take_rewrite, err) < 0 ||
                   each_at_path(f, document, "resources.*", note_remote, err) < 0
               ? -1
               : 0;
}
