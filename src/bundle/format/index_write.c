/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "bundle/format/index_write.h"

#include "base/clock.h"
#include "bundle/format/index_keys.h"
#include "io/json/json.h"
#include "io/json/json_write.h"
#include "oci/document.h"

#include <inttypes.h>
#include <stdio.h>

static void
put_number(struct jsout *obj, const char *key, uint64_t n)
{
    char text[24];

    snprintf(text, sizeof(text), "%" PRIu64, n);
    jsout_put_text(obj, key, text); /* a string: JSON numbers differ between parsers */
}

static void
put_time_annotation(struct jsout *obj, const char *key, uint64_t epoch)
{
    char text[CLOCK_TEXT_MAX];

    clock_format(text, epoch);
    jsout_put_text(obj, key, text);
}

static struct jsout *
entry_out(const struct image_entry *entry)
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

static const char *
reason_to_omit(const struct bundle_meta *meta)
{
    if (!meta->is_incomplete)
        return BY_PLATFORM;
    return meta->omits_platforms ? FOR_BOTH : INCOMPLETE;
}

/* Names contain no blanks. */
static int
put_missing_annotation(struct jsout *obj, const struct missing_list *missing,
                       struct err *err)
{
    CLEANUP(buf_release) struct buf names = BUF_INIT(BUNDLE_INDEX_MAX);

    for (size_t i = 0; i < missing->count; i++) {
        if (buf_addf(&names, "%s%s", i > 0 ? " " : "", missing->items[i].name) < 0)
            return err_set(err, ERR_LIMIT, "the list of missing names is too long");
    }
    if (missing->count > 0)
        jsout_put_text(obj, MISSING, names.data);
    return 0;
}

static int
put_annotations(struct jsout *obj, const struct bundle_meta *meta,
                const struct image_set *set, const struct index_pins *pins,
                struct err *err)
{
    char sums[DIGEST_TEXT_MAX];

    digest_text(&pins->sums, sums);
    jsout_put_text(obj, FORMAT, "1");
    jsout_put_text(obj, STREAM, meta->stream);
    put_number(obj, SERIAL, meta->serial);
    put_time_annotation(obj, CREATED, meta->created);
    put_time_annotation(obj, OCI_CREATED, meta->created);
    if (meta->has_expires)
        put_time_annotation(obj, EXPIRES, meta->expires);
    jsout_put_text(obj, SUMS, sums);
    put_number(obj, MEMBERS, pins->members);
    put_number(obj, BYTES, pins->bytes);
    jsout_put_text(obj, TOOL, meta->tool);
    if (meta->omits_platforms || meta->is_incomplete)
        jsout_put_text(obj, OMITS, reason_to_omit(meta));
    return put_missing_annotation(obj, &set->missing, err);
}

int
index_write(struct buf *out, const struct bundle_meta *meta, const struct image_set *set,
            const struct index_pins *pins, struct err *err)
{
    struct jsout *root = jsout_object(), *manifests = jsout_array();
    struct jsout *annotations = jsout_object();
    int rc;

    for (size_t i = 0; i < set->count; i++)
        jsout_append(manifests, entry_out(&set->entries[i]));
    jsout_put_u64(root, "schemaVersion", 2);
    jsout_put_text(root, "mediaType", MEDIA_OCI_INDEX);
    jsout_put_text(root, "artifactType", BUNDLE_TYPE);
    jsout_put(root, "manifests", manifests);
    rc = put_annotations(annotations, meta, set, pins, err);
    jsout_put(root, "annotations", annotations);
    if (rc < 0)
        jsout_free(root);
    else
        rc = jsout_write(root, out, err);
    return rc < 0 ? err_wrap(err, "index.json") : 0;
}
