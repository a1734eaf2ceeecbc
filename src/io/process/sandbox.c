/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "io/process/sandbox.h"

#include "base/cleanup.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* ---- Landlock: a ruleset that allows nothing ---- */

static bool
forbid_files(void)
{
    /* Version 1 covers opening, reading, creating and removing. */
    const struct landlock_ruleset_attr attr = {
        .handled_access_fs = LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_WRITE_FILE |
                             LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR |
                             LANDLOCK_ACCESS_FS_REMOVE_DIR |
                             LANDLOCK_ACCESS_FS_REMOVE_FILE |
                             LANDLOCK_ACCESS_FS_MAKE_CHAR | LANDLOCK_ACCESS_FS_MAKE_DIR |
                             LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_MAKE_SOCK |
                             LANDLOCK_ACCESS_FS_MAKE_FIFO |
                             LANDLOCK_ACCESS_FS_MAKE_BLOCK | LANDLOCK_ACCESS_FS_MAKE_SYM,
    };
    long fd = syscall(__NR_landlock_create_ruleset, &attr, sizeof(attr), 0), rc;

    if (fd < 0)
        return false;
    rc = syscall(__NR_landlock_restrict_self, (int)fd, 0);
    close((int)fd);
    return rc == 0;
}

/* ---- seccomp: a list of allowed system calls ---- */

#if defined(__x86_64__)
#define OWN_ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define OWN_ARCH AUDIT_ARCH_AARCH64
#else
#define OWN_ARCH 0 /* unknown architecture: no system call numbers listed */
#endif

#define ALLOW(nr)                                                                        \
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (nr), 0, 1),                                     \
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)

#define LOAD(field)                                                                      \
    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))

static bool
forbid_syscalls(void)
{
    /* Only threads may be created: CLONE_THREAD is in the low half of the first argument.
     * clone3 keeps its flags in memory, where the filter cannot read them: the library
     * then falls back to clone. */
    enum { CLONE_THREAD_BIT = 0x00010000 };
    struct sock_filter code[] = {
        LOAD(arch),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, OWN_ARCH, 1, 0),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
        LOAD(nr),
        ALLOW(__NR_pread64),
        ALLOW(__NR_read),
        ALLOW(__NR_write),
        ALLOW(__NR_futex),
        ALLOW(__NR_close),
        ALLOW(__NR_fstat),
        ALLOW(__NR_lseek),
        ALLOW(__NR_fadvise64),
        ALLOW(__NR_mmap),
        ALLOW(__NR_munmap),
        ALLOW(__NR_mremap),
        ALLOW(__NR_mprotect),
        ALLOW(__NR_madvise),
        ALLOW(__NR_brk),
        ALLOW(__NR_rt_sigaction),
        ALLOW(__NR_rt_sigprocmask),
        ALLOW(__NR_rt_sigreturn),
        ALLOW(__NR_sigaltstack),
        ALLOW(__NR_restart_syscall),
        ALLOW(__NR_set_robust_list),
        ALLOW(__NR_rseq),
        ALLOW(__NR_sched_yield),
        ALLOW(__NR_sched_getaffinity),
        ALLOW(__NR_clock_gettime),
        ALLOW(__NR_clock_nanosleep),
        ALLOW(__NR_nanosleep),
        ALLOW(__NR_gettimeofday),
        ALLOW(__NR_getrandom),
        ALLOW(__NR_getpid),
        ALLOW(__NR_gettid),
        ALLOW(__NR_exit),
        ALLOW(__NR_exit_group),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_clone3, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_clone, 0, 3),
        LOAD(args[0]),
        BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, CLONE_THREAD_BIT, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
    };
    const struct sock_fprog program = {.len = COUNT_OF(code), .filter = code};

    return OWN_ARCH != 0 && prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

struct sandbox
sandbox_enter(void)
{
    struct sandbox s = {.files = false};

    /* Both require the promise that no program can raise privileges again. */
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
        return s;
    s.files = forbid_files();
    s.syscalls = forbid_syscalls();
    return s;
}
