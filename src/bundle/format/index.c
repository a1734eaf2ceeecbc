/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "bundle/format/index.h"

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "base/text_safe.h"
#include "bundle/format/index_keys.h"
#include "io/json/json.h"
#include "oci/document.h"
#include "oci/reference_list.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const uint64_t SERIAL_MAX = INT64_MAX;

#define format_error(err, ...) err_because(err, ERR_INTEGRITY, REASON_FORMAT, __VA_ARGS__)
#define newer_error(err, what)                                                           \
    err_set(err, ERR_PROTOCOL, what ": requires a newer sealift")

static int
check_keys(const struct js *obj, const char *const *known, struct err *err)
{
    const char *key = js_unknown_key(obj, known);
    char safe[TEXT_SAFE_MAX];

    if (!key)
        return 0;
    text_safe(safe, key, strlen(key));
    return format_error(err, "unknown key '%s'", safe);
}

static int
expect_text(const struct js *obj, const char *key, const char *want, struct err *err)
{
    const char *text;

    if (js_string(obj, key, &text) == 1 && strcmp(text, want) == 0)
        return 0;
    return format_error(err, "%s is not '%s'", key, want);
}

static int
read_index_number(const struct js *obj, const char *key, uint64_t max, uint64_t *out,
                  struct err *err)
{
    const char *text;

    if (js_string(obj, key, &text) == 1 && text_u64(text, strlen(text), max, out) == 0)
        return 0;
    return format_error(err, "%s is not a decimal number up to %" PRIu64, key, max);
}

static int
read_index_time(const struct js *obj, const char *key, uint64_t *out, struct err *err)
{
    const char *text;

    if (js_string(obj, key, &text) == 1 && clock_parse(text, out) == 0)
        return 0;
    return format_error(err, "%s is not a UTC time like 2026-11-22T05:09:00Z", key);
}

static int
read_index_digest(const struct js *obj, const char *key, struct digest *out,
                  struct err *err)
{
    const char *text;
    struct digest d;

    if (js_string(obj, key, &text) != 1 ||
        digest_parse(&d, text, strlen(text), ERR_INTEGRITY, err) < 0 ||
        d.alg != DIGEST_SHA256)
        return format_error(err, "%s is not a sha256 digest", key);
    *out = d;
    return 0;
}

static bool
is_printable(const char *text)
{
    for (; *text != '\0'; text++) {
        if (*text <= ' ' || *text > '~')
            return false;
    }
    return true;
}

static bool
is_by_platform(const char *reason)
{
    return strcmp(reason, BY_PLATFORM) == 0 || strcmp(reason, FOR_BOTH) == 0;
}

static bool
is_incomplete(const char *reason)
{
    return strcmp(reason, INCOMPLETE) == 0 || strcmp(reason, FOR_BOTH) == 0;
}

/* Decide first whether this is a bundle that this version supports, then check the
 * details. */
static int
check_format(const struct js *root, const struct js **annotations, struct err *err)
{
    const char *text;
    uint64_t version;

    if (js_object(root, "annotations", annotations) != 1 || !js_has(*annotations, FORMAT))
        return format_error(err,
                            "no " FORMAT ": an OCI layout, but not a sealift bundle");
    if (js_string(*annotations, FORMAT, &text) != 1 ||
        text_u64(text, strlen(text), UINT64_MAX, &version) < 0 || version == 0)
        return format_error(err, FORMAT " is not a number");
    if (version > 1)
        return newer_error(err, "the format of this bundle is newer than 1");
    if (js_has(*annotations, OMITS) && (js_string(*annotations, OMITS, &text) != 1 ||
                                        !(is_by_platform(text) || is_incomplete(text))))
        return newer_error(err, "this bundle leaves objects out for an unknown reason");
    if (js_has(*annotations, BASE))
        return newer_error(err, "this bundle depends on another one");
    return 0;
}

