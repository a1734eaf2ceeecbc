/* SPDX-License-Identifier: Apache-2.0 */
/* text_safe.h - remote text made safe to show.
 *
 * Layer: base.
 */
#ifndef BASE_TEXT_SAFE_H
#define BASE_TEXT_SAFE_H

#include "base/cleanup.h"

#include <stddef.h>

#define TEXT_SAFE_MAX (4 * 80 + 4) /* characters of text_safe(), the NUL included */

/*
 * Text from outside for a message: at most 80 bytes of it, every byte outside printable
 * ASCII (and the backslash) as \xNN, "..." where it was cut, "***" for the user names and
 * passwords in URLs and for what mask.h keeps of secrets, as far as that is not short.
 */
void text_safe(char out[TEXT_SAFE_MAX], const char *text, size_t len);

/*
 * The same, as much as fits into size bytes, the NUL included: for what a server chose,
 * such as its words that say what is wrong.  Nothing is shown of one that repeats a short
 * secret.  size is at least 8.
 */
void text_safe_in(char *out, size_t size, const char *text, size_t len);

#endif
