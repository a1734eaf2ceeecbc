/* SPDX-License-Identifier: Apache-2.0 */
/* inspect.h - what is in a bundle: the head, the documents, small configs, never a layer.
 *
 * Nothing of it is verified, and the types say so: no push function takes them.
 *
 * Layer: ops.
 */
#ifndef OPS_VERIFY_INSPECT_H
#define OPS_VERIFY_INSPECT_H

#include "bundle/reader/reader.h"
#include "io/file/volume_set.h"
#include "trust/signature_check.h"

struct inspected_platform {
    struct platform platform; /* text "" when the image does not say */
    struct digest digest;     /* of its manifest */
    uint64_t bytes;           /* of the manifest and all it reaches, each once */
    bool is_attestation;
    bool is_omitted; /* left out: bytes is 0 */
    bool is_missing; /* because it could not be had */
};

struct inspected_image {
    const struct image_entry *entry; /* borrowed */
    const struct digest *subject;    /* what it says it belongs to, or NULL; borrowed */
    uint64_t bytes;                  /* of all it reaches, each once */
    struct inspected_platform *platforms;
    size_t platform_count;
};

struct inspection {
    struct volume_set files;
    struct bundle_untrusted *head;
    struct bundle_preview *preview;
    struct signature_check signers; /* judged without keys: nobody counts */
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
