/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz.h - what libFuzzer, or replay.c in its place, calls in every target. */
#ifndef TESTS_FUZZ_FUZZ_H
#define TESTS_FUZZ_FUZZ_H

#undef NDEBUG /* a property that does not hold must stop the run */
#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Nothing in it that a terminal would obey. */
static inline void
assert_plain(const char *text)
{
    for (; *text != '\0'; text++)
        assert(*text >= ' ' && *text <= '~');
}

/* A message: plain, and there is one. */
static inline void
assert_told(const char *text)
{
    assert(text[0] != '\0');
    assert_plain(text);
}

#endif
