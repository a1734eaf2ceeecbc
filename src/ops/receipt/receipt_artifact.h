/* SPDX-License-Identifier: Apache-2.0 */
/* receipt_artifact.h - how a receipt lies in a registry; for the two that push and pull
 * it.
 *
 * Layer: ops, private.
 */
#ifndef OPS_RECEIPT_RECEIPT_ARTIFACT_H
#define OPS_RECEIPT_RECEIPT_ARTIFACT_H

#include "bundle/reader/reader.h"
#include "trust/signature.h"

#define RECEIPT_ARTIFACT_TYPE "application/vnd.sealift.receipt.v1"

/* Media types of its layers.  Not that of an OCI index: tools would take the layer for a
 * manifest. */
#define RECEIPT_LAYER_JSON  "application/vnd.sealift.receipt.v1+json"
#define RECEIPT_LAYER_INDEX "application/vnd.sealift.index.v1+json"
#define RECEIPT_LAYER_SUMS  "text/plain"
#define RECEIPT_LAYER_BY    "application/vnd.sealift.receipt.signature.v1+json"
#define RECEIPT_LAYER_SIG   "application/vnd.dev.sigstore.bundle.v0.3+json"
#define RECEIPT_LAYER_CMS   "application/pkcs7-signature"

#define RECEIPT_LATEST "latest"

/* A layer that matters here. */
struct receipt_part {
    struct digest digest;
    uint64_t size;
    struct buf bytes;
    char name[SIGNATURE_NAME_MAX]; /* of a signature */
};

/* The layers of a pulled receipt that count; bytes are for the caller to fill. */
struct receipt_parts {
    struct receipt_part index;
    struct receipt_part signatures[BUNDLE_SIGNATURES_MAX];
    size_t count;
};

/*
 * Which layers does its manifest name?  On failure *out still has to be released.
 * Errors: ERR_INTEGRITY.
 */
MUST_USE int receipt_parts_read(struct receipt_parts *out, const void *manifest,
                                size_t len, struct err *err);
void receipt_parts_release(struct receipt_parts *r);

#endif
