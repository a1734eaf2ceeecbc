/* SPDX-License-Identifier: Apache-2.0 */
/* choice.h - which children of an index are selected by platform.
 *
 * Layer: oci.
 */
#ifndef OCI_CHOICE_H
#define OCI_CHOICE_H

#include "oci/document.h"

#define CHOICE_PLATFORMS_MAX 64 /* bits of a uint64_t */

/* Platforms as typed, in their normal form, each once. */
struct choice {
    char platforms[CHOICE_PLATFORMS_MAX][PLATFORM_TEXT_MAX];
    size_t count; /* 0: all platforms */
};

/* The images that may lack some of the platforms. */
enum platform_missing {
    PLATFORM_MISSING_ERROR, /* an image needs at least one */
    PLATFORM_MISSING_ALL,   /* an image needs all */
    PLATFORM_MISSING_SKIP,  /* an image that has none is left out */
};

/*
 * Add platforms typed by a user, as in platform.h, separated by commas.
 * Errors: ERR_USAGE; ERR_LIMIT - more than CHOICE_PLATFORMS_MAX.
 */
MUST_USE int choice_add(struct choice *c, const char *text, struct err *err);

/* Whether a platform in its normal form is selected. */
bool choice_has(const struct choice *c, const char *spec);

/* Append those whose bit is set, with ", " between them; what does not fit is left out.
 */
void choice_list(const struct choice *c, uint64_t bits, struct buf *out);

/*
 * Set omit[i] for each child of an index that is not selected: those of another platform,
 * and attestations that are only about such.  Children without a platform stay: nested
 * indexes are selected from in turn, and the purpose of others is unknown.
 */
void choice_apply(const struct choice *c, const struct document *index, bool *omit);

#endif