static int
read_meta(const struct js *obj, struct bundle_meta *meta, struct err *err)
{
    uint64_t again;
    const char *text;

    if (js_string(obj, STREAM, &text) != 1 || !bundle_stream_is_valid(text))
        return format_error(err, STREAM " is not 1 to 64 characters of a-z 0-9 . _ -");
    memcpy(meta->stream, text, strlen(text) + 1);
    if (read_index_number(obj, SERIAL, SERIAL_MAX, &meta->serial, err) < 0 ||
        read_index_time(obj, CREATED, &meta->created, err) < 0 ||
        read_index_time(obj, OCI_CREATED, &again, err) < 0)
        return -1;
    if (again != meta->created)
        return format_error(err, CREATED " and " OCI_CREATED " differ");
    meta->has_expires = js_has(obj, EXPIRES);
    if (meta->has_expires && read_index_time(obj, EXPIRES, &meta->expires, err) < 0)
        return -1;
    if (js_string(obj, TOOL, &text) != 1 || text[0] == '\0' ||
        strlen(text) > BUNDLE_TOOL_MAX || !is_printable(text))
        return format_error(err, TOOL " is not a short plain string");
    memcpy(meta->tool, text, strlen(text) + 1);
    if (js_string(obj, OMITS, &text) == 1) {
        meta->omits_platforms = is_by_platform(text);
        meta->is_incomplete = is_incomplete(text);
    }
    return 0;
}

/* ---- missing names ---- */

static int
add_missing(struct missing_list *l, size_t *cap, const char *name, size_t len,
            struct err *err)
{
    struct missing_name *m;
    struct reference ref;

    if (l->count == BUNDLE_MISSING_MAX)
        return format_error(err, MISSING " has more than %d names", BUNDLE_MISSING_MAX);
    l->items = mem_grow(l->items, l->count, cap, sizeof(*l->items));
    m = &l->items[l->count++];
    *m = (struct missing_name){.name = xstrndup(name, len)};
    if (reference_parse_name_or_repository(&ref, m->name, ERR_INTEGRITY, err) < 0)
        return err_wrap(err, MISSING);
    m->has_digest = ref.tag[0] == '\0' && ref.has_digest;
    m->digest = ref.digest;
    if (l->count > 1 && strcmp(m[-1].name, m->name) >= 0)
        return format_error(err, MISSING " is not sorted");
    return 0;
}

/* Names separated by single blanks; an empty name is invalid. */
static int
read_missing(const struct js *obj, struct index_content *out, struct err *err)
{
    const char *text = NULL;
    size_t cap = 0;
    int has = js_string(obj, MISSING, &text);

    if (has < 0 || (has == 1) != out->meta.is_incomplete)
        return format_error(err, OMITS " and " MISSING " contradict each other");
    while (text) {
        const char *end = strchrnul(text, ' ');

        if (add_missing(&out->set.missing, &cap, text, (size_t)(end - text), err) < 0)
            return -1;
        text = *end == ' ' ? end + 1 : NULL;
    }
    return 0;
}

/* ---- the whole document ---- */

static int
read_index_annotations(const struct js *obj, struct index_content *out, struct err *err)
{
    static const char *const known[] = {FORMAT,  STREAM,  SERIAL,  CREATED, OCI_CREATED,
                                        EXPIRES, SUMS,    MEMBERS, BYTES,   TOOL,
                                        OMITS,   MISSING, NULL};

    if (check_keys(obj, known, err) < 0 || read_meta(obj, &out->meta, err) < 0 ||
        read_index_digest(obj, SUMS, &out->pins.sums, err) < 0 ||
        read_index_number(obj, MEMBERS, UINT32_MAX, &out->pins.members, err) < 0 ||
        read_index_number(obj, BYTES, INT64_MAX, &out->pins.bytes, err) < 0)
        return -1;
    return read_missing(obj, out, err);
}

/* The name must be canonical, and a digest in it that of this object. */
static int
read_entry_name(const struct js *obj, struct image_entry *out, struct err *err)
{
    static const char *const known[] = {REF_NAME, IMAGE_NAME, NULL};
    const struct js *annotations;
    const char *name;

    if (js_object(obj, "annotations", &annotations) != 1 ||
        js_string(annotations, REF_NAME, &name) != 1)
        return format_error(err, "no " REF_NAME);
    if (check_keys(annotations, known, err) < 0)
        return -1;
    if (reference_parse_name(&out->ref, name, ERR_INTEGRITY, err) < 0) {
        err->reason = REASON_FORMAT;
        return err_wrap(err, REF_NAME);
    }
    if (out->ref.has_digest && !digest_equal(&out->ref.digest, &out->digest))
        return format_error(err, REF_NAME " has a digest other than its entry's");
    out->is_image = js_has(annotations, IMAGE_NAME);
    if (out->is_image && expect_text(annotations, IMAGE_NAME, name, err) < 0)
        return -1;
    out->name = xstrdup(name);
    return 0;
}

