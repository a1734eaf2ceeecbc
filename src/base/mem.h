/* SPDX-License-Identifier: Apache-2.0 */
/* mem.h - small allocations that cannot fail: out of memory aborts with a message.
 *
 * For sizes chosen by the program.  Anything sized by remote data is checked against a
 * declared maximum first (see buf.h).  Aborting is safe: nothing is published before it
 * is complete.
 *
 * Layer: base.
 */
#ifndef BASE_MEM_H
#define BASE_MEM_H

#include "base/cleanup.h"

#include <stddef.h>

/* Report a failed small allocation on stderr and abort(). */
NORETURN void mem_exhausted(void);

void *xmalloc(size_t size);
void *xcalloc(size_t count, size_t size);

/* Resize to count elements of the given size; the product is checked. */
void *xreallocarray(void *p, size_t count, size_t size);
char *xstrdup(const char *text);
char *xstrndup(const char *text, size_t len);
char *xasprintf(const char *fmt, ...) PRINTF(1, 2);

/*
 * Make room for one more element in a growing array: afterwards *cap > used. Returns the
 * array, possibly moved.
 */
void *mem_grow(void *array, size_t used, size_t *cap, size_t size);

/* For CLEANUP on a char *. */
void mem_free_string(char **p);

#endif
