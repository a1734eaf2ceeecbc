/* SPDX-License-Identifier: Apache-2.0 */
/* libc_gaps.h - what musl, the C library of the static program, does not have.
 *
 * Layer: base.  Include config.h first.  Where the C library has a function, this adds
 * nothing.
 */
#ifndef BASE_LIBC_GAPS_H
#define BASE_LIBC_GAPS_H

#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef HAVE_RENAMEAT2
enum { RENAME_NOREPLACE = 1 }; /* linux/fs.h, which clashes with sys/mount.h */

static inline int
renameat2(int from_dir, const char *from, int to_dir, const char *to, unsigned flags)
{
    return (int)syscall(SYS_renameat2, from_dir, from, to_dir, to, flags);
}
#endif

#ifndef HAVE_CLOSE_RANGE
static inline int
close_range(unsigned first, unsigned last, int flags)
{
    return (int)syscall(SYS_close_range, first, last, flags);
}
#endif

#ifndef MADV_POPULATE_READ
enum { MADV_POPULATE_READ = 22 }; /* Linux 5.14 */
#endif

#ifndef HAVE_MALLOC_TRIM
/* musl returns freed memory by itself. */
static inline int
malloc_trim(size_t pad)
{
    (void)pad;
    return 0;
}
#endif

#ifndef HAVE_POSIX_SPAWN_FILE_ACTIONS_ADDCLOSEFROM_NP
/* The child must get nothing from that number on: nor does any other program that this
 * one starts, so the descriptors may as well be marked here. */
static inline int
posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *actions, int from)
{
    const unsigned close_on_exec = 4; /* CLOSE_RANGE_CLOEXEC, Linux 5.11 */

    (void)actions;
    (void)syscall(SYS_close_range, from, ~0U,
                  close_on_exec); /* else as they were opened */
    return 0;
}
#endif

#endif
