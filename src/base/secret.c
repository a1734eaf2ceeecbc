/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "base/secret.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

void
secret_set(struct secret *s, const char *bytes, size_t len)
{
    char *copy = xmalloc(len + 1);

    if (len > 0)
        memcpy(copy, bytes, len);
    copy[len] = '\0';
    secret_release(s);
    s->bytes = copy;
    s->len = len;
}

void
secret_copy(struct secret *s, const struct secret *from)
{
    if (secret_is_set(from))
        secret_set(s, from->bytes, from->len);
    else
        secret_release(s);
}

bool
secret_is_set(const struct secret *s)
{
    return s->bytes != NULL;
}

const char *
secret_get(const struct secret *s)
{
    return s->bytes ? s->bytes : "";
}

void
secret_release(struct secret *s)
{
    if (s->bytes)
        explicit_bzero(s->bytes, s->len);
    free(s->bytes);
    s->bytes = NULL;
    s->len = 0;
}

void
secret_wipe(void *bytes, size_t len)
{
    if (bytes)
        explicit_bzero(bytes, len);
}
