/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "trust/signature.h"

#include "base/text_safe.h"
#include "io/crypto/hash.h"
#include "io/crypto/pki_sign.h"
#include "io/json/json.h"
#include "io/json/json_write.h"

#include <stdio.h>
#include <string.h>

static const char MEDIA_TYPE[] = "application/vnd.dev.sigstore.bundle.v0.3+json";

/* messageDigest.algorithm */
static const struct {
    const char *name;
    enum digest_alg alg;
} algorithms[] = {
    {"SHA2_256", DIGEST_SHA256},
    {"SHA2_384", DIGEST_SHA384},
    {"SHA2_512", DIGEST_SHA512},
};

static const char *
algorithm_name(enum digest_alg alg)
{
    size_t i = 0;

    while (i + 1 < COUNT_OF(algorithms) && algorithms[i].alg != alg)
        i++;
    return algorithms[i].name;
}

/* ---- creating a signature file ---- */

static int
put_base64(struct jsout *obj, const char *key, const void *bytes, size_t len,
           struct err *err)
{
    CLEANUP(buf_release) struct buf text = BUF_INIT(2 * PKI_SIGNATURE_MAX);

    if (base64_encode(bytes, len, &text) < 0)
        return err_set(err, ERR_INTERNAL, "not enough space to encode %zu bytes", len);
    jsout_put_text(obj, key, text.data);
    return 0;
}

/* verificationMaterial: names the key to verify with. */
static int
put_material(struct jsout *root, const struct digest *id, struct err *err)
{
    struct jsout *material = jsout_object(), *key = jsout_object();
    int rc = put_base64(key, "hint", id->raw, digest_size(id), err);

    jsout_put(material, "publicKey", key);
    jsout_put(root, "verificationMaterial", material);
    return rc;
}

static int
put_message(struct jsout *root, const struct digest *digest, const struct buf *raw,
            struct err *err)
{
    struct jsout *message = jsout_object(), *of = jsout_object();
    int rc;

    jsout_put_text(of, "algorithm", algorithm_name(digest->alg));
    rc = put_base64(of, "digest", digest->raw, digest_size(digest), err);
    jsout_put(message, "messageDigest", of);
    if (rc == 0)
        rc = put_base64(message, "signature", raw->data, raw->len, err);
    jsout_put(root, "messageSignature", message);
    return rc;
}

void
signature_name(char out[SIGNATURE_NAME_MAX], const struct digest *key_id, bool is_cms)
{
    char hex[2 * DIGEST_RAW_MAX + 1];

    digest_hex(key_id, hex);
    snprintf(out, SIGNATURE_NAME_MAX, "%.16s.%s", hex, is_cms ? "p7s" : "sigstore.json");
}

bool
signature_find(const struct pki_key *key, struct pki_payload *payload,
               const struct buf *raw, enum digest_alg *alg)
{
    for (size_t i = 0; i < COUNT_OF(algorithms); i++) {
        if (pki_verify_over(key, algorithms[i].alg, payload, raw->data, raw->len)) {
            *alg = algorithms[i].alg;
            return true;
        }
    }
    return false;
}

int
signature_wrap(const struct pki_key *key, struct pki_payload *payload,
               const struct buf *raw, enum digest_alg alg, struct buf *out,
               char name[SIGNATURE_NAME_MAX], struct err *err)
{
    const struct digest *digest = pki_payload_digest(payload, alg);
    struct jsout *root;

    if (!digest)
        return err_set(err, ERR_INTERNAL, "cannot hash the signed bytes");
    root = jsout_object();
    jsout_put_text(root, "mediaType", MEDIA_TYPE);
    if (put_material(root, pki_id(key), err) < 0 ||
        put_message(root, digest, raw, err) < 0) {
        jsout_free(root);
        return -1;
    }
    if (jsout_write(root, out, err) < 0)
        return err_wrap(err, "signature file");
    signature_name(name, pki_id(key), false);
    return 0;
}

int
signature_make(const struct pki_key *key, const void *bytes, size_t len, struct buf *out,
               char name[SIGNATURE_NAME_MAX], struct err *err)
{
    CLEANUP(buf_release) struct buf raw = BUF_INIT(PKI_SIGNATURE_MAX);
    struct pki_payload payload = pki_payload(bytes, len);

    if (pki_sign(key, bytes, len, &raw, err) < 0)
        return -1;
    return signature_wrap(key, &payload, &raw, pki_digest(key), out, name, err);
}

/* ---- parsing a signature file ---- */

static int
signature_error(struct err *err, const char *why)
{
    return err_because(err, ERR_TRUST, REASON_BAD_SIGNATURE, "%s", why);
}

