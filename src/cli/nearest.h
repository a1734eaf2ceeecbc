/* SPDX-License-Identifier: Apache-2.0 */
/* nearest.h - the word that was probably meant by a mistyped one.
 *
 * Layer: cli.
 */
#ifndef CLI_NEAREST_H
#define CLI_NEAREST_H

#include "base/err.h"

#include <stddef.h>

/* A search; all is borrowed. */
struct nearest {
    const char *typed;
    const char *found; /* NULL: nothing offered so far */
    size_t distance;
};

void nearest_offer(struct nearest *n, const char *word);

/* Add "did you mean 'word'?", with the prefix before the word, if it is near enough. */
void nearest_hint(const struct nearest *n, const char *prefix, struct err *err);

#endif
