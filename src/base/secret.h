/* SPDX-License-Identifier: Apache-2.0 */
/* secret.h - passwords, tokens, passphrases: bytes that are wiped and never printed.
 *
 * The type has no way to text but secret_get(), so a grep for it finds every use.
 *
 * Layer: base.
 */
#ifndef BASE_SECRET_H
#define BASE_SECRET_H

#include <stdbool.h>
#include <stddef.h>

struct secret {
    char *bytes; /* NUL-terminated, owned; NULL when there is none */
    size_t len;
};

#define SECRET_INIT                                                                      \
    {                                                                                    \
        .bytes = NULL                                                                    \
    }

/* Copy; what *s held is wiped.  An empty secret is one too. */
void secret_set(struct secret *s, const char *bytes, size_t len);
void secret_copy(struct secret *s, const struct secret *from);
bool secret_is_set(const struct secret *s);

/* Borrow the bytes; "" when there is none.  Not for messages. */
const char *secret_get(const struct secret *s);

/* Wipe and free; safe twice. */
void secret_release(struct secret *s);

/* Wipe a buffer that held secret text before it was parsed. */
void secret_wipe(void *bytes, size_t len);

#endif
