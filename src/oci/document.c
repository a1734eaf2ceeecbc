/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "oci/document.h"

#include "base/mem.h"
#include "base/text_safe.h"
#include "oci/descriptor_internal.h"

#include <stdlib.h>
#include <string.h>

/* An array of descriptors; absent and null are empty. */
static int
read_list(const struct document_reading *r, const struct js *root, const char *key,
          enum edge_kind edge)
{
    struct document *doc = r->doc;
    const struct js *list = NULL;
    size_t n;

    if (reading_optional(js_array(root, key, &list), root, key) < 0)
        return reading_wrong_type(r, key);
    n = list ? js_length(list) : 0;
    if (n == 0)
        return 0;
    if (n > DOCUMENT_DESCRIPTORS_MAX - doc->count)
        return err_because(r->err, document_limit_kind(r->kind), REASON_FORMAT,
                           "more than %d descriptors", DOCUMENT_DESCRIPTORS_MAX);
    doc->edges = xreallocarray(doc->edges, doc->count + n, sizeof(*doc->edges));
    for (size_t i = 0; i < n; i++) {
        struct descriptor d = {.edge = edge};

        if (descriptor_read(r, js_at(list, i), &d) < 0)
            return err_wrap(r->err, "%s[%zu]", key, i);
        doc->edges[doc->count++] = d;
    }
    return 0;
}

/* ---- documents ---- */

enum shape { SHAPE_INDEX, SHAPE_IMAGE, SHAPE_ARTIFACT };

static const char *const document_keys[] = {
    "schemaVersion", "mediaType", "artifactType", "manifests",   "config", "layers",
    "blobs",         "subject",   "fsLayers",     "annotations", NULL};

static int
refuse_schema1(const struct document_reading *r)
{
    return err_set(r->err, ERR_PROTOCOL,
                   "a schema 1 image, which is not supported: its layers have no sizes "
                   "and its digest is not that of its bytes");
}

static int
find_shape(const struct document_reading *r, const struct js *root, const char *type,
           enum shape *out)
{
    bool is_index = js_has(root, "manifests");
    bool is_image = js_has(root, "config") || js_has(root, "layers");
    bool is_artifact = strcmp(type, MEDIA_OCI_ARTIFACT) == 0;

    if (js_has(root, "fsLayers") || (js_has(root, "blobs") && !is_artifact) ||
        is_index + is_image + is_artifact > 1)
        return err_because(r->err, r->kind, REASON_FORMAT,
                           "this type is not supported: it matches two kinds of "
                           "document at once");
    if (!is_index && !is_image && !is_artifact)
        return err_because(r->err, r->kind, REASON_FORMAT,
                           "neither an index nor a manifest");
    *out = is_index ? SHAPE_INDEX : is_image ? SHAPE_IMAGE : SHAPE_ARTIFACT;
    return 0;
}

static int
check_version(const struct document_reading *r, const struct js *root, enum shape shape)
{
    uint64_t version = 0;
    int rc = js_u64(root, "schemaVersion", &version);

    /* The artifact manifest is specified without a version. */
    if ((rc == 0 && shape == SHAPE_ARTIFACT) || (rc == 1 && version == 2))
        return 0;
    return err_because(r->err, r->kind, REASON_FORMAT, "\"schemaVersion\" is not 2");
}

/* Check that a declared type agrees with the body. */
static int
check_document_type(const struct document_reading *r, const char *type, const char *who)
{
    enum media_kind kind = media_kind(type);
    char safe[TEXT_SAFE_MAX];

    if (kind == MEDIA_UNKNOWN || kind == r->doc->kind)
        return 0;
    text_safe_in(safe, sizeof(safe), type, strlen(type));
    return err_because(r->err, r->kind, REASON_FORMAT, "%s '%s', but it is %s", who, safe,
                       r->doc->kind == MEDIA_INDEX ? "an index" : "a manifest");
}

/* Set the type that the document is carried with. */
static void
set_type(struct document *doc, const char *own, const char *declared)
{
    const char *type = own;

    if (own[0] == '\0' && media_kind(declared) == doc->kind)
        type = declared;
    else if (own[0] == '\0')
        type = doc->kind == MEDIA_INDEX ? MEDIA_OCI_INDEX : MEDIA_OCI_MANIFEST;
    memcpy(doc->media_type, type, strlen(type) + 1);
    doc->names_itself = own[0] != '\0';
}

