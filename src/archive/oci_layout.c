/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "archive/oci_layout.h"

#include "archive/layout_index.h"
#include "base/digest_map.h"
#include "base/mem.h"
#include "base/text.h"
#include "io/json/json.h"
#include "oci/document.h"
#include "oci/tag_filter.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What is attached to a document of the layout. */
struct layout_subject {
    struct digest digest;
    struct referrers referrers;
};

struct oci_layout {
    struct layout_files files;
    struct digest_map subjects; /* digest to its struct layout_subject */
    /* Only while it is opened: */
    struct local_image *images;
    size_t count, cap;
    char (*full_names)[LOCAL_LABEL_MAX]; /* of images, "" for none */
    size_t name_cap;
    bool *is_child; /* of images */
};

/* ---- bytes ---- */

#define BLOB_NAME_MAX (sizeof("blobs/sha256/") + 2 * DIGEST_RAW_MAX)

static int
open_layout_blob(const struct oci_layout *l, const struct digest *digest,
                 struct byte_source *out, struct err *err)
{
    char name[BLOB_NAME_MAX], hex[2 * DIGEST_RAW_MAX + 1];

    digest_hex(digest, hex);
    snprintf(name, sizeof(name), "blobs/sha256/%s", hex);
    return l->files.open(l->files.ctx, name, out, err);
}

static bool
has_layout_blob(void *ctx, const struct digest *digest)
{
    const struct oci_layout *l = ctx;
    struct byte_source file;

    if (open_layout_blob(l, digest, &file, err_ignored()) < 0)
        return false;
    l->files.close(&file);
    return true;
}

static int
wrap_digest(struct err *err, const struct digest *digest)
{
    char text[DIGEST_TEXT_MAX];

    digest_text(digest, text);
    return err_wrap(err, "%s", text);
}

static int
fetch_layout_document(void *ctx, unsigned worker, const struct image_object *what,
                      struct image_document *out, struct err *err)
{
    const struct oci_layout *l = ctx;
    struct byte_source file;
    int rc;

    (void)worker;
    if (open_layout_blob(l, what->digest, &file, err) < 0)
        return -1;
    rc = local_fetch_document(&file, what, out, err);
    l->files.close(&file);
    return rc < 0 ? wrap_digest(err, what->digest) : 0;
}

static int
fetch_layout_blob(void *ctx, unsigned worker, const struct image_object *what,
                  struct blob_prefix *prefix, const struct byte_sink *sink,
                  struct err *err)
{
    const struct oci_layout *l = ctx;
    struct byte_source file;
    int rc;

    (void)worker;
    if (open_layout_blob(l, what->digest, &file, err) < 0)
        return -1;
    rc = local_fetch_blob(&file, what, prefix, sink, err);
    l->files.close(&file);
    return rc < 0 ? wrap_digest(err, what->digest) : 0;
}

/* ---- an open blob: opened when it is first read, as that can fail ---- */

struct layout_blob {
    const struct oci_layout *layout;
    struct digest digest;
    uint64_t size;
    bool is_open;
    struct byte_source file;
};

static ssize_t
read_opened_blob(void *ctx, void *out, size_t len, uint64_t offset, struct err *err)
{
    struct layout_blob *b = ctx;

    if (!b->is_open) {
        if (open_layout_blob(b->layout, &b->digest, &b->file, err) < 0)
            return -1;
        b->is_open = true;
    }
    if (b->file.size != b->size) {
        err_because(err, ERR_INTEGRITY, REASON_SIZE, "it has %llu bytes instead of %llu",
                    (unsigned long long)b->file.size, (unsigned long long)b->size);
        return wrap_digest(err, &b->digest);
    }
    return b->file.read_at(b->file.ctx, out, len, offset, err);
}

static void
open_blob_of_layout(void *ctx, unsigned worker, const struct image_object *what,
                    struct byte_source *out)
{
    struct layout_blob *b = xcalloc(1, sizeof(*b));

