/* SPDX-License-Identifier: Apache-2.0 */
/* import.h - push a bundle to a private registry, with the same digests.
 *
 * Layer: ops.
 */
#ifndef OPS_IMPORT_IMPORT_H
#define OPS_IMPORT_IMPORT_H

#include "images/image_part.h"
#include "images/rebuilt_source.h"
#include "ops/push/push_context.h"
#include "ops/receipt/receipt.h"
#include "ops/verify/verified.h"

struct import_options {
    struct verify_options verify;
    struct push_options push; /* accepted is import's own */
    bool rebuild_indexes;     /* rebuild indexes that list omitted children */
    /* Patterns of names (image_part.h): nothing else is pushed.  only_count 0: all is. */
    const char *const *only;
    size_t only_count;
    bool with_program; /* push sealift itself, too, if the bundle has it */
    const struct reference
        *as;          /* an exact name for the one image that is pushed; or NULL */
    const char *tool; /* "sealift/x.y.z", for the receipt */
    const struct pki_key *receipt_key; /* or NULL: no receipt */
};

struct import_result {
    struct verified verified;
    struct image_part part;        /* with patterns: what of the bundle they match */
    const struct image_set *set;   /* what is pushed: the source of the bundle, or */
    struct rebuilt_source rebuilt; /* the same with rebuilt indexes */
    struct image_source source;    /* its bytes */
    struct push_options pushing;   /* those that were given, with import's own */
    struct push_result push;
    struct receipt receipt; /* empty unless one was requested, and pushed */
    bool lacks_receipt;     /* it could not be made or pushed: */
    struct push_failure receipt_error;
};

#define IMPORT_RESULT_INIT                                                               \
    {                                                                                    \
        .verified = VERIFIED_INIT, .part = IMAGE_PART_INIT,                              \
        .rebuilt = REBUILT_SOURCE_INIT, .push = PUSH_RESULT_INIT,                        \
        .receipt = RECEIPT_INIT                                                          \
    }

/*
 * Verify the whole bundle, map the names, push.  The import is recorded as partial once
 * the target accepts the first visible change, and as complete after the push; then the
 * receipt is pushed.  With rebuild_indexes the digests of new indexes are compared with
 * the target, recorded in the receipt, and shown.
 * Errors: those of verify_run(), push_plan.h and push.h; ERR_PARTIAL - with keep_going,
 * some images failed and all others were pushed; ERR_PARTIAL "receipt" - everything
 * except the receipt was pushed. *out contains the progress.
 */
MUST_USE int import_run(struct import_result *out, const struct import_options *options,
                        struct err *err);
void import_result_release(struct import_result *r);

#endif
