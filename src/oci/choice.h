/* SPDX-License-Identifier: Apache-2.0 */
/* choice.h - which children of an index are wanted, when only some platforms are.
 *
 * Layer: oci.
 */
#ifndef OCI_CHOICE_H
#define OCI_CHOICE_H

#include "oci/document.h"

#define CHOICE_PLATFORMS_MAX 64 /* bits of a uint64_t */

/* Platforms in their normal form, each once. */
struct choice {
    char platforms[CHOICE_PLATFORMS_MAX][PLATFORM_TEXT_MAX];
    size_t count; /* 0: all there are */
};

/* Which images may lack some of them. */
enum platform_missing {
    PLATFORM_MISSING_ERROR, /* an image needs at least one */
    PLATFORM_MISSING_ALL,   /* an image needs all */
    PLATFORM_MISSING_SKIP,  /* an image that has none is left out */
};

/*
 * Add what a user typed: platforms as in platform.h, with commas between them.
 * Errors: ERR_USAGE; ERR_LIMIT - more than CHOICE_PLATFORMS_MAX.
 */
MUST_USE int choice_add(struct choice *c, const char *text, struct err *err);

/* Is a platform in its normal form among them? */
bool choice_has(const struct choice *c, const char *spec);

/* Append those whose bit is set, with ", " between them; what does not fit is left out.
 */
void choice_list(const struct choice *c, uint64_t bits, struct buf *out);

/*
 * Set omit[i] for each child of an index that is not wanted: those of another platform,
 * and attestations about nothing but such.  Children that say no platform stay: nested
 * indexes are chosen from in turn, and of others nobody knows what they are.
 */
void choice_apply(const struct choice *c, const struct document *index, bool *omit);

#endif
