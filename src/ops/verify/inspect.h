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
#include "images/image_details.h"
#include "io/file/volume_set.h"
#include "trust/signature_check.h"

struct inspection {
    struct volume_set files;
    struct bundle_untrusted *head;
    struct bundle_preview *preview;
    struct signature_check signers; /* checked without keys: no signature counts */
    struct image_details *images;   /* one for each entry */
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
