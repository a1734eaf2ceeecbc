/* receipt_artifact.h - how a receipt lies in a registry; for the two that push and pull
 * it.
 *
 * Layer: ops, private.
 */
#ifndef OPS_RECEIPT_ARTIFACT_H
#define OPS_RECEIPT_ARTIFACT_H

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

#endif
