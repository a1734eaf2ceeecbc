/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "ops/receipt/receipt.h"

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "io/crypto/pki_sign.h"
#include "io/file/file.h"
#include "io/json/json.h"
#include "io/json/json_write.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RECEIPT_TYPE "application/vnd.sealift.receipt.v1+json"

/* ---- creating a receipt ---- */

static void
put_digest(struct jsout *obj, const char *key, const struct digest *d)
{
    char text[DIGEST_TEXT_MAX];

    digest_text(d, text);
    jsout_put_text(obj, key, text);
}

static void
put_time_member(struct jsout *obj, const char *key, uint64_t epoch)
{
    char text[CLOCK_TEXT_MAX];

    clock_format(text, epoch);
    jsout_put_text(obj, key, text);
}

/* What the bundle lacks, and therefore this import. */
static void
put_missing_names(struct jsout *obj, const struct missing_list *missing)
{
    struct jsout *names = jsout_array();

    for (size_t i = 0; i < missing->count; i++)
        jsout_append_text(names, missing->items[i].name);
    jsout_put(obj, "missing", names);
}

static void
put_verified_bundle(struct jsout *obj, const struct verified *v)
{
    char serial[24];

    put_digest(obj, "index", &v->admission.index);
    jsout_put_text(obj, "stream", v->meta.stream);
    snprintf(serial, sizeof(serial), "%" PRIu64, v->meta.serial);
    jsout_put_text(obj, "serial", serial);
    put_time_member(obj, "created", v->meta.created);
    if (v->meta.has_expires)
        put_time_member(obj, "expires", v->meta.expires);
    put_missing_names(obj, &v->missing);
}

static struct jsout *
signatures_out(const struct signature_check *signers)
{
    struct jsout *array = jsout_array();

    for (size_t i = 0; i < signers->count; i++) {
        const struct trust_finding *f = &signers->items[i];
        struct jsout *obj = jsout_object();
        char hex[2 * DIGEST_RAW_MAX + 1];

        jsout_put_text(obj, "file", f->file);
        jsout_put_bool(obj, "counts", f->counts);
        if (f->has_key_id) {
            digest_hex(&f->key_id, hex);
            jsout_put_text(obj, "keyId", hex);
        }
        jsout_put_text(obj, f->counts ? "signer" : "why", f->counts ? f->signer : f->why);
        jsout_append(array, obj);
    }
    return array;
}

static void
put_decision(struct jsout *obj, const struct verified *v, const struct verify_options *o)
{
    struct jsout *names = jsout_array(), *overrides = jsout_array();

    for (size_t i = 0; i < v->verdict.signer_count; i++)
        jsout_append_text(names, v->verdict.signers[i]);
    for (size_t i = 0; i < v->verdict.override_count; i++) {
        struct jsout *one = jsout_object();

        jsout_put_text(one, "name", trust_override_name(v->verdict.overrides[i]));
        if (v->verdict.overrides[i] == OVERRIDE_EXPIRED)
            jsout_put_text(one, "reason", o->wishes.expired);
        jsout_append(overrides, one);
    }
    jsout_put_bool(obj, "signatureSkipped", o->skip_signature);
    jsout_put(obj, "signatures", signatures_out(&v->signers));
    jsout_put(obj, "signers", names);
    jsout_put_u64(obj, "threshold", v->verdict.threshold);
    jsout_put(obj, "overrides", overrides);
}

static const char *
receipt_state_word(enum image_state state)
{
    static const char *const words[] = {[IMAGE_PUSHED] = "pushed",
                                        [IMAGE_PRESENT] = "present",
                                        [IMAGE_SKIPPED] = "skipped",
                                        [IMAGE_FAILED] = "failed"};

    return words[state];
}

static struct jsout *
images_out(const struct push_result *done)
{
    const struct image_set *set = done->plan.set;
    struct jsout *array = jsout_array();

    for (size_t i = 0; i < done->plan.name_count; i++) {
        struct jsout *obj = jsout_object();
        char target[REFERENCE_TEXT_MAX];

        reference_name(&done->plan.names[i].to, target);
        jsout_put_text(obj, "name", set->entries[i].name);
        put_digest(obj, "digest", &set->entries[i].digest);
        if (set->entries[i].is_rebuilt)
            put_digest(obj, "rebuiltFrom", &set->entries[i].rebuilt_from);
        jsout_put_text(obj, "target", target);
        jsout_put_text(obj, "state", receipt_state_word(done->states[i]));
        if (push_failure_of(done, i))
            jsout_put_text(obj, "why", push_failure_of(done, i)->message);
        jsout_append(array, obj);
    }
    return array;
}

