/* SPDX-License-Identifier: Apache-2.0 */
/* import.h - a bundle in, the same digests in a private registry out.
 *
 * Layer: ops.
 */
#ifndef OPS_IMPORT_IMPORT_H
#define OPS_IMPORT_IMPORT_H

#include "ops/push/push_plan.h"
#include "ops/verify/verify.h"
#include "registry/connection/client.h"

enum on_existing { EXISTING_ERROR, EXISTING_SKIP, EXISTING_OVERWRITE };

struct import_options {
    struct verify_options verify;
    struct mapping mapping;
    enum on_existing on_existing;
    bool dry_run;         /* stop when it is known what would be sent */
    bool read_back_blobs; /* fetch all blobs again before tags move, and compare */
    bool keep_going;      /* what the target refuses does not stop the other images */
    struct client *client;
    const char *tool;                  /* "sealift/x.y.z", for the receipt */
    const struct pki_key *receipt_key; /* or NULL: no receipt */
};

enum image_state {
    IMAGE_PUSHED,  /* something was sent for it, its tag at least */
    IMAGE_PRESENT, /* the tag held that digest already */
    IMAGE_SKIPPED, /* the tag holds another digest and stays */
    IMAGE_FAILED,  /* with keep_going: something of it could not be brought */
};

#define PUSH_FAILURES_MAX 100000

/* What went wrong at the target while the import went on.  Texts are owned. */
struct push_failure {
    enum err_kind kind;
    enum err_reason reason;
    char *message, *hint, *subject; /* as in struct err */
};

struct push_counts {
    size_t blobs_present, blobs_mounted, blobs_uploaded; /* placements */
    size_t blobs_read_back;
    size_t documents_present, documents_pushed;
    size_t tags_present, tags_pushed;
    /* of referrers, where the registry keeps none */
    size_t lists_present, lists_updated, lists_refused;
    uint64_t bytes_uploaded;
};

#define RECEIPT_MAX (32U << 20) /* bytes */

/* What was done, in JSON, and the signature file over these bytes; see receipt.h. */
struct receipt {
    struct buf json;
    struct buf signature;
    char signature_name[SIGNATURE_NAME_MAX];
};

struct import_result {
    struct verified verified;
    struct push_plan landing;
    enum image_state *states; /* of each name */
    uint32_t *causes;         /* of each name: why it failed, see push_failure_of() */
    struct push_failure *setbacks; /* in the order in which they happened */
    size_t setback_count, setback_cap;
    size_t failed; /* names */
    struct push_counts counts;
    bool is_by_head;        /* blobs could not be read to check them: see presence.h */
    struct receipt receipt; /* empty unless one was asked for, and pushed */
    bool lacks_receipt;     /* one was asked for, and could not be: */
    struct push_failure receipt_error;
};

#define IMPORT_RESULT_INIT                                                               \
    {                                                                                    \
        .verified = VERIFIED_INIT, .landing = PUSH_PLAN_INIT, .receipt = {               \
            .json = BUF_INIT(RECEIPT_MAX),                                               \
            .signature = BUF_INIT(BUNDLE_SIGNATURE_MAX)                                  \
        }                                                                                \
    }

/*
 * Verify all of it, map the names, look for conflicting tags; then blobs, manifests from
 * the leaves up; read every manifest back and compare the bytes; tags last, which are
 * read back too.  It is remembered in part once the first tag is accepted, or the first
 * manifest where no tag is put, and whole after the reading back; then the receipt is
 * pushed.
 * Errors: those of verify_run(), push_plan.h, pull.h and push.h; ERR_CONFLICT - a tag
 * holds another digest; ERR_PARTIAL - with keep_going, some images failed and all others
 * are there; ERR_PARTIAL "receipt" - all is there but the receipt. *out tells how far it
 * came.
 */
MUST_USE int import_run(struct import_result *out, const struct import_options *options,
                        struct err *err);
void import_result_release(struct import_result *r);

/* What results and receipts have in common: blobs, manifests and tags. */
struct jsout;
struct jsout *push_counts_json(const struct push_counts *n);

#endif
