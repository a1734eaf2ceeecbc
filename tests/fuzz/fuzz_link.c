/* SPDX-License-Identifier: Apache-2.0 */
/* A target is a part of the header, and is found again when it stands alone. */
#include "config.h"
#include "tests/fuzz/fuzz.h"

#include "base/mem.h"
#include "registry/link_header.h"

#include <stdlib.h>
#include <string.h>

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(mem_free_string) char *value = xstrndup((const char *)data, size);
    CLEANUP(mem_free_string) char *target = NULL, *alone = NULL, *again = NULL;
    enum link_found found = link_header_next(value, &target);

    assert(!target == (found == LINK_NONE || found == LINK_MALFORMED));
    if (!target)
        return 0;
    assert(strstr(value, target) && !strchr(target, '>'));
    alone = xasprintf("<%s>; rel=next", target);
    assert(link_header_next(alone, &again) == LINK_NEXT);
    assert(strcmp(again, target) == 0);
    return 0;
}
