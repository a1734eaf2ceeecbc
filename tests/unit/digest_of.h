/* SPDX-License-Identifier: Apache-2.0 */
/* A SHA-256 that is one byte 32 times: easy to tell apart. */
#ifndef TESTS_UNIT_DIGEST_OF_H
#define TESTS_UNIT_DIGEST_OF_H

#include "base/digest.h"

#include <string.h>

static inline struct digest
digest_of(unsigned char byte)
{
    struct digest d = {.alg = DIGEST_SHA256};

    memset(d.raw, byte, 32);
    return d;
}

#endif
