/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "ops/receipt/receipt_push.h"

#include "base/clock.h"
#include "bundle/reader/head.h"
#include "io/crypto/hash.h"
#include "io/json/json.h"
#include "io/json/json_write.h"
#include "oci/media_type.h"
#include "registry/push.h"
#include "registry/upload/push_blob.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define EMPTY      "{}"
#define EMPTY_TYPE "application/vnd.oci.empty.v1+json"

enum { MANIFEST_MAX = 256 * 1024, TITLE_MAX = 96 };

/* A push: the destination, and the manifest so far. */
struct pushing {
    struct session *session;
    struct repository repo;
    struct jsout *layers;
};

/* ---- blobs ---- */

static struct jsout *
descriptor_out(const char *media_type, const struct digest *digest, size_t len)
{
    struct jsout *obj = jsout_object();
    char text[DIGEST_TEXT_MAX];

    digest_text(digest, text);
    jsout_put_text(obj, "mediaType", media_type);
    jsout_put_text(obj, "digest", text);
    jsout_put_u64(obj, "size", len);
    return obj;
}

static int
add_layer(struct pushing *p, const char *media_type, const char *title, const void *bytes,
          size_t len, struct err *err)
{
    struct jsout *layer, *annotations;
    struct digest digest;

    if (push_bytes(p->session, &p->repo, bytes, len, &digest, err) < 0)
        return err_wrap(err, "%s", title);
    layer = descriptor_out(media_type, &digest, len);
    annotations = jsout_object();
    jsout_put_text(annotations, "org.opencontainers.image.title", title);
    jsout_put(layer, "annotations", annotations);
    jsout_append(p->layers, layer);
    return 0;
}

/* ---- its layers ---- */

/* The signatures that counted, also those next to the bundle. */
static int
add_signature_layers(struct pushing *p, const struct verified *v, struct err *err)
{
    size_t count = 0;

    for (size_t i = 0; i < v->signers.count && count < BUNDLE_SIGNATURES_MAX; i++) {
        const struct trust_evidence *e = &v->evidence.items[i];
        const char *name = v->signers.items[i].file;
        bool is_cms = v->signers.items[i].has_validity;
        char title[TITLE_MAX];

        if (!v->signers.items[i].counts)
            continue;
        snprintf(title, sizeof(title), "signatures/%s", name);
        if (add_layer(p, is_cms ? RECEIPT_LAYER_CMS : RECEIPT_LAYER_SIG, title, e->bytes,
                      e->len, err) < 0)
            return -1;
        count++;
    }
    return 0;
}

static int
add_receipt_layers(struct pushing *p, const struct receipt *r, struct err *err)
{
    return add_layer(p, RECEIPT_LAYER_JSON, "receipt.json", r->json.data, r->json.len,
                     err) < 0
               ? -1
               : add_layer(p, RECEIPT_LAYER_BY, "receipt.json.sigstore.json",
                           r->signature.data, r->signature.len, err);
}

static int
add_layers(struct pushing *p, const struct receipt *r, const struct verified *v,
           struct err *err)
{
    CLEANUP(buf_release) struct buf sums = BUF_INIT(BUNDLE_SUMS_MAX);
    size_t index_len;
    const void *index = bundle_raw_index(v->head, &index_len);

    if (bundle_raw_sums(v->head, &sums, err) < 0)
        return -1;
    if (add_receipt_layers(p, r, err) < 0 ||
        add_layer(p, RECEIPT_LAYER_INDEX, "index.json", index, index_len, err) < 0 ||
        add_layer(p, RECEIPT_LAYER_SUMS, "SHA256SUMS", sums.data, sums.len, err) < 0)
        return -1;
    return add_signature_layers(p, v, err);
}

static int
write_manifest(struct pushing *p, struct buf *out, struct err *err)
{
    struct jsout *obj = jsout_object();
    struct digest empty;

    if (push_bytes(p->session, &p->repo, EMPTY, strlen(EMPTY), &empty, err) < 0) {
        jsout_free(obj);
        return -1;
    }
    jsout_put_u64(obj, "schemaVersion", 2);
    jsout_put_text(obj, "mediaType", MEDIA_OCI_MANIFEST);
    jsout_put_text(obj, "artifactType", RECEIPT_ARTIFACT_TYPE);
    jsout_put(obj, "config", descriptor_out(EMPTY_TYPE, &empty, strlen(EMPTY)));
    jsout_put(obj, "layers", p->layers);
    p->layers = NULL;
    return jsout_write(obj, out, err);
}

