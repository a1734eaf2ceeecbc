/* SPDX-License-Identifier: Apache-2.0 */
/* alloc.c - preloaded: lets one allocation of the program fail.
 *
 * ALLOC_FAIL_AT=N: the N-th one, counted over all threads; ALLOC_COUNT_TO=FILE: write
 * there how many there were.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);

static atomic_ulong count;
static unsigned long fail_at;

static int
is_due(void)
{
    if (atomic_fetch_add(&count, 1) + 1 != fail_at)
        return 0;
    errno = ENOMEM;
    return 1;
}

void *
malloc(size_t size)
{
    return is_due() ? NULL : __libc_malloc(size);
}

void *
calloc(size_t n, size_t size)
{
    return is_due() ? NULL : __libc_calloc(n, size);
}

void *
realloc(void *old, size_t size)
{
    return is_due() ? NULL : __libc_realloc(old, size);
}

/* Allocations of libraries before main() are not counted. */
__attribute__((constructor)) static void
begin(void)
{
    const char *number = getenv("ALLOC_FAIL_AT");

    fail_at = number ? strtoul(number, NULL, 10) : 0;
    atomic_store(&count, 0);
}

__attribute__((destructor)) static void
end(void)
{
    const char *name = getenv("ALLOC_COUNT_TO");
    unsigned long total = atomic_load(&count);
    FILE *out = name ? fopen(name, "w") : NULL;

    if (out) {
        fprintf(out, "%lu\n", total);
        fclose(out);
    }
}