char *
receipt_signature_path(const char *receipt)
{
    return xasprintf("%s.sigstore.json", receipt);
}

static struct jsout *
patterns_out(const struct receipt_facts *f)
{
    struct jsout *list = jsout_array();

    for (size_t i = 0; i < f->only_count; i++)
        jsout_append_text(list, f->only[i]);
    return list;
}

/* What every receipt begins with. */
static struct jsout *
begin_receipt(const char *tool, uint64_t time, const struct target *target,
              const struct push_result *push)
{
    struct jsout *obj = jsout_object();
    char place[REFERENCE_TEXT_MAX];

    snprintf(place, sizeof(place), "%s%s%s", target->host,
             target->prefix[0] != '\0' ? "/" : "", target->prefix);
    jsout_put_text(obj, "mediaType", RECEIPT_TYPE);
    jsout_put_text(obj, "tool", tool);
    put_time_member(obj, "time", time);
    jsout_put_text(obj, "target", place);
    if (push->failed > 0)
        jsout_put_bool(obj, "partial", true);
    return obj;
}

/* The images, then the signature over all of it. */
static int
end_receipt(struct jsout *obj, const struct push_result *push, struct receipt *out,
            const struct pki_key *key, struct err *err)
{
    jsout_put(obj, "images", images_out(push));
    jsout_put(obj, "counts", push_counts_json(&push->counts));
    if (jsout_write(obj, &out->json, err) < 0)
        return err_wrap(err, "receipt");
    if (buf_add_text(&out->json, "\n") < 0)
        return err_set(err, ERR_LIMIT, "the receipt is too long");
    return signature_make(key, out->json.data, out->json.len, &out->signature,
                          out->signature_name, err);
}

int
receipt_make(struct receipt *out, const struct receipt_facts *f,
             const struct pki_key *key, struct err *err)
{
    struct jsout *obj =
        begin_receipt(f->tool, f->verified->now.clock, f->target, f->push);

    if (f->only_count > 0)
        jsout_put(obj, "only", patterns_out(f));
    put_verified_bundle(obj, f->verified);
    put_decision(obj, f->verified, f->options);
    return end_receipt(obj, f->push, out, key, err);
}

static struct jsout *
bundles_out(const struct sources *sources)
{
    struct jsout *list = jsout_array();

    for (size_t i = 0; i < sources->bundle_count; i++) {
        const struct source_bundle *b = sources->bundles[i];
        struct jsout *obj = jsout_object();

        put_verified_bundle(obj, &b->verified);
        put_decision(obj, &b->verified, &b->options);
        jsout_append(list, obj);
    }
    return list;
}

int
receipt_make_copy(struct receipt *out, const struct copy_receipt_facts *f,
                  const struct pki_key *key, struct err *err)
{
    struct jsout *obj = begin_receipt(f->tool, f->time, f->target, f->push);
    struct jsout *sources = jsout_array();

    for (size_t i = 0; i < f->source_count; i++)
        jsout_append_text(sources, f->sources[i]);
    jsout_put(obj, "source", sources);
    if (f->bundles->bundle_count > 0)
        jsout_put(obj, "bundles", bundles_out(f->bundles));
    return end_receipt(obj, f->push, out, key, err);
}

void
receipt_release(struct receipt *r)
{
    buf_release(&r->json);
    buf_release(&r->signature);
}

/* ---- parsing a receipt ---- */

static int
receipt_error(const char *what, struct err *err)
{
    return err_because(err, ERR_INTEGRITY, REASON_FORMAT, "not a receipt: %s", what);
}

