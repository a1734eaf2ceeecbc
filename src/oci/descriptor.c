/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "oci/descriptor.h"

#include "base/mem.h"
#include "base/text_safe.h"
#include "io/crypto/hash.h"
#include "oci/descriptor_internal.h"
#include "oci/media_type.h"

#include <stdlib.h>
#include <string.h>

static const char *const known_keys[] = {"mediaType",   "digest", "size", "platform",
                                         "annotations", "urls",   "data", NULL};

/* ---- parts of any JSON object in a document ---- */

int
reading_optional(int rc, const struct js *obj, const char *key)
{
    return rc < 0 && js_is_null(obj, key) ? 0 : rc;
}

int
reading_wrong_type(const struct document_reading *r, const char *key)
{
    return err_because(r->err, r->kind, REASON_FORMAT,
                       "\"%s\" is missing or has the wrong type", key);
}

int
reading_unambiguous(const struct document_reading *r, const struct js *obj,
                    const char *const *known)
{
    const char *key = js_ambiguous_key(obj, known);
    char safe[TEXT_SAFE_MAX];

    if (!key)
        return 0;
    text_safe_in(safe, sizeof(safe), key, strlen(key));
    return err_because(r->err, r->kind, REASON_FORMAT,
                       "key \"%s\" differs only by case from a known one", safe);
}

int
reading_type(const struct document_reading *r, const struct js *obj, const char *key,
             const char **out)
{
    const char *type = "";
    char safe[TEXT_SAFE_MAX];

    if (reading_optional(js_string(obj, key, &type), obj, key) < 0)
        return reading_wrong_type(r, key);
    if (type[0] != '\0' && !media_type_is_valid(type)) {
        text_safe_in(safe, sizeof(safe), type, strlen(type));
        return err_because(r->err, r->kind, REASON_FORMAT,
                           "\"%s\" is not a media type: '%s'", key, safe);
    }
    *out = type;
    return 0;
}

static int
read_descriptor_digest(const struct document_reading *r, const struct js *obj,
                       struct digest *out)
{
    const char *text;

    if (js_string(obj, "digest", &text) != 1)
        return reading_wrong_type(r, "digest");
    return digest_parse(out, text, strlen(text), r->kind, r->err);
}

int
descriptor_read_digest(const struct document_reading *r, const struct js *obj,
                       struct digest *out)
{
    return reading_unambiguous(r, obj, known_keys) < 0
               ? -1
               : read_descriptor_digest(r, obj, out);
}

/* ---- optional members of a descriptor ---- */

static int
read_platform(const struct document_reading *r, const struct js *obj,
              struct descriptor *d)
{
    const struct js *platform = NULL;

    if (reading_optional(js_object(obj, "platform", &platform), obj, "platform") < 0 ||
        (platform && platform_read(&d->platform, platform) < 0))
        return reading_wrong_type(r, "platform");
    return 0;
}

/* BuildKit lists attestations next to the images they are about. */
static int
read_descriptor_annotations(const struct document_reading *r, const struct js *obj,
                            struct descriptor *d)
{
    const struct js *annotations = NULL;
    const char *text;
    int rc;

    rc =
        reading_optional(js_object(obj, "annotations", &annotations), obj, "annotations");
    if (rc > 0)
        rc = js_string(annotations, "vnd.docker.reference.type", &text);
    if (rc < 0)
        return reading_wrong_type(r, "annotations");
    d->is_attestation = rc == 1;
    d->has_about =
        d->is_attestation &&
        js_string(annotations, "vnd.docker.reference.digest", &text) == 1 &&
        digest_parse(&d->about, text, strlen(text), r->kind, err_ignored()) == 0;
    return 0;
}

static int
read_urls(const struct document_reading *r, const struct js *obj, struct descriptor *d)
{
    const struct js *urls = NULL;
    size_t count;

    if (reading_optional(js_array(obj, "urls", &urls), obj, "urls") < 0)
        return reading_wrong_type(r, "urls");
    count = urls ? js_length(urls) : 0;
    d->is_foreign = count > 0;
    if (count > DESCRIPTOR_URLS_MAX)
        count = DESCRIPTOR_URLS_MAX;
    d->urls = count > 0 ? xcalloc(count, sizeof(*d->urls)) : NULL;
    for (size_t i = 0; i < count; i++) {
        const char *url = js_text(js_at(urls, i));

        if (url && strlen(url) <= DESCRIPTOR_URL_LEN_MAX)
            d->urls[d->url_count++] = xstrdup(url);
    }
    return 0;
}

/* Inline content, when it matches the descriptor; otherwise it is ignored. */
static void
read_data(const struct js *obj, struct descriptor *d)
{
    CLEANUP(buf_release) struct buf bytes = BUF_INIT(DESCRIPTOR_DATA_MAX);
    struct digest got;
    const char *text;

    if (js_string(obj, "data", &text) != 1 ||
        base64_decode(text, strlen(text), &bytes) < 0 || bytes.len != d->size ||
        hash_bytes(d->digest.alg, bytes.data ? bytes.data : "", bytes.len, &got,
                   err_ignored()) < 0)
        return;
    if (digest_equal(&got, &d->digest))
        d->data = buf_steal(&bytes);
}

/* ---- a descriptor ---- */

/*
 * The media type of a child.  Without it, whether a child of an index is a document is
 * undecidable.  The objects of a manifest are opaque whatever their type.
 */
static int
read_child_type(const struct document_reading *r, const struct js *obj,
                enum edge_kind edge, const char **out)
{
    if (edge == EDGE_CHILD) {
        if (reading_type(r, obj, "mediaType", out) < 0)
            return -1;
        return (*out)[0] != '\0' ? 0 : reading_wrong_type(r, "mediaType");
    }
    *out = "";
    if (reading_optional(js_string(obj, "mediaType", out), obj, "mediaType") < 0)
        return reading_wrong_type(r, "mediaType");
    if (!media_type_is_valid(*out))
        *out = "";
    return 0;
}

static int
read_needed(const struct document_reading *r, const struct js *obj, struct descriptor *d)
{
    const char *type;

    if (!js_is_object(obj))
        return err_because(r->err, r->kind, REASON_FORMAT, "not a descriptor");
    if (reading_unambiguous(r, obj, known_keys) < 0 ||
        read_child_type(r, obj, d->edge, &type) < 0 ||
        read_descriptor_digest(r, obj, &d->digest) < 0)
        return -1;
    if (d->digest.alg != DIGEST_SHA256)
        return err_set(r->err, ERR_PROTOCOL,
                       "sha512 digests are not supported in a bundle");
    if (js_u64(obj, "size", &d->size) != 1)
        return err_because(r->err, r->kind, REASON_FORMAT,
                           "\"size\" is not an integer from 0 to 2^63-1");
    d->media_type = xstrdup(type);
    return 0;
}

int
descriptor_read(const struct document_reading *r, const struct js *obj,
                struct descriptor *d)
{
    if (read_needed(r, obj, d) < 0 || read_platform(r, obj, d) < 0 ||
        read_descriptor_annotations(r, obj, d) < 0 || read_urls(r, obj, d) < 0) {
        descriptor_release(d);
        return -1;
    }
    read_data(obj, d);
    return 0;
}

void
descriptor_release(struct descriptor *d)
{
    for (size_t i = 0; i < d->url_count; i++)
        free(d->urls[i]);
    free(d->urls);
    free(d->data);
    free(d->media_type);
}
