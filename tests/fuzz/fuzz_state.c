/* SPDX-License-Identifier: Apache-2.0 */
/* State of a stream is within its limits or refused. */
#include "config.h"
#include "tests/fuzz/fuzz.h"

#include "base/clock.h"
#include "trust/state.h"

#include <string.h>

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct trust_last untouched = {.stream = "untouched"};
    struct trust_last last = untouched;
    char text[CLOCK_TEXT_MAX];
    struct err err = ERR_INIT;

    if (state_parse(&last, size > 0 ? (const char *)data : "", size, &err) < 0) {
        assert(err.kind == ERR_USAGE && err.msg[0] != '\0');
        assert(memcmp(&last, &untouched, sizeof(last)) == 0);
        return 0;
    }
    assert(strlen(last.stream) <= STATE_STREAM_MAX);
    assert(last.serial <= INT64_MAX && last.epoch <= UINT32_MAX);
    assert(last.index.alg == DIGEST_SHA256);
    clock_format(text, last.created);
    clock_format(text, last.imported);
    clock_format(text, last.floor);
    return 0;
}
