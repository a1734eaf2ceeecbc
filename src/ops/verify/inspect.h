/* SPDX-License-Identifier: Apache-2.0 */
/* inspect.h - list the content of a bundle: the head, the documents, small configs, never
 * a layer.
 *
 * Nothing is verified, which the types reflect: no push function accepts them.
 *
 * Layer: ops.
 */
#ifndef OPS_VERIFY_INSPECT_H
#define OPS_VERIFY_INSPECT_H

#include "bundle/reader/reader.h"
#include "io/file/volume_set.h"
#include "trust/signature_check.h"

struct inspected_platform {
    struct platform platform; /* text "" when unknown */
    struct digest digest;     /* of its manifest */
    uint64_t bytes; /* of the manifest and everything it reaches, each object once */
    bool is_attestation;
    bool is_omitted; /* left out: bytes is 0 */
    bool is_missing; /* because it could not be fetched */
};

struct inspected_image {
    const struct image_entry *entry; /* borrowed */
    const struct digest *subject;    /* its subject, or NULL; borrowed */
    uint64_t bytes;                  /* of everything it reaches, each object once */
    struct inspected_platform *platforms;
    size_t platform_count;
};

struct inspection {
    struct volume_set files;
    struct bundle_untrusted *head;
    struct bundle_preview *preview;
    struct signature_check signers; /* checked without keys: no signature counts */
    struct inspected_image *images;
    size_t image_count;
    uint64_t bytes; /* of all objects, each once */
};

#define INSPECTION_INIT                                                                  \
    {                                                                                    \
        .files = VOLUME_SET_INIT                                                         \
    }

/* Errors: ERR_INTEGRITY, ERR_PROTOCOL, ERR_NOT_FOUND, ERR_LOCAL. */
MUST_USE int inspect_run(struct inspection *out, const char *const *paths,
                         size_t path_count, struct err *err);
void inspection_release(struct inspection *i);

#endif
