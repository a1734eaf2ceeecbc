/* SPDX-License-Identifier: Apache-2.0 */
/* cleanup.h - compiler attributes used everywhere.
 *
 * Layer: base.
 */
#ifndef BASE_CLEANUP_H
#define BASE_CLEANUP_H

/* Run fn(&variable) when the variable goes out of scope. */
#define CLEANUP(fn) __attribute__((__cleanup__(fn)))

/* A result that must not be ignored: nearly everything that can fail. */
#define MUST_USE __attribute__((__warn_unused_result__))

#define PRINTF(format, first) __attribute__((__format__(__printf__, format, first)))
#define NORETURN              __attribute__((__noreturn__))

/* Elements of an array (not of a pointer). */
#define COUNT_OF(a) (sizeof(a) / sizeof((a)[0]))

#endif
