/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "oci/index_edit.h"

#include "base/mem.h"
#include "io/json/json.h"
#include "io/json/json_write.h"
#include "oci/media_type.h"

#include <stdlib.h>
#include <string.h>

static struct jsout *
edit_child(const struct js *child, const struct child_edit *edit)
{
    struct jsout *out = jsout_copy(child);
    char text[DIGEST_TEXT_MAX];

    if (!edit->replace)
        return out;
    digest_text(&edit->digest, text);
    jsout_put_text(out, "digest", text);
    jsout_put_u64(out, "size", edit->size);
    jsout_drop(out, "data"); /* the data is that of the old child */
    return out;
}

int
index_edit(const void *bytes, size_t len, const struct child_edit *edits, size_t count,
           struct buf *out, struct err *err)
{
    CLEANUP(js_release) struct js *root = js_parse(bytes, len, ERR_INTERNAL, err);
    struct jsout *made, *list;
    const struct js *children;

    if (!root)
        return -1;
    if (js_array(root, "manifests", &children) != 1 || js_length(children) != count)
        return err_set(err, ERR_INTERNAL, "not the index to be edited");
    list = jsout_array();
    for (size_t i = 0; i < count; i++) {
        if (!edits[i].drop)
            jsout_append(list, edit_child(js_at(children, i), &edits[i]));
    }
    made = jsout_copy(root);
    jsout_put(made, "manifests", list);
    return jsout_write(made, out, err);
}

/* ---- lists of referrers ---- */

/* The artifact type, which clients search for; older artifacts have it as the
 * media type of their config. */
static const char *
artifact_type(const struct js *manifest)
{
    const struct js *config;
    const char *type;

    if (js_string(manifest, "artifactType", &type) == 1 && type[0] != '\0')
        return type;
    if (js_object(manifest, "config", &config) == 1 &&
        js_string(config, "mediaType", &type) == 1 && type[0] != '\0')
        return type;
    return NULL;
}

static struct jsout *
describe_attachment(const struct attachment *item, struct err *err)
{
    CLEANUP(js_release)
    struct js *manifest = js_parse_foreign(item->bytes, item->len, ERR_PROTOCOL, err);
    const struct js *annotations;
    struct jsout *out;
    char text[DIGEST_TEXT_MAX];
    const char *type;

    if (!manifest)
        return NULL;
    type = artifact_type(manifest);
    digest_text(&item->digest, text);
    out = jsout_object();
    jsout_put_text(out, "mediaType", item->media_type);
    jsout_put_text(out, "digest", text);
    jsout_put_u64(out, "size", item->len);
    if (js_object(manifest, "annotations", &annotations) == 1)
        jsout_put(out, "annotations", jsout_copy(annotations));
    if (type)
        jsout_put_text(out, "artifactType", type);
    return out;
}

static bool
lists(const struct js *children, const struct digest *digest)
{
    char text[DIGEST_TEXT_MAX];

    digest_text(digest, text);
    for (size_t i = 0; children && i < js_length(children); i++) {
        const char *there;

        if (js_string(js_at(children, i), "digest", &there) == 1 &&
            strcmp(there, text) == 0)
            return true;
    }
    return false;
}

/* A new index without children, to be extended. */
static struct jsout *
empty_index(void)
{
    struct jsout *made = jsout_object();

    jsout_put_u64(made, "schemaVersion", 2);
    jsout_put_text(made, "mediaType", MEDIA_OCI_INDEX);
    return made;
}

/* Copy the old index, then add the attachments it lacks. */
static int
extend(const void *old, size_t len, const struct attachment *items,
       struct jsout **described, size_t count, struct buf *out, size_t *added,
       struct err *err)
{
    CLEANUP(js_release) struct js *root = NULL;
    const struct js *children = NULL;
    struct jsout *made, *list;

    if (len > 0 && !(root = js_parse(old, len, ERR_PROTOCOL, err)))
        return -1;
    if (root && js_array(root, "manifests", &children) < 0 &&
        !js_is_null(root, "manifests"))
        return err_set(err, ERR_PROTOCOL, "it lists no manifests");
    list = children ? jsout_copy(children) : jsout_array();
    for (size_t i = 0; i < count; i++) {
        if (lists(children, &items[i].digest))
            continue;
        jsout_append(list, described[i]);
        described[i] = NULL;
        ++*added;
    }
    made = root ? jsout_copy(root) : empty_index();
    jsout_put(made, "manifests", list);
    return jsout_write(made, out, err);
}

int
index_attach(const void *old, size_t len, const struct attachment *items, size_t count,
             struct buf *out, size_t *added, struct err *err)
{
    struct jsout **described = xcalloc(count, sizeof(struct jsout *));
    int rc = 0;

    *added = 0;
    for (size_t i = 0; rc == 0 && i < count; i++) {
        described[i] = describe_attachment(&items[i], err);
        rc = described[i] ? 0 : -1;
    }
    if (rc == 0)
        rc = extend(old, len, items, described, count, out, added, err);
    for (size_t i = 0; i < count; i++) {
        if (described[i])
            jsout_free(described[i]);
    }
    free(described);
    return rc;
}
