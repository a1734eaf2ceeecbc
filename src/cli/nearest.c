/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "cli/nearest.h"

#include "base/text.h"

#include <string.h>

void
nearest_offer(struct nearest *n, const char *word)
{
    size_t distance = text_distance(n->typed, word);

    if (n->found && distance >= n->distance)
        return;
    n->found = word;
    n->distance = distance;
}

void
nearest_hint(const struct nearest *n, const char *prefix, struct err *err)
{
    enum { EACH = 3 }; /* one wrong letter of so many, and at least one */
    size_t most = strlen(n->typed) / EACH;

    if (n->found && n->distance <= (most > 0 ? most : 1))
        err_hint(err, "did you mean '%s%s'?", prefix, n->found);
}
