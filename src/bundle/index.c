#include "config.h"
#include "bundle/index.h"

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "io/json.h"
#include "oci/document.h"
#include "oci/reference_list.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BUNDLE_TYPE "application/vnd.sealift.bundle.v1"

/* Annotations of an entry. */
#define REF_NAME   "org.opencontainers.image.ref.name"
#define IMAGE_NAME "io.containerd.image.name"

/* Annotations of the whole. */
#define PREFIX      "dev.sealift."
#define FORMAT      PREFIX "format"
#define STREAM      PREFIX "stream"
#define SERIAL      PREFIX "serial"
#define CREATED     PREFIX "created"
#define OCI_CREATED "org.opencontainers.image.created"
#define EXPIRES     PREFIX "expires"
#define SUMS        PREFIX "sums"
#define MEMBERS     PREFIX "members"
#define BYTES       PREFIX "bytes"
#define TOOL        PREFIX "tool"
#define OMITS       PREFIX "omits"
#define BASE        PREFIX "base"
#define BY_PLATFORM "platform" /* the one reason to leave something out */

static const uint64_t SERIAL_MAX = INT64_MAX;

/* ---- writing ---- */

static void
put_number(struct jsout *obj, const char *key, uint64_t n)
{
    char text[24];

    snprintf(text, sizeof(text), "%" PRIu64, n);
    jsout_put_text(obj, key, text); /* a string: JSON numbers differ between parsers */
}

static void
put_time(struct jsout *obj, const char *key, uint64_t epoch)
{
    char text[CLOCK_TEXT_MAX];

    clock_format(text, epoch);
    jsout_put_text(obj, key, text);
}

static struct jsout *
entry_out(const struct bundle_entry *entry)
{
    struct jsout *obj = jsout_object(), *annotations = jsout_object();
    char digest[DIGEST_TEXT_MAX];

    digest_text(&entry->digest, digest);
    jsout_put_text(obj, "mediaType", entry->media_type);
    if (entry->artifact_type[0] != '\0')
        jsout_put_text(obj, "artifactType", entry->artifact_type);
    jsout_put_text(obj, "digest", digest);
    jsout_put_u64(obj, "size", entry->size);
    jsout_put_text(annotations, REF_NAME, entry->name);
    if (entry->is_image)
        jsout_put_text(annotations, IMAGE_NAME, entry->name);
    jsout_put(obj, "annotations", annotations);
    return obj;
}

static struct jsout *
annotations_out(const struct bundle_meta *meta, const struct index_pins *pins)
{
    struct jsout *obj = jsout_object();
    char sums[DIGEST_TEXT_MAX];

    digest_text(&pins->sums, sums);
    jsout_put_text(obj, FORMAT, "1");
    jsout_put_text(obj, STREAM, meta->stream);
    put_number(obj, SERIAL, meta->serial);
    put_time(obj, CREATED, meta->created);
    put_time(obj, OCI_CREATED, meta->created);
    if (meta->has_expires)
        put_time(obj, EXPIRES, meta->expires);
    jsout_put_text(obj, SUMS, sums);
    put_number(obj, MEMBERS, pins->members);
    put_number(obj, BYTES, pins->bytes);
    jsout_put_text(obj, TOOL, meta->tool);
    if (meta->omits)
        jsout_put_text(obj, OMITS, BY_PLATFORM);
    return obj;
}

int
index_write(struct buf *out, const struct bundle_meta *meta,
            const struct index_pins *pins, const struct bundle_entry *entries,
            size_t count, struct err *err)
{
    struct jsout *root = jsout_object(), *manifests = jsout_array();

    for (size_t i = 0; i < count; i++)
        jsout_append(manifests, entry_out(&entries[i]));
    jsout_put_u64(root, "schemaVersion", 2);
    jsout_put_text(root, "mediaType", MEDIA_OCI_INDEX);
    jsout_put_text(root, "artifactType", BUNDLE_TYPE);
    jsout_put(root, "manifests", manifests);
    jsout_put(root, "annotations", annotations_out(meta, pins));
    if (jsout_write(root, out, err) < 0)
        return err_wrap(err, "index.json");
    return 0;
}

/* ---- reading ---- */

#define format_error(err, ...) err_because(err, ERR_INTEGRITY, "format", __VA_ARGS__)
#define newer_error(err, what) err_set(err, ERR_PROTOCOL, what ": needs a newer sealift")

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
read_number(const struct js *obj, const char *key, uint64_t max, uint64_t *out,
            struct err *err)
{
    const char *text;

    if (js_string(obj, key, &text) == 1 && text_u64(text, strlen(text), max, out) == 0)
        return 0;
    return format_error(err, "%s is not a decimal number up to %" PRIu64, key, max);
}

static int
read_time(const struct js *obj, const char *key, uint64_t *out, struct err *err)
{
    const char *text;

    if (js_string(obj, key, &text) == 1 && clock_parse(text, out) == 0)
        return 0;
    return format_error(err, "%s is not a UTC time like 2026-11-22T05:09:00Z", key);
}

static int
read_digest(const struct js *obj, const char *key, struct digest *out, struct err *err)
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

/* What decides whether this is a bundle, and one for us, before details are judged. */
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
        return newer_error(err, "the format of this bundle is above 1");
    if (js_has(*annotations, OMITS) &&
        (js_string(*annotations, OMITS, &text) != 1 || strcmp(text, BY_PLATFORM) != 0))
        return newer_error(err, "this bundle leaves objects out, for a new reason");
    if (js_has(*annotations, BASE))
        return newer_error(err, "this bundle builds on another one");
    return 0;
}

