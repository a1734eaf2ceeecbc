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
    CLEANUP(mem_free_string) char *target = link_header_next(value);
    CLEANUP(mem_free_string) char *alone = NULL, *again = NULL;

    if (!target)
        return 0;
    assert(strstr(value, target) && !strchr(target, '>'));
    alone = xasprintf("<%s>; rel=next", target);
    again = link_header_next(alone);
    assert(again && strcmp(again, target) == 0);
    return 0;
}