static int
check_fields(const struct js *obj, const char *const *known, struct err *err)
{
    const char *other = js_unknown_key(obj, known);
    char safe[TEXT_SAFE_MAX];

    if (!other)
        return 0;
    text_safe(safe, other, strlen(other));
    return err_because(err, ERR_TRUST, REASON_BAD_SIGNATURE, "has an unknown field '%s'",
                       safe);
}

/* Decode the base64 of such a digest. */
static int
decode_digest(enum digest_alg alg, const char *text, struct digest *out)
{
    struct digest d = {.alg = alg};
    CLEANUP(buf_release) struct buf raw = BUF_INIT(digest_size(&d));

    if (base64_decode(text, strlen(text), &raw) < 0 || raw.len != digest_size(&d))
        return -1;
    memcpy(d.raw, raw.data, raw.len);
    *out = d;
    return 0;
}

/* Recognise other formats of the sigstore world, for a clear message. */
static int
check_envelope(const struct js *root, struct err *err)
{
    static const char *const known[] = {"mediaType", "verificationMaterial",
                                        "messageSignature", NULL};
    const char *type;

    if (js_has(root, "dsseEnvelope"))
        return signature_error(err, "is a DSSE envelope, not a signature of index.json");
    if (js_has(root, "base64Signature") || js_has(root, "cert"))
        return signature_error(
            err, "is in cosign's old format, which can contain its own key");
    if (js_string(root, "mediaType", &type) != 1 || strcmp(type, MEDIA_TYPE) != 0)
        return signature_error(err, "is not a sigstore bundle of version 0.3");
    return check_fields(root, known, err);
}

static int
parse_hint(struct signature *out, const struct js *key, struct err *err)
{
    static const char *const known[] = {"hint", NULL};
    const char *hint = "";

    if (check_fields(key, known, err) < 0)
        return -1;
    if (js_string(key, "hint", &hint) < 0)
        return signature_error(err, "has a hint that is not a string");
    if (hint[0] == '\0')
        return 0;
    if (decode_digest(DIGEST_SHA256, hint, &out->hint) < 0)
        return signature_error(err, "has a hint that is not a key id");
    out->has_hint = true;
    return 0;
}

/* Whether the member is absent or empty: nothing in it needs to be checked. */
static bool
is_idle(const struct js *material, const char *key, const char *inner)
{
    const struct js *list;

    if (!js_has(material, key))
        return true;
    if (inner) {
        const char *const known[] = {inner, NULL};

        if (js_object(material, key, &material) != 1 || js_unknown_key(material, known))
            return false;
        key = inner;
        if (!js_has(material, key))
            return true;
    }
    return js_array(material, key, &list) == 1 && js_length(list) == 0;
}

static int
parse_material(struct signature *out, const struct js *root, struct err *err)
{
    static const char *const known[] = {"publicKey", "tlogEntries",
                                        "timestampVerificationData", NULL};
    const struct js *material, *key;

    if (js_object(root, "verificationMaterial", &material) != 1)
        return signature_error(err, "has no verificationMaterial");
    if (js_has(material, "certificate") || js_has(material, "x509CertificateChain"))
        return signature_error(err,
                               "contains a certificate, which this version cannot check");
    if (!is_idle(material, "tlogEntries", NULL) ||
        !is_idle(material, "timestampVerificationData", "rfc3161Timestamps"))
        return signature_error(
            err, "contains log entries or timestamps, which this version cannot check");
    if (check_fields(material, known, err) < 0)
        return -1;
    if (js_object(material, "publicKey", &key) != 1)
        return signature_error(err, "was not made with a public key");
    return parse_hint(out, key, err);
}

static int
parse_digest(struct signature *out, const struct js *message, struct err *err)
{
    static const char *const known[] = {"algorithm", "digest", NULL};
    const char *algorithm = "", *text = "";
    const struct js *of;
    int found = js_object(message, "messageDigest", &of);
    size_t i = 0;

    if (found == 0)
        return 0;
    if (found < 0)
        return signature_error(err, "has a messageDigest that is not an object");
    if (check_fields(of, known, err) < 0)
        return -1;
    if (js_string(of, "algorithm", &algorithm) < 0 || js_string(of, "digest", &text) < 0)
        return signature_error(err, "has a messageDigest that is not a string");
    if (algorithm[0] == '\0' && text[0] == '\0')
        return 0;
    while (i < COUNT_OF(algorithms) && strcmp(algorithm, algorithms[i].name) != 0)
        i++;
    if (i == COUNT_OF(algorithms))
        return signature_error(err,
                               "has a messageDigest that is not SHA2_256, 384 or 512");
    if (decode_digest(algorithms[i].alg, text, &out->digest) < 0)
        return signature_error(
            err, "has a messageDigest that is not the base64 of such a digest");
    out->has_digest = true;
    return 0;
}

