/* SPDX-License-Identifier: Apache-2.0 */
/* text.h - numbers, hex, and lines that can be shown.  ASCII only, no locale.
 *
 * Layer: base.
 */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include "base/cleanup.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Characters of text_human() and text_count(), the NUL included. */
#define TEXT_HUMAN_MAX 16
#define TEXT_COUNT_MAX 64

/*
 * Parse a whole decimal number: digits only, no sign, no blanks, no leading zero.
 * Returns: 0, or -1 when it is malformed or above max.
 */
MUST_USE int text_u64(const char *text, size_t len, uint64_t max, uint64_t *out);

/*
 * Parse a number of bytes: a whole number as above, then nothing, K, M or G (either case)
 * for powers of 1024.
 * Returns: 0, or -1 when it is malformed or above max.
 */
MUST_USE int text_bytes(const char *text, size_t len, uint64_t max, uint64_t *out);

/* Write 2 * len lowercase hex digits and a NUL. */
void text_hex(char *out, const unsigned char *raw, size_t len);

/* Read exactly 2 * len lowercase hex digits.  -1 on any other character. */
MUST_USE int text_unhex(unsigned char *out, const char *hex, size_t len);

/*
 * Escape a line of a message or result, which may contain file names: every byte outside
 * printable ASCII, line ends too, as \xNN.  Up to size bytes including the NUL, and "..."
 * where it was cut; size is at least 4.  Never more than 4 * len + 1. The backslash is
 * not escaped, so escaping a line twice changes nothing.
 */
void text_line(char *out, size_t size, const char *text, size_t len);

/* One byte, as \xNN outside printable ASCII: how many characters that took, at most 4. */
size_t text_escape(char *out, char byte);

/* "512 B", "1.5 KiB", "2.0 GiB": for output, never to be parsed. */
const char *text_human(char out[TEXT_HUMAN_MAX], uint64_t bytes);

/* "1 volume", "2 volumes": a number and the form of the noun that goes with it. */
const char *text_count(char out[TEXT_COUNT_MAX], uint64_t n, const char *one,
                       const char *many);

/* Whether len bytes equal a string, ignoring ASCII case. */
bool text_same_nocase(const char *text, size_t len, const char *other);

/* Whether text contains word, ignoring ASCII case. */
bool text_contains_nocase(const char *text, const char *word);

/*
 * The edit distance of two texts; only the first TEXT_DISTANCE_MAX characters of each are
 * compared.
 */
#define TEXT_DISTANCE_MAX 128
size_t text_distance(const char *a, const char *b);

/* Whether text begins with prefix. */
bool text_starts(const char *text, const char *prefix);

char text_lower(char c);
bool text_is_digit(char c);
bool text_is_alnum(char c);

/* Whether a whole text matches a pattern.  '*' matches any text, also none. */
bool text_matches(const char *text, const char *pattern);

#endif
