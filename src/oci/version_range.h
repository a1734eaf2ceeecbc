/* SPDX-License-Identifier: Apache-2.0 */
/* version_range.h - tags as versions, and ranges of them.
 *
 * Layer:  oci.
 * Source: semver.org 2.0.0, section 11 (precedence); github.com/Masterminds/semver v3,
 * README (the grammar of ranges, which Helm and Flux use).
 */
#ifndef OCI_VERSION_RANGE_H
#define OCI_VERSION_RANGE_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define VERSION_TEXT_MAX  128  /* bytes of a tag, and its NUL */
#define VERSION_RANGE_MAX 1000 /* bytes of a range */
#define VERSION_TERMS_MAX 32   /* comparisons in it */

/* "v1.2.3-rc.1_build": missing numbers are 0.  A plain value. */
struct version {
    uint64_t numbers[3];
    char pre[VERSION_TEXT_MAX]; /* "rc.1"; "" for a release */
};

/*
 * Whether these len bytes are a version: one to three numbers, after an optional "v",
 * then an optional pre-release and build metadata, which in a tag begins with '_' for
 * '+'.
 */
bool version_parse(struct version *out, const char *text, size_t len);

/* Less than, equal to or greater than 0, by precedence; build metadata does not count. */
int version_compare(const struct version *a, const struct version *b);

enum version_operator {
    RANGE_SAME,
    RANGE_NOT,
    RANGE_ABOVE,
    RANGE_BELOW,
    RANGE_FROM,
    RANGE_TO,
    RANGE_TILDE,
    RANGE_CARET
};

/* One comparison; "1.2" and "1.2.x" leave a part open. */
struct version_term {
    enum version_operator op;
    struct version version;
    bool any_major, any_minor, any_patch; /* open parts */
    bool begins_group;                    /* after "||", or the first */
};

struct version_range {
    struct version_term terms[VERSION_TERMS_MAX];
    size_t count;
};

/*
 * Shape:  comparisons with =, !=, >, <, >=, <=, ~, ^ or no operator, joined by blanks or
 *         commas (all must hold), groups of them by "||" (one must); "1.2 - 1.4"; x, X
 *         and * for any number.
 * Errors: ERR_USAGE.
 */
MUST_USE int version_range_parse(struct version_range *out, const char *text,
                                 struct err *err);

/* A pre-release is in no group of comparisons none of which names one. */
bool version_range_has(const struct version_range *range, const struct version *v);

#endif
