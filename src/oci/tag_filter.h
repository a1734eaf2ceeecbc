/* SPDX-License-Identifier: Apache-2.0 */
/* tag_filter.h - tags that match a regular expression.
 *
 * Layer:  oci.
 * Source: POSIX.1-2017, XBD 9.4, "Extended Regular Expressions".
 */
#ifndef OCI_TAG_FILTER_H
#define OCI_TAG_FILTER_H

#include "base/digest.h"

#include <regex.h>
#include <stdbool.h>

struct tag_filter {
    regex_t regex;
};

/*
 * The expression must match a whole tag.  Released only after success.
 * Errors: ERR_USAGE.
 */
MUST_USE int tag_filter_compile(struct tag_filter *out, const char *text,
                                struct err *err);
void tag_filter_release(struct tag_filter *p);

bool tag_filter_matches(const struct tag_filter *p, const char *tag);

/* Whether a tag lists referrers where a registry lacks the API: "sha256-" and 64 hex
 * digits; and whether it is a tag of cosign: the same with ".sig", ".att" or ".sbom"
 * appended. */
bool tag_is_referrers_list(const char *tag);
bool tag_is_of_cosign(const char *tag);

/* The digest in a cosign tag; false, with *digest untouched, for any other tag. */
bool tag_digest_of_cosign(const char *tag, struct digest *digest);

#endif
