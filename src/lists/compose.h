/* SPDX-License-Identifier: Apache-2.0 */
/* compose.h - the images of the services of a compose file.
 *
 * Layer: lists.
 * Source: compose-spec.
 */
#ifndef LISTS_COMPOSE_H
#define LISTS_COMPOSE_H

#include "lists/compose_text.h"
#include "lists/finder.h"

struct compose_options {
    const char *const *profiles; /* "*": all */
    size_t profile_count;
    const struct compose_variables *variables;
};

/*
 * Services of other profiles, and those that are only built, are noted.  What compose
 * takes from other files ("extends", "include") goes to f->bad ("compose"), and so do
 * variables that are not set.
 * Errors: ERR_LIMIT.
 */
MUST_USE int compose_read(struct finder *f, const struct yml *document,
                          const struct compose_options *options, struct err *err);

#endif
