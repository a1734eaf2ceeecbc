/* SPDX-License-Identifier: Apache-2.0 */
/* secret.h - passwords, tokens, passphrases: bytes that are wiped and never printed.
 *
 * secret_get() is the only access to the text, so a search for it finds every use.
 *
 * Layer: base.
 */
#ifndef BASE_SECRET_H
#define BASE_SECRET_H

#include <stdbool.h>
#include <stddef.h>

struct secret {
    char *bytes; /* NUL-terminated, owned; NULL when empty */
    size_t len;
};

#define SECRET_INIT                                                                      \
    {                                                                                    \
        .bytes = NULL                                                                    \
    }

/* Copy the bytes; the previous content is wiped.  An empty secret counts as set. */
void secret_set(struct secret *s, const char *bytes, size_t len);
void secret_copy(struct secret *s, const struct secret *from);
bool secret_is_set(const struct secret *s);

/* Borrow the bytes; "" when not set.  Not for messages. */
const char *secret_get(const struct secret *s);

/* Wipe and free; may be called twice. */
void secret_release(struct secret *s);

/* Wipe a buffer that held secret text before it was parsed. */
void secret_wipe(void *bytes, size_t len);

#endif