static int
read_bundle(const struct js *root, struct receipt_summary *s, struct err *err)
{
    const char *text;

    if (js_string(root, "index", &text) != 1 ||
        digest_parse(&s->index, text, strlen(text), ERR_INTEGRITY, err_ignored()) < 0)
        return receipt_error("\"index\" is not a digest", err);
    if (js_string(root, "stream", &text) != 1 || !bundle_stream_is_valid(text))
        return receipt_error("\"stream\" is not a valid name", err);
    memcpy(s->stream, text, strlen(text) + 1);
    if (js_string(root, "serial", &text) != 1 ||
        text_u64(text, strlen(text), INT64_MAX, &s->serial) < 0)
        return receipt_error("\"serial\" is not a number", err);
    return 0;
}

/* How a bundle was judged, in addition to others. */
static int
read_decision(const struct js *obj, struct receipt_summary *s, struct err *err)
{
    const struct js *overrides;
    bool is_skipped;

    if (js_array(obj, "overrides", &overrides) != 1 ||
        js_bool(obj, "signatureSkipped", &is_skipped) != 1)
        return receipt_error("incomplete", err);
    s->overrides += js_length(overrides);
    s->signature_skipped |= is_skipped;
    return 0;
}

static int
read_copy(const struct js *root, struct receipt_summary *s, struct err *err)
{
    const struct js *sources, *bundles = NULL;

    if (js_array(root, "source", &sources) != 1 || js_has(root, "stream"))
        return receipt_error("\"source\" of a bundle", err);
    if (js_array(root, "bundles", &bundles) < 0)
        return receipt_error("incomplete", err);
    for (size_t i = 0; bundles && i < js_length(bundles); i++) {
        if (read_decision(js_at(bundles, i), s, err) < 0)
            return -1;
    }
    return 0;
}

static int
read_summary(const struct js *root, struct receipt_summary *s, struct err *err)
{
    const struct js *images;
    const char *text;

    if (js_string(root, "mediaType", &text) != 1 || strcmp(text, RECEIPT_TYPE) != 0)
        return receipt_error("\"mediaType\" is not " RECEIPT_TYPE, err);
    if (js_string(root, "time", &text) != 1 || clock_parse(text, &s->time) < 0)
        return receipt_error("\"time\" is not a valid time", err);
    if (js_array(root, "images", &images) != 1 ||
        js_bool(root, "partial", &s->is_partial) < 0)
        return receipt_error("incomplete", err);
    s->images = js_length(images);
    s->is_copy = js_has(root, "source");
    if (s->is_copy)
        return read_copy(root, s, err);
    return read_bundle(root, s, err) < 0 ? -1 : read_decision(root, s, err);
}

int
receipt_read(struct receipt_summary *out, const void *bytes, size_t len, struct err *err)
{
    CLEANUP(js_release) struct js *root = js_parse(bytes, len, ERR_INTEGRITY, err);
    struct receipt_summary s = {.target = NULL};
    const char *target;

    if (!root || read_summary(root, &s, err) < 0)
        return -1;
    if (js_string(root, "target", &target) != 1 || strlen(target) > REFERENCE_TEXT_MAX)
        return receipt_error("\"target\" is missing", err);
    s.target = xstrdup(target);
    *out = s;
    return 0;
}

static int
read_receipt_image(const struct js *obj, struct receipt_image *out, struct err *err)
{
    const char *digest, *state;

    if (!obj || js_string(obj, "name", &out->name) != 1 ||
        js_string(obj, "target", &out->target) != 1 ||
        js_string(obj, "state", &state) != 1 || js_string(obj, "digest", &digest) != 1 ||
        digest_parse(&out->digest, digest, strlen(digest), ERR_INTEGRITY, err_ignored()) <
            0)
        return receipt_error("malformed image", err);
    out->is_at_target = strcmp(state, receipt_state_word(IMAGE_PUSHED)) == 0 ||
                        strcmp(state, receipt_state_word(IMAGE_PRESENT)) == 0;
    return 0;
}

int
receipt_images(const void *bytes, size_t len,
               int (*take)(void *ctx, const struct receipt_image *image, struct err *err),
               void *ctx, struct err *err)
{
    CLEANUP(js_release) struct js *root = js_parse(bytes, len, ERR_INTEGRITY, err);
    const struct js *images;

    if (!root)
        return -1;
    if (js_array(root, "images", &images) != 1)
        return receipt_error("incomplete", err);
    for (size_t i = 0; i < js_length(images); i++) {
        struct receipt_image image = {.name = NULL};

        if (read_receipt_image(js_at(images, i), &image, err) < 0 ||
            take(ctx, &image, err) < 0)
            return -1;
    }
    return 0;
}