    (void)worker;
    *b = (struct layout_blob){.layout = ctx, .digest = *what->digest, .size = what->size};
    *out =
        (struct byte_source){.read_at = read_opened_blob, .ctx = b, .size = what->size};
}

static void
close_blob_of_layout(struct byte_source *blob)
{
    struct layout_blob *b = blob->ctx;

    if (b->is_open)
        b->layout->files.close(&b->file);
    free(b);
    blob->ctx = NULL;
}

/* ---- referrers ---- */

static int
list_layout_referrers(void *ctx, unsigned worker, const struct reference *in,
                      const struct digest *subject, struct referrers *out,
                      struct err *err)
{
    const struct oci_layout *l = ctx;
    const struct layout_subject *s = digest_map_find(&l->subjects, subject);

    (void)worker;
    (void)in;
    for (size_t i = 0; s && i < s->referrers.count; i++) {
        if (referrers_add_one(out, &s->referrers.items[i], err) < 0)
            return -1;
    }
    return 0;
}

static int
attach(struct oci_layout *l, const struct digest *subject, const struct referrer *one,
       struct err *err)
{
    struct layout_subject *s = digest_map_find(&l->subjects, subject);

    if (!s) {
        s = xcalloc(1, sizeof(*s));
        s->digest = *subject;
        digest_map_add(&l->subjects, &s->digest, s);
    }
    return referrers_add_one(&s->referrers, one, err);
}

static void
free_subject(void *value)
{
    struct layout_subject *s = value;

    referrers_release(&s->referrers);
    free(s);
}

/* ---- index.json ---- */

static int
read_layout_file(const struct oci_layout *l, const char *name, struct buf *out,
                 struct err *err)
{
    struct byte_source file;
    ssize_t n = 1;

    if (l->files.open(l->files.ctx, name, &file, err) < 0)
        return -1;
    if (file.size > out->max || buf_resize(out, (size_t)file.size) < 0) {
        l->files.close(&file);
        return err_set(err, ERR_LIMIT, "%s is larger than %zu bytes", name, out->max);
    }
    for (size_t have = 0; n > 0 && have < out->len; have += (size_t)n)
        n = file.read_at(file.ctx, out->data + have, out->len - have, have, err);
    l->files.close(&file);
    if (n == 0 && out->len > 0)
        err_because(err, ERR_INTEGRITY, REASON_TRUNCATED, "%s is truncated", name);
    return n > 0 || out->len == 0 ? 0 : -1;
}

static int
bad_layout(struct err *err, const char *what)
{
    return err_because(err, ERR_INTEGRITY, REASON_FORMAT, "%s", what);
}

static int
check_version(const struct oci_layout *l, struct err *err)
{
    CLEANUP(buf_release) struct buf text = BUF_INIT(LAYOUT_FILE_MAX);

    if (read_layout_file(l, "oci-layout", &text, err) < 0)
        return err->kind == ERR_NOT_FOUND
                   ? bad_layout(err, "not an OCI layout: it has no file oci-layout")
                   : -1;
    return layout_file_check(&text, err);
}

/* The name that an annotation gives, cut off where it is too long to be one. */
static void
copy_label(char out[LOCAL_LABEL_MAX], const struct js *entry, const char *key)
{
    const struct js *annotations;
    const char *text;

    out[0] = '\0';
    if (js_object(entry, "annotations", &annotations) == 1 &&
        js_string(annotations, key, &text) == 1 && strlen(text) < LOCAL_LABEL_MAX)
        snprintf(out, LOCAL_LABEL_MAX, "%s", text);
}