static int
push_receipt_tags(const struct pushing *p, const struct buf *manifest, const char *tag,
                  struct err *err)
{
    struct digest digest;

    if (hash_bytes(DIGEST_SHA256, manifest->data, manifest->len, &digest, err) < 0 ||
        push_manifest(p->session, &p->repo, tag, &digest, MEDIA_OCI_MANIFEST,
                      manifest->data, manifest->len, NULL, err) < 0)
        return -1;
    return push_manifest(p->session, &p->repo, RECEIPT_LATEST, &digest,
                         MEDIA_OCI_MANIFEST, manifest->data, manifest->len, NULL, err);
}

/* A time without the ':' that a tag cannot have: "2026-12-01T10-15-00Z". */
void
receipt_copy_tag(char out[CLOCK_TEXT_MAX], uint64_t time)
{
    clock_format(out, time);
    for (char *p = out; *p != '\0'; p++) {
        if (*p == ':')
            *p = '-';
    }
}

int
receipt_path(char out[REFERENCE_PATH_MAX + 1], const struct target *target,
             const char *stream, struct err *err)
{
    int n = snprintf(out, REFERENCE_PATH_MAX + 1, "%s%ssealift/%s", target->prefix,
                     target->prefix[0] != '\0' ? "/" : "", stream);

    if (n <= REFERENCE_PATH_MAX && reference_is_path(out))
        return 0;
    return err_set(err, ERR_USAGE,
                   "stream '%s' is not a valid repository name, which a receipt requires",
                   stream);
}

/* The manifest of the layers added so far, under its tag and as the latest. */
static int
push_receipt_manifest(struct pushing *p, const char *tag, struct err *err)
{
    CLEANUP(buf_release) struct buf manifest = BUF_INIT(MANIFEST_MAX);

    return write_manifest(p, &manifest, err) < 0
               ? -1
               : push_receipt_tags(p, &manifest, tag, err);
}

int
receipt_push(const struct receipt *r, const struct receipt_facts *f,
             struct session *session, struct err *err)
{
    const struct bundle_meta *meta = &f->verified->meta;
    char path[REFERENCE_PATH_MAX + 1], tag[REFERENCE_TAG_MAX + 1];
    struct pushing p = {.session = session,
                        .repo = {.host = f->target->host, .path = path}};
    int rc;

    if (receipt_path(path, f->target, meta->stream, err) < 0)
        return -1;
    snprintf(tag, sizeof(tag), "serial-%" PRIu64, meta->serial);
    p.layers = jsout_array();
    rc = add_layers(&p, r, f->verified, err);
    if (rc == 0)
        rc = push_receipt_manifest(&p, tag, err);
    if (p.layers)
        jsout_free(p.layers);
    return rc < 0 ? err_wrap(err, "receipt, %s/%s", f->target->host, path) : 0;
}

int
receipt_push_copy(const struct receipt *r, const struct copy_receipt_facts *f,
                  struct session *session, struct err *err)
{
    char path[REFERENCE_PATH_MAX + sizeof("/" RECEIPT_COPY_NAME)];
    char tag[CLOCK_TEXT_MAX];
    struct pushing p = {.session = session,
                        .repo = {.host = f->target->host, .path = path}};
    int rc;

    snprintf(path, sizeof(path), "%s%s" RECEIPT_COPY_NAME, f->target->prefix,
             f->target->prefix[0] != '\0' ? "/" : "");
    receipt_copy_tag(tag, f->time);
    p.layers = jsout_array();
    rc = add_receipt_layers(&p, r, err);
    if (rc == 0)
        rc = push_receipt_manifest(&p, tag, err);
    if (p.layers)
        jsout_free(p.layers);
    return rc < 0 ? err_wrap(err, "receipt, %s/%s", f->target->host, path) : 0;
}
