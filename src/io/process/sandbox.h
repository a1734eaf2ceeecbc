/* SPDX-License-Identifier: Apache-2.0 */
/* sandbox.h - give up what a process does not need any more.
 *
 * What it has open stays readable and writable; it can open, create, connect, start and
 * change nothing else.  Threads of it may be started afterwards and are as poor.
 *
 * Layer:  io.
 * Source: seccomp(2), landlock(7).
 */
#ifndef IO_PROCESS_SANDBOX_H
#define IO_PROCESS_SANDBOX_H

#include <stdbool.h>

struct sandbox {
    bool files;    /* Landlock: no file can be opened any more */
    bool syscalls; /* seccomp: no call but those that reading and computing need */
};

/* As far as the kernel can: not having one is no failure.  For good. */
struct sandbox sandbox_enter(void);

#endif