static int
read_entry(const struct js *obj, struct image_entry *out, struct err *err)
{
    static const char *const known[] = {"mediaType", "artifactType", "digest",
                                        "size",      "annotations",  NULL};
    const char *type, *artifact = "";
    int has_artifact;

    if (!js_is_object(obj))
        return format_error(err, "not an object");
    if (check_keys(obj, known, err) < 0 ||
        read_index_digest(obj, "digest", &out->digest, err) < 0)
        return -1;
    if (js_string(obj, "mediaType", &type) != 1 || !media_type_is_valid(type))
        return format_error(err, "mediaType is not a valid media type");
    has_artifact = js_string(obj, "artifactType", &artifact);
    if (has_artifact < 0 || (has_artifact == 1 && !media_type_is_valid(artifact)))
        return format_error(err, "artifactType is not a valid media type");
    if (js_u64(obj, "size", &out->size) != 1 || out->size > DOCUMENT_BYTES_MAX)
        return format_error(err, "size is too large for an index or a manifest");
    out->media_type = xstrdup(type);
    out->artifact_type = xstrdup(artifact);
    return read_entry_name(obj, out, err);
}

static int
compare_entry_names(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Present and missing names must all be distinct. */
static int
check_names_unique(const struct image_set *s, struct err *err)
{
    size_t count = s->count + s->missing.count;
    const char **sorted = xcalloc(count, sizeof(*sorted)), *twice = NULL;

    for (size_t i = 0; i < count; i++)
        sorted[i] =
            i < s->count ? s->entries[i].name : s->missing.items[i - s->count].name;
    qsort(sorted, count, sizeof(*sorted), compare_entry_names);
    for (size_t i = 1; i < count && !twice; i++) {
        if (strcmp(sorted[i - 1], sorted[i]) == 0)
            twice = sorted[i];
    }
    free(sorted);
    if (!twice)
        return 0;
    return format_error(err, "two entries are named %s", twice);
}

static int
read_entries(const struct js *root, struct image_set *out, struct err *err)
{
    const struct js *manifests;
    size_t count;

    if (js_array(root, "manifests", &manifests) != 1)
        return format_error(err, "no manifests");
    count = js_length(manifests);
    if (count == 0)
        return format_error(err, "no entries: a bundle without images");
    if (count > REFERENCE_LIST_MAX)
        return format_error(err, "%zu entries: at most %d", count, REFERENCE_LIST_MAX);
    out->entries = xcalloc(count, sizeof(*out->entries));
    out->count = count;
    for (size_t i = 0; i < count; i++) {
        if (read_entry(js_at(manifests, i), &out->entries[i], err) < 0)
            return err_wrap(err, "entry %zu", i);
    }
    return check_names_unique(out, err);
}

static int
read_root(const struct js *root, struct index_content *out, struct err *err)
{
    static const char *const known[] = {"schemaVersion", "mediaType",   "artifactType",
                                        "manifests",     "annotations", NULL};
    const struct js *annotations;
    uint64_t version;

    if (check_format(root, &annotations, err) < 0 || check_keys(root, known, err) < 0)
        return -1;
    if (js_u64(root, "schemaVersion", &version) != 1 || version != 2)
        return format_error(err, "schemaVersion is not 2");
    if (expect_text(root, "mediaType", MEDIA_OCI_INDEX, err) < 0 ||
        expect_text(root, "artifactType", BUNDLE_TYPE, err) < 0 ||
        read_index_annotations(annotations, out, err) < 0)
        return -1;
    return read_entries(root, &out->set, err);
}

int
index_read(struct index_content *out, const void *bytes, size_t len, struct err *err)
{
    CLEANUP(js_release) struct js *root = js_parse(bytes, len, ERR_INTEGRITY, err);
    CLEANUP(index_content_release) struct index_content content = INDEX_CONTENT_INIT;

    if (!root || read_root(root, &content, err) < 0)
        return err_wrap(err, "index.json");
    *out = content;
    content = (struct index_content)INDEX_CONTENT_INIT;
    return 0;
}

void
index_content_release(struct index_content *c)
{
    image_set_release(&c->set);
}