static int
add_entry(struct oci_layout *l, const struct js *entry, struct err *err)
{
    const char *digest, *type = "";
    struct local_image *image;

    l->images = mem_grow(l->images, l->count, &l->cap, sizeof(*l->images));
    l->full_names =
        mem_grow(l->full_names, l->count, &l->name_cap, sizeof(*l->full_names));
    image = &l->images[l->count];
    *image = (struct local_image){.has_name = false};
    if (js_string(entry, "digest", &digest) != 1 ||
        js_u64(entry, "size", &image->size) != 1 ||
        js_string(entry, "mediaType", &type) < 0)
        return bad_layout(err, "a manifest lacks digest or size, or has a malformed one");
    if (digest_parse(&image->digest, digest, strlen(digest), ERR_INTEGRITY, err) < 0)
        return -1;
    if (image->digest.alg != DIGEST_SHA256)
        return err_set(err, ERR_PROTOCOL, "digests other than sha256 are not supported");
    if (media_type_is_valid(type))
        snprintf(image->media_type, sizeof(image->media_type), "%s", type);
    copy_label(image->label, entry, "org.opencontainers.image.ref.name");
    copy_label(l->full_names[l->count], entry, "io.containerd.image.name");
    l->count++;
    return 0;
}

static int
read_entries(struct oci_layout *l, struct err *err)
{
    CLEANUP(buf_release) struct buf text = BUF_INIT(OCI_LAYOUT_INDEX_MAX);
    CLEANUP(js_release) struct js *root = NULL;
    const struct js *list;

    if (read_layout_file(l, "index.json", &text, err) < 0)
        return err->kind == ERR_NOT_FOUND
                   ? bad_layout(err, "not an OCI layout: it has no file index.json")
                   : -1;
    root = js_parse_foreign(text.data, text.len, ERR_INTEGRITY, err);
    if (!root)
        return -1;
    if (js_array(root, "manifests", &list) != 1)
        return bad_layout(err, "it has no array \"manifests\"");
    if (js_length(list) > OCI_LAYOUT_ENTRIES_MAX)
        return err_set(err, ERR_LIMIT, "more than %d entries", OCI_LAYOUT_ENTRIES_MAX);
    for (size_t i = 0; i < js_length(list); i++) {
        if (add_entry(l, js_at(list, i), err) < 0)
            return err_wrap(err, "entry %zu", i + 1);
    }
    return 0;
}

/* ---- what the entries are ---- */

static int
compare_images(const void *left, const void *right)
{
    const struct local_image *a = *(struct local_image *const *)left;
    const struct local_image *b = *(struct local_image *const *)right;

    return digest_compare(&a->digest, &b->digest);
}

/* Entries below another one need no mention. */
static void
mark_children(struct oci_layout *l, struct local_image *const *sorted,
              const struct document *index)
{
    for (size_t i = 0; i < index->count; i++) {
        const struct digest *digest = &index->edges[i].digest;
        size_t low = 0, high = l->count;

        while (low < high) {
            size_t middle = low + (high - low) / 2;

            if (digest_compare(&sorted[middle]->digest, digest) < 0)
                low = middle + 1;
            else
                high = middle;
        }
        for (; low < l->count && digest_equal(&sorted[low]->digest, digest); low++)
            l->is_child[sorted[low] - l->images] = true;
    }
}

/* The tag in a label, which may be a whole reference. */
static const char *
tag_in_label(const char *label)
{
    const char *colon = strrchr(label, ':');

    return colon ? colon + 1 : label;
}

/* A list of referrers under a fallback tag: of what, and which. */
static int
take_fallback(struct oci_layout *l, const char *tag, const struct document *index,
              struct err *err)
{
    char text[DIGEST_TEXT_MAX];
    struct digest subject;

    snprintf(text, sizeof(text), "sha256:%.64s", tag + strlen("sha256-"));
    if (digest_parse(&subject, text, strlen(text), ERR_INTEGRITY, err) < 0)
        return -1;
    for (size_t i = 0; i < index->count; i++) {
        const struct referrer one = referrer_of(&index->edges[i]);

        if (attach(l, &subject, &one, err) < 0)
            return -1;
    }
    return 0;
}

