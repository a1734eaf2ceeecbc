/* SPDX-License-Identifier: Apache-2.0 */
/* tag_filter.h - which tags of a repository are wanted.
 *
 * Layer:  oci.
 * Source: POSIX.1-2017, XBD 9.4, "Extended Regular Expressions".
 */
#ifndef OCI_TAG_FILTER_H
#define OCI_TAG_FILTER_H

#include "base/digest.h"
#include "oci/version_range.h"

#include <regex.h>
#include <stdbool.h>

/* What was asked for; NULL or 0: nothing. */
struct tag_wishes {
    const char *regex, *exclude; /* extended regular expressions, for whole tags */
    const char *variant; /* "alpine": only tags with "-alpine" behind the version */
    const char *range;   /* see version_range.h */
    uint64_t latest;     /* so many of the highest versions */
};

#define TAG_LATEST_MAX 1000

struct tag_filter {
    regex_t regex, exclude;
    bool has_regex, has_exclude, has_range;
    const char *variant; /* borrowed */
    struct version_range range;
    uint64_t latest;
};

/*
 * Errors: ERR_USAGE, naming what is wrong.
 */
MUST_USE int tag_filter_make(struct tag_filter *out, const struct tag_wishes *wishes,
                             struct err *err);
void tag_filter_release(struct tag_filter *p);

/*
 * Whether a tag is wanted, the number of the latest aside.  Where there is a range or
 * such a number, only versions are; without a range, only releases.
 */
bool tag_filter_matches(const struct tag_filter *p, const char *tag);

/*
 * Reduce matching tags to the latest, and free the others; without that wish nothing
 * changes.  A part of the tags may be reduced first.
 * Returns: the number that is left.
 */
size_t tag_filter_latest(const struct tag_filter *p, char **tags, size_t count);

/* Whether a tag lists referrers where a registry lacks the API: "sha256-" and 64 hex
 * digits; and whether it is a tag of cosign: the same with ".sig", ".att" or ".sbom"
 * appended. */
bool tag_is_referrers_list(const char *tag);
bool tag_is_of_cosign(const char *tag);

/* The digest in a cosign tag; false, with *digest untouched, for any other tag. */
bool tag_digest_of_cosign(const char *tag, struct digest *digest);

#endif
