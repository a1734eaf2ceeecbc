/* SPDX-License-Identifier: Apache-2.0 */
/* sandbox.h - drop privileges that a process no longer needs.
 *
 * Open descriptors stay readable and writable; it can open, create, connect to, start and
 * change nothing else.  Threads started afterwards inherit the restrictions.
 *
 * Layer: io.
 * Source: seccomp(2), landlock(7).
 */
#ifndef IO_PROCESS_SANDBOX_H
#define IO_PROCESS_SANDBOX_H

#include <stdbool.h>

struct sandbox {
    bool files;    /* Landlock: no file can be opened any more */
    bool syscalls; /* seccomp: only the system calls needed for reading and computing */
};

/* Restrict the process as far as the kernel supports it; missing support is not an error.
 * Irreversible. */
struct sandbox sandbox_enter(void);

#endif
