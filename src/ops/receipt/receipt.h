/* SPDX-License-Identifier: Apache-2.0 */
/* receipt.h - a record of an import, or of a copy, signed by the host that pushed.
 *
 * A receipt is one line of JSON and a signature file over its exact bytes, in the same
 * format as those of bundles.  It is pushed as an artifact to TARGET/sealift/STREAM,
 * together with index.json, its signatures and SHA256SUMS, under the tags serial-N and
 * latest.
 *
 * Layer: ops.
 * Source: docs/trust.md, "Receipts".
 */
#ifndef OPS_RECEIPT_RECEIPT_H
#define OPS_RECEIPT_RECEIPT_H

#include "base/buf.h"
#include "oci/mapping.h"
#include "ops/push/push_result.h"
#include "ops/source/sources.h"
#include "ops/verify/verified.h"
#include "trust/signature.h"

#define RECEIPT_MAX (32U << 20) /* bytes */

/* The receipt in JSON, and the signature file over these bytes. */
struct receipt {
    struct buf json;
    struct buf signature;
    char signature_name[SIGNATURE_NAME_MAX];
};

#define RECEIPT_INIT                                                                     \
    {                                                                                    \
        .json = BUF_INIT(RECEIPT_MAX), .signature = BUF_INIT(BUNDLE_SIGNATURE_MAX)       \
    }

void receipt_release(struct receipt *r);

/* ---- creating a receipt ---- */

/* The subject of a receipt: a bundle that was verified and pushed. */
struct receipt_facts {
    const char *tool; /* "sealift/x.y.z" */
    const struct target *target;
    const struct verified *verified;
    const struct verify_options *options; /* of verified */
    const struct push_result *push;
    const char *const *only; /* patterns that chose what was pushed; or none */
    size_t only_count;
};

/* The path of the signature next to a receipt.  Caller frees. */
char *receipt_signature_path(const char *receipt);

/* Errors: ERR_LIMIT, ERR_INTERNAL. */
MUST_USE int receipt_make(struct receipt *out, const struct receipt_facts *facts,
                          const struct pki_key *key, struct err *err);

/* The subject of the receipt of a copy: it is of no stream, so no import takes it for the
 * record of one. */
struct copy_receipt_facts {
    const char *tool;
    const struct target *target;
    uint64_t time;              /* epoch seconds */
    const char *const *sources; /* registries and archives, as typed */
    size_t source_count;
    const struct sources *bundles; /* of these, how the bundles were judged */
    const struct push_result *push;
};

/* Errors: as receipt_make(). */
MUST_USE int receipt_make_copy(struct receipt *out,
                               const struct copy_receipt_facts *facts,
                               const struct pki_key *key, struct err *err);

/* ---- parsing a receipt ---- */

/* The fields that verify-receipt shows. */
struct receipt_summary {
    char *target;
    bool is_copy; /* then there is no bundle: the next three are not set */
    struct digest index;
    char stream[BUNDLE_STREAM_MAX + 1];
    uint64_t serial;
    uint64_t time; /* epoch seconds of the import or copy */
    size_t images, overrides;
    bool signature_skipped;
    bool is_partial; /* some of the images could not be pushed */
};

/* Errors: ERR_INTEGRITY "json", "format" - not a receipt.  *out is then untouched. */
MUST_USE int receipt_read(struct receipt_summary *out, const void *bytes, size_t len,
                          struct err *err);
void receipt_summary_release(struct receipt_summary *s);

#define RECEIPT_ARTIFACT_TYPE "application/vnd.sealift.receipt.v1"

/* Media types of its layers.  Not that of an OCI index: tools would treat the layer as a
 * manifest. */
#define RECEIPT_LAYER_JSON  "application/vnd.sealift.receipt.v1+json"
#define RECEIPT_LAYER_INDEX "application/vnd.sealift.index.v1+json"
#define RECEIPT_LAYER_SUMS  "text/plain"
#define RECEIPT_LAYER_BY    "application/vnd.sealift.receipt.signature.v1+json"
#define RECEIPT_LAYER_SIG   "application/vnd.dev.sigstore.bundle.v0.3+json"
#define RECEIPT_LAYER_CMS   "application/pkcs7-signature"

#define RECEIPT_LATEST "latest"

/* A layer needed for verification. */
struct receipt_part {
    struct digest digest;
    uint64_t size;
    struct buf bytes;
    char name[SIGNATURE_NAME_MAX]; /* of a signature */
};

/* The layers of a pulled receipt that are needed; bytes are filled in by the caller. */
struct receipt_parts {
    struct receipt_part index;
    struct receipt_part signatures[BUNDLE_SIGNATURES_MAX];
    size_t count;
};

/*
 * Read the list of layers from its manifest.  On failure *out must still be released.
 * Errors: ERR_INTEGRITY.
 */
MUST_USE int receipt_parts_read(struct receipt_parts *out, const void *manifest,
                                size_t len, struct err *err);
void receipt_parts_release(struct receipt_parts *r);

/* An image in a receipt.  Borrowed. */
struct receipt_image {
    const char *name, *target; /* in the bundle, and where it was pushed to */
    struct digest digest;
    bool is_at_target; /* it was pushed, or was present */
};

/*
 * Pass the images of a receipt to take(), which must not parse JSON.
 * Errors: ERR_INTEGRITY "json", "format"; those of take().
 */
MUST_USE int receipt_images(const void *bytes, size_t len,
                            int (*take)(void *ctx, const struct receipt_image *image,
                                        struct err *err),
                            void *ctx, struct err *err);

struct verified_receipt {
    struct buf json;                /* its bytes */
    struct signature_check signers; /* filled in also when no signature counts */
    struct receipt_summary summary;
};

/*
 * path: the receipt; its signature is path.sigstore.json.
 * Errors: ERR_TRUST of trust_admit(); those of receipt_read() and file.h.
 */
MUST_USE int verify_receipt(struct verified_receipt *out, const char *path,
                            const struct trust_store *store, struct err *err);
void verified_receipt_release(struct verified_receipt *v);

#endif
