/* SPDX-License-Identifier: Apache-2.0 */
/* referrer_list.h - documents listed as attached to another one.
 *
 * Layer: oci.
 * Source: OCI distribution-spec v1.1, "Listing Referrers", "Referrers Tag Schema".
 */
#ifndef OCI_REFERRER_LIST_H
#define OCI_REFERRER_LIST_H

#include "oci/document.h"

#define REFERRERS_MAX 10000 /* of one digest */

#define REFERRER_TAG_MAX (32 + 1 + 64 + sizeof(".sbom"))

/* A document that is attached: listed by its digest, or found under a tag of cosign. */
struct referrer {
    char *media_type; /* owned; "" when not known */
    bool has_digest;  /* the next two are known, as always without a tag */
    struct digest digest;
    uint64_t size;
    char tag[REFERRER_TAG_MAX]; /* "" for none */
};

struct referrers {
    struct referrer *items; /* each digest once, and each tag */
    size_t count, cap;
    long refusal; /* status of an answer that shows that there is no API; 0: none */
};

#define REFERRERS_INIT                                                                   \
    {                                                                                    \
        .items = NULL                                                                    \
    }
void referrers_release(struct referrers *r);
bool referrers_have(const struct referrers *r, const struct digest *digest);

/* One that an index lists; borrows its media type. */
struct referrer referrer_of(const struct descriptor *d);

/* Add what an index lists.  Errors: ERR_LIMIT - more than REFERRERS_MAX. */
MUST_USE int referrers_add(struct referrers *r, const struct document *index,
                           struct err *err);

/* Add one, unless it is there.  Errors: ERR_LIMIT - more than REFERRERS_MAX. */
MUST_USE int referrers_add_one(struct referrers *r, const struct referrer *one,
                               struct err *err);

/* The tags of cosign: the fallback tag and one of these. */
#define COSIGN_SUFFIXES 3
extern const char *const cosign_suffixes[COSIGN_SUFFIXES];

/* The fallback tag: "sha256-<hex>", cut as specified. */
#define REFERRERS_TAG_MAX (32 + 1 + 64 + 1)
void referrers_tag(const struct digest *digest, char out[REFERRERS_TAG_MAX]);

#endif