/* Look into the document of an entry; one that cannot be read says nothing. */
static int
examine(struct oci_layout *l, struct local_image *const *sorted, size_t i,
        struct err *err)
{
    CLEANUP(image_document_release) struct image_document got = IMAGE_DOCUMENT_INIT;
    CLEANUP(document_release) struct document doc = DOCUMENT_INIT;
    struct local_image *image = &l->images[i];
    const struct image_object what = {.digest = &image->digest, .size = image->size};
    struct referrer self = {.media_type = image->media_type,
                            .has_digest = true,
                            .digest = image->digest,
                            .size = image->size};
    const char *tag = tag_in_label(image->label);
    struct digest about;

    if (tag_digest_of_cosign(tag, &about)) {
        image->is_attached = has_layout_blob(l, &about);
        memcpy(self.tag, tag, strlen(tag) + 1);
        return attach(l, &about, &self, err);
    }
    if (document_by_type(image->media_type, image->size) == 0 ||
        fetch_layout_document(l, 0, &what, &got, err_ignored()) < 0 ||
        document_parse(&doc, got.bytes.data, got.bytes.len,
                       image->media_type[0] ? image->media_type : NULL, ERR_INTEGRITY,
                       err_ignored()) < 0)
        return 0;
    if (tag_is_referrers_list(tag) && doc.kind == MEDIA_INDEX) {
        image->is_attached = true;
        return take_fallback(l, tag, &doc, err);
    }
    if (doc.kind == MEDIA_INDEX)
        mark_children(l, sorted, &doc);
    if (!doc.has_subject)
        return 0;
    image->is_attached = has_layout_blob(l, &doc.subject);
    return attach(l, &doc.subject, &self, err);
}

static int
examine_all(struct oci_layout *l, struct err *err)
{
    struct local_image **sorted = xcalloc(l->count + 1, sizeof(struct local_image *));
    int rc = 0;

    l->is_child = xcalloc(l->count + 1, sizeof(*l->is_child));
    for (size_t i = 0; i < l->count; i++)
        sorted[i] = &l->images[i];
    qsort(sorted, l->count, sizeof(struct local_image *), compare_images);
    for (size_t i = 0; i < l->count && rc == 0; i++)
        rc = examine(l, sorted, i, err);
    free(sorted);
    return rc;
}

/* Entries that can be selected or resolved. */
static void
hand_over(struct oci_layout *l, struct local_images *out)
{
    size_t kept = 0;

    for (size_t i = 0; i < l->count; i++) {
        local_image_name(&l->images[i], l->full_names[i]);
        if (l->images[i].label[0] == '\0' && !l->images[i].has_name && l->is_child[i])
            continue;
        l->images[kept++] = l->images[i];
    }
    out->items = l->images;
    out->count = kept;
    free(l->full_names);
    free(l->is_child);
    l->images = NULL;
    l->full_names = NULL;
    l->is_child = NULL;
}

static void
free_oci_layout(void *ctx)
{
    struct oci_layout *l = ctx;

    digest_map_release_with(&l->subjects, free_subject);
    l->files.free(l->files.ctx);
    free(l->images);
    free(l->full_names);
    free(l->is_child);
    free(l);
}

int
oci_layout_open(struct local_images *out, const struct layout_files *files,
                struct err *err)
{
    struct oci_layout *l = xcalloc(1, sizeof(*l));

    l->files = *files;
    if (check_version(l, err) < 0 || read_entries(l, err) < 0 ||
        examine_all(l, err) < 0) {
        free_oci_layout(l);
        return -1;
    }
    hand_over(l, out);
    out->source = (struct image_source){.ctx = l,
                                        .list_referrers = list_layout_referrers,
                                        .fetch_document = fetch_layout_document,
                                        .fetch_blob = fetch_layout_blob,
                                        .open_blob = open_blob_of_layout,
                                        .close_blob = close_blob_of_layout};
    out->has = has_layout_blob;
    out->close = free_oci_layout;
    return 0;
}