static int
read_meta(const struct js *obj, struct bundle_meta *meta, struct err *err)
{
    uint64_t again;
    const char *text;

    if (js_string(obj, STREAM, &text) != 1 || !bundle_stream_is_valid(text))
        return format_error(err, STREAM " is not 1 to 64 of a-z 0-9 . _ -");
    memcpy(meta->stream, text, strlen(text) + 1);
    if (read_number(obj, SERIAL, SERIAL_MAX, &meta->serial, err) < 0 ||
        read_time(obj, CREATED, &meta->created, err) < 0 ||
        read_time(obj, OCI_CREATED, &again, err) < 0)
        return -1;
    if (again != meta->created)
        return format_error(err, CREATED " and " OCI_CREATED " differ");
    meta->has_expires = js_has(obj, EXPIRES);
    if (meta->has_expires && read_time(obj, EXPIRES, &meta->expires, err) < 0)
        return -1;
    if (js_string(obj, TOOL, &text) != 1 || text[0] == '\0' ||
        strlen(text) > BUNDLE_TOOL_MAX || !is_printable(text))
        return format_error(err, TOOL " is not a short plain text");
    memcpy(meta->tool, text, strlen(text) + 1);
    meta->omits = js_has(obj, OMITS);
    return 0;
}

static int
read_annotations(const struct js *obj, struct index_content *out, struct err *err)
{
    static const char *const known[] = {FORMAT,      STREAM,  SERIAL, CREATED,
                                        OCI_CREATED, EXPIRES, SUMS,   MEMBERS,
                                        BYTES,       TOOL,    OMITS,  NULL};

    if (check_keys(obj, known, err) < 0 || read_meta(obj, &out->meta, err) < 0 ||
        read_digest(obj, SUMS, &out->pins.sums, err) < 0 ||
        read_number(obj, MEMBERS, UINT32_MAX, &out->pins.members, err) < 0 ||
        read_number(obj, BYTES, INT64_MAX, &out->pins.bytes, err) < 0)
        return -1;
    return 0;
}

/* The name: canonical, and of this very object when it says a digest. */
static int
read_name(const struct js *obj, struct bundle_entry *out, struct err *err)
{
    static const char *const known[] = {REF_NAME, IMAGE_NAME, NULL};
    const struct js *annotations;
    struct reference ref;
    const char *name;

    if (js_object(obj, "annotations", &annotations) != 1 ||
        js_string(annotations, REF_NAME, &name) != 1)
        return format_error(err, "no " REF_NAME);
    if (check_keys(annotations, known, err) < 0)
        return -1;
    if (reference_parse_name(&ref, name, ERR_INTEGRITY, err) < 0) {
        err->reason = "format";
        return err_wrap(err, REF_NAME);
    }
    if (ref.has_digest && !digest_equal(&ref.digest, &out->digest))
        return format_error(err, REF_NAME " has another digest than its entry");
    out->is_image = js_has(annotations, IMAGE_NAME);
    if (out->is_image && expect_text(annotations, IMAGE_NAME, name, err) < 0)
        return -1;
    out->name = xstrdup(name);
    return 0;
}

static int
read_entry(const struct js *obj, struct bundle_entry *out, struct err *err)
{
    static const char *const known[] = {"mediaType", "artifactType", "digest",
                                        "size",      "annotations",  NULL};
    const char *type, *artifact = "";
    int has_artifact;

    if (!js_is_object(obj))
        return format_error(err, "not an object");
    if (check_keys(obj, known, err) < 0 ||
        read_digest(obj, "digest", &out->digest, err) < 0)
        return -1;
    if (js_string(obj, "mediaType", &type) != 1 || !media_type_is_valid(type))
        return format_error(err, "mediaType is not a media type");
    has_artifact = js_string(obj, "artifactType", &artifact);
    if (has_artifact < 0 || (has_artifact == 1 && !media_type_is_valid(artifact)))
        return format_error(err, "artifactType is not a media type");
    if (js_u64(obj, "size", &out->size) != 1 || out->size > DOCUMENT_BYTES_MAX)
        return format_error(err, "size is not that of an index or a manifest");
    out->media_type = xstrdup(type);
    out->artifact_type = xstrdup(artifact);
    return read_name(obj, out, err);
}

static int
by_name(const void *a, const void *b)
{
    const struct bundle_entry *const *x = a, *const *y = b;

    return strcmp((*x)->name, (*y)->name);
}

static int
check_unique(const struct index_content *c, struct err *err)
{
    const struct bundle_entry **sorted = xcalloc(c->count, sizeof(*sorted));
    const struct bundle_entry *twice = NULL;

    for (size_t i = 0; i < c->count; i++)
        sorted[i] = &c->entries[i];
    qsort(sorted, c->count, sizeof(*sorted), by_name);
    for (size_t i = 1; i < c->count && !twice; i++) {
        if (strcmp(sorted[i - 1]->name, sorted[i]->name) == 0)
            twice = sorted[i];
    }
    free(sorted);
    if (!twice)
        return 0;
    return format_error(err, "two entries are named %s", twice->name);
}

static int
read_entries(const struct js *root, struct index_content *out, struct err *err)
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
    return check_unique(out, err);
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
        read_annotations(annotations, out, err) < 0)
        return -1;
    return read_entries(root, out, err);
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
    for (size_t i = 0; i < c->count; i++) {
        free(c->entries[i].name);
        free(c->entries[i].media_type);
        free(c->entries[i].artifact_type);
    }
    free(c->entries);
    c->entries = NULL;
    c->count = 0;
}