void
receipt_summary_release(struct receipt_summary *s)
{
    free(s->target);
    s->target = NULL;
}

void
receipt_parts_release(struct receipt_parts *r)
{
    buf_release(&r->index.bytes);
    for (size_t i = 0; i < r->count; i++)
        buf_release(&r->signatures[i].bytes);
}

static int
artifact_error(struct err *err)
{
    return err_set(err, ERR_INTEGRITY, "not a receipt");
}

static int
read_part(const struct js *layer, struct receipt_part *out, uint64_t max, struct err *err)
{
    const char *digest;

    *out = (struct receipt_part){.bytes = BUF_INIT((size_t)max)};
    if (js_string(layer, "digest", &digest) != 1 ||
        digest_parse(&out->digest, digest, strlen(digest), ERR_INTEGRITY, err) < 0 ||
        js_u64(layer, "size", &out->size) != 1 || out->size > max)
        return artifact_error(err);
    return 0;
}

static int
read_layer(const struct js *layer, struct receipt_parts *r, struct err *err)
{
    struct receipt_part *next = &r->signatures[r->count];
    bool is_cms;
    const char *type;

    if (js_string(layer, "mediaType", &type) != 1)
        return artifact_error(err);
    if (strcmp(type, RECEIPT_LAYER_INDEX) == 0)
        return r->index.size > 0 ? artifact_error(err)
                                 : read_part(layer, &r->index, BUNDLE_INDEX_MAX, err);
    is_cms = strcmp(type, RECEIPT_LAYER_CMS) == 0;
    if (!is_cms && strcmp(type, RECEIPT_LAYER_SIG) != 0)
        return 0;
    if (r->count == BUNDLE_SIGNATURES_MAX ||
        read_part(layer, next, BUNDLE_SIGNATURE_MAX, err) < 0)
        return artifact_error(err);
    memcpy(next->name, is_cms ? "receipt.p7s" : "receipt", is_cms ? 12 : 8);
    r->count++;
    return 0;
}

int
receipt_parts_read(struct receipt_parts *r, const void *bytes, size_t len,
                   struct err *err)
{
    CLEANUP(js_release) struct js *root = js_parse(bytes, len, ERR_INTEGRITY, err);
    const struct js *layers;

    if (!root || js_array(root, "layers", &layers) != 1)
        return artifact_error(err);
    for (size_t i = 0; i < js_length(layers); i++) {
        if (read_layer(js_at(layers, i), r, err) < 0)
            return -1;
    }
    return r->index.size > 0 ? 0 : artifact_error(err);
}

int
verify_receipt(struct verified_receipt *out, const char *path,
               const struct trust_store *store, struct err *err)
{
    CLEANUP(buf_release) struct buf json = BUF_INIT(RECEIPT_MAX);
    CLEANUP(buf_release) struct buf file = BUF_INIT(BUNDLE_SIGNATURE_MAX);
    CLEANUP(mem_free_string) char *beside = receipt_signature_path(path);
    const char *slash = strrchr(beside, '/');
    struct trust_evidence evidence = {.name = slash ? slash + 1 : beside,
                                      .is_detached = true};
    struct pki_payload payload;
    struct admission admission;

    if (file_slurp(path, &json, err) < 0 || file_slurp(beside, &file, err) < 0)
        return -1;
    evidence.bytes = file.data ? file.data : "";
    evidence.len = file.len;
    payload = pki_payload(json.data ? json.data : "", json.len);
    if (signature_check(&out->signers, &payload, &evidence, 1, store, err) < 0)
        return -1;
    if (trust_admit(&out->signers, store, &admission, err) < 0 ||
        receipt_read(&out->summary, json.data ? json.data : "", json.len, err) < 0)
        return err_wrap(err, "%s", path);
    out->json = json;
    json = (struct buf)BUF_INIT(0);
    return 0;
}

void
verified_receipt_release(struct verified_receipt *v)
{
    buf_release(&v->json);
    signature_check_release(&v->signers);
    receipt_summary_release(&v->summary);
}