static int
parse_message(struct signature *out, const struct js *root, struct err *err)
{
    static const char *const known[] = {"messageDigest", "signature", NULL};
    const struct js *message;
    const char *text;

    if (js_object(root, "messageSignature", &message) != 1)
        return signature_error(err, "has no messageSignature");
    if (check_fields(message, known, err) < 0 || parse_digest(out, message, err) < 0)
        return -1;
    if (js_string(message, "signature", &text) != 1 || text[0] == '\0')
        return signature_error(err, "has no signature in its messageSignature");
    if (base64_decode(text, strlen(text), &out->raw) < 0)
        return signature_error(
            err, "has a signature that is not canonical base64, or too long");
    return 0;
}

int
signature_parse(struct signature *out, const char *bytes, size_t len, struct err *err)
{
    CLEANUP(signature_release) struct signature s = SIGNATURE_INIT;
    CLEANUP(js_release) struct js *root = js_parse(bytes, len, ERR_TRUST, err);

    if (!root) {
        err->reason = REASON_BAD_SIGNATURE;
        return -1;
    }
    if (check_envelope(root, err) < 0 || parse_material(&s, root, err) < 0 ||
        parse_message(&s, root, err) < 0)
        return -1;
    signature_release(out);
    *out = s;
    s = (struct signature)SIGNATURE_INIT;
    return 0;
}

void
signature_release(struct signature *s)
{
    buf_release(&s->raw);
}

/* base64 with line breaks, as common tools write it. */
static int
from_base64(const char *file, size_t len, struct buf *out)
{
    CLEANUP(buf_release) struct buf text = BUF_INIT(2 * PKI_SIGNATURE_MAX);

    for (size_t i = 0; i < len; i++) {
        if (!memchr(" \t\r\n", file[i], 4) && buf_add(&text, &file[i], 1) < 0)
            return -1;
    }
    return text.len > 0 ? base64_decode(text.data, text.len, out) : -1;
}

/* A sigstore bundle is ASCII; a raw signature may begin with '{' too. */
static bool
is_json(const char *file, size_t len)
{
    size_t i = 0;

    while (i < len && (unsigned char)file[i] < 0x80)
        i++;
    return len > 0 && i == len && file[0] == '{';
}

int
signature_bare(struct signature_bare *out, const char *file, size_t len, struct err *err)
{
    CLEANUP(signature_release) struct signature s = SIGNATURE_INIT;

    if (is_json(file, len)) {
        if (signature_parse(&s, file, len, err) < 0)
            return -1;
        if (buf_add(&out->items[out->count], s.raw.data, s.raw.len) == 0)
            out->count++;
        return 0;
    }
    if (len > 0 && buf_add(&out->items[out->count], file, len) == 0)
        out->count++;
    if (from_base64(file, len, &out->items[out->count]) == 0)
        out->count++;
    return 0;
}

void
signature_bare_release(struct signature_bare *b)
{
    for (size_t i = 0; i < SIGNATURE_BARE_MAX; i++)
        buf_release(&b->items[i]);
    b->count = 0;
}

bool
signature_verify(const struct signature *s, const struct pki_key *key,
                 struct pki_payload *payload)
{
    return pki_verify_over(key, s->has_digest ? s->digest.alg : pki_digest(key), payload,
                           s->raw.data, s->raw.len);
}

bool
signature_fits(const struct signature *s, struct pki_payload *payload)
{
    const struct digest *digest =
        s->has_digest ? pki_payload_digest(payload, s->digest.alg) : NULL;

    return !s->has_digest || (digest && digest_equal(&s->digest, digest));
}

bool
signature_is_canonical(const struct signature *s, const struct pki_key *key,
                       struct pki_payload *payload, const char *name, const char *file,
                       size_t file_len)
{
    CLEANUP(buf_release) struct buf again = BUF_INIT(file_len);
    enum digest_alg alg = s->has_digest ? s->digest.alg : pki_digest(key);
    char its_name[SIGNATURE_NAME_MAX];

    return signature_wrap(key, payload, &s->raw, alg, &again, its_name, err_ignored()) ==
               0 &&
           strcmp(name, its_name) == 0 && again.len == file_len &&
           memcmp(again.data, file, file_len) == 0;
}

bool
signature_is_by(const struct pki_key *key, const char *name, const char *file,
                size_t file_len, struct pki_payload *payload)
{
    CLEANUP(signature_release) struct signature s = SIGNATURE_INIT;

    return signature_parse(&s, file, file_len, err_ignored()) == 0 &&
           signature_is_canonical(&s, key, payload, name, file, file_len) &&
           signature_verify(&s, key, payload);
}