static int
read_subject(const struct document_reading *r, const struct js *root)
{
    const struct js *subject = NULL;

    if (reading_optional(js_object(root, "subject", &subject), root, "subject") < 0)
        return reading_wrong_type(r, "subject");
    if (!subject)
        return 0;
    if (descriptor_read_digest(r, subject, &r->doc->subject) < 0)
        return err_wrap(r->err, "subject");
    r->doc->has_subject = true;
    return 0;
}

static int
read_edges(const struct document_reading *r, const struct js *root, enum shape shape)
{
    const struct js *config;
    struct descriptor d = {.edge = EDGE_CONFIG};

    if (shape == SHAPE_INDEX)
        return read_list(r, root, "manifests", EDGE_CHILD);
    if (shape == SHAPE_ARTIFACT)
        return read_list(r, root, "blobs", EDGE_LAYER);
    if (js_object(root, "config", &config) != 1)
        return reading_wrong_type(r, "config");
    if (!js_has(root, "layers"))
        return reading_wrong_type(r, "layers");
    if (descriptor_read(r, config, &d) < 0)
        return err_wrap(r->err, "config");
    r->doc->edges = xcalloc(1, sizeof(d));
    r->doc->edges[r->doc->count++] = d;
    return read_list(r, root, "layers", EDGE_LAYER);
}

static int
read_document(const struct document_reading *r, const struct js *root,
              const char *declared)
{
    const char *own, *artifact;
    enum shape shape = SHAPE_INDEX;
    uint64_t version;

    if (reading_unambiguous(r, root, document_keys) < 0 ||
        reading_type(r, root, "mediaType", &own) < 0)
        return -1;
    if (media_kind(own) == MEDIA_SCHEMA1 ||
        (js_u64(root, "schemaVersion", &version) == 1 && version == 1))
        return refuse_schema1(r);
    if (find_shape(r, root, own, &shape) < 0 || check_version(r, root, shape) < 0)
        return -1;
    r->doc->kind = shape == SHAPE_INDEX ? MEDIA_INDEX : MEDIA_MANIFEST;
    if (check_document_type(r, own, "its mediaType is") < 0 ||
        check_document_type(r, declared, "it was declared as") < 0 ||
        reading_type(r, root, "artifactType", &artifact) < 0)
        return -1;
    set_type(r->doc, own, declared);
    memcpy(r->doc->artifact_type, artifact, strlen(artifact) + 1);
    if (read_subject(r, root) < 0)
        return -1;
    return read_edges(r, root, shape);
}

int
document_parse(struct document *out, const void *bytes, size_t len, const char *declared,
               enum err_kind kind, struct err *err)
{
    CLEANUP(document_release) struct document doc = DOCUMENT_INIT;
    CLEANUP(js_release) struct js *root = NULL;
    const struct document_reading r = {&doc, kind, err};

    if (!declared)
        declared = "";
    if (media_kind(declared) == MEDIA_SCHEMA1)
        return refuse_schema1(&r);
    if (len > DOCUMENT_BYTES_MAX)
        return err_because(err, document_limit_kind(kind), REASON_FORMAT,
                           "larger than the %u MiB an index or manifest may have",
                           DOCUMENT_BYTES_MAX >> 20);
    root = js_parse_foreign(bytes, len, kind, err);
    if (!root || read_document(&r, root, declared) < 0)
        return -1;
    *out = doc;
    doc = (struct document)DOCUMENT_INIT;
    return 0;
}

void
document_release(struct document *doc)
{
    for (size_t i = 0; i < doc->count; i++)
        descriptor_release(&doc->edges[i]);
    free(doc->edges);
    doc->edges = NULL;
    doc->count = 0;
}

enum err_kind
document_limit_kind(enum err_kind kind)
{
    return kind == ERR_INTEGRITY ? ERR_INTEGRITY : ERR_LIMIT;
}

int
document_by_type(const char *media_type, uint64_t size)
{
    enum media_kind kind = media_kind(media_type);

    if (kind == MEDIA_UNKNOWN)
        return size > DOCUMENT_BYTES_MAX ? 0 : -1;
    return kind == MEDIA_BLOB ? 0 : 1;
}

bool
document_own_type(char out[MEDIA_TYPE_MAX + 1], const void *bytes, size_t len)
{
    CLEANUP(js_release) struct js *root = NULL;
    const char *type;
    uint64_t version;

    root = js_parse_foreign(bytes, len, ERR_PROTOCOL, err_ignored());
    if (!root || js_u64(root, "schemaVersion", &version) != 1 || version != 2 ||
        js_string(root, "mediaType", &type) != 1 || !media_type_is_valid(type))
        return false;
    memcpy(out, type, strlen(type) + 1);
    return true;
}
