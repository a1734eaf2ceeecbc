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
 * Escape text from outside for a message: at most 80 bytes of it, every byte outside
 * printable ASCII (and the backslash) as \xNN, "..." where it was cut, "***" for the user
 * names and passwords in URLs and for the secrets kept by mask.h, except short ones.
 */
void text_safe(char out[TEXT_SAFE_MAX], const char *text, size_t len);

/*
 * As text_safe(), up to size bytes including the NUL: for text that a server chose, such
 * as its error messages.  Text that repeats a short secret is hidden whole.  size is at
 * least 8.
 */
void text_safe_in(char *out, size_t size, const char *text, size_t len);

#endif
