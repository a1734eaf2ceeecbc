/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "base/mem.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void
mem_exhausted(void)
{
    /* The only message that bypasses cli/: printing it must not allocate. */
    static const char text[] = "sealift: out of memory\n";

    fwrite(text, 1, sizeof(text) - 1, stderr);
    abort();
}

static void *
checked(void *p)
{
    if (!p)
        mem_exhausted();
    return p;
}

void *
xmalloc(size_t size)
{
    return checked(malloc(size ? size : 1));
}

void *
xcalloc(size_t count, size_t size)
{
    return checked(calloc(count ? count : 1, size ? size : 1));
}

void *
xreallocarray(void *p, size_t count, size_t size)
{
    return checked(reallocarray(p, count ? count : 1, size ? size : 1));
}

char *
xstrdup(const char *text)
{
    return checked(strdup(text));
}

char *
xstrndup(const char *text, size_t len)
{
    return checked(strndup(text, len));
}

char *
xasprintf(const char *fmt, ...)
{
    char *out = NULL;
    va_list ap;
    int n;

    va_start(ap, fmt);
    n = vasprintf(&out, fmt, ap);
    va_end(ap);
    if (n < 0)
        mem_exhausted();
    return out;
}

void *
mem_grow(void *array, size_t used, size_t *cap, size_t size)
{
    if (used < *cap)
        return array;
    *cap = *cap ? *cap * 2 : 16;
    return xreallocarray(array, *cap, size);
}

void
mem_free_string(char **p)
{
    free(*p);
    *p = NULL;
}
