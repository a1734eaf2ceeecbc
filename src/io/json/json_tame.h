/* SPDX-License-Identifier: Apache-2.0 */
/* json_tame.h - replace valid JSON values that the library cannot represent.
 *
 * Layer:  io.
 * Source: RFC 8259 sections 6, 7 and 8.2.
 */
#ifndef IO_JSON_JSON_TAME_H
#define IO_JSON_JSON_TAME_H

#include <stddef.h>

/*
 * Copy the text with "\u0000" and lone surrogates replaced by U+FFFD, and numbers out of
 * range by a number that is not an integer.  The length stays the same, and malformed
 * text is not repaired. Returns: the copy, owned by the caller; NULL when nothing needs
 * to be replaced.
 */
char *json_tame(const char *text, size_t len);

#endif
