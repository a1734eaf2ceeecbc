/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "tests/unit/unit.h"
#include "tests/unit/folder.h"

#include "base/cleanup.h"
#include "io/process/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static int open_file; /* before the sandbox is entered */

static bool
can_read_a_file(void)
{
    return open("/etc/passwd", O_RDONLY | O_CLOEXEC) >= 0;
}

static bool
can_make_a_file(void)
{
    return open("escaped", O_WRONLY | O_CREAT | O_CLOEXEC, 0600) >= 0;
}

static bool
can_make_a_folder(void)
{
    return mkdir("escaped.d", 0700) == 0;
}

static bool
can_remove(void)
{
    return unlink("victim") == 0;
}

static bool
can_open_a_socket(void)
{
    return socket(AF_INET, SOCK_STREAM, 0) >= 0 || socket(AF_UNIX, SOCK_STREAM, 0) >= 0;
}

static bool
can_start_a_program(void)
{
    execl("/bin/false", "false", (char *)NULL); /* its status is none of look() */
    return false;
}

static bool
can_fork(void)
{
    pid_t pid = fork();

    if (pid == 0)
        _exit(0);
    return pid > 0;
}

static bool
can_trouble_its_parent(void)
{
    return kill(getppid(), 0) == 0;
}

/* The parent's death is to be its own. */
static bool
can_outlive_its_parent(void)
{
    return prctl(PR_SET_PDEATHSIG, 0) == 0;
}

/* Also done by processes with the same rights. */
static bool
can_be_traced(void)
{
    return prctl(PR_SET_DUMPABLE, 1) == 0;
}

static bool
can_write_to_what_it_reads(void)
{
    return pwrite(open_file, "x", 1, 0) == 1;
}

static void *
idle(void *ctx)
{
    return ctx;
}

/* Calls that verification requires. */
static bool
can_work(void)
{
    pthread_t thread;
    char byte;
    void *memory = malloc(10 << 20);

    if (!memory || pread(open_file, &byte, 1, 0) != 1 ||
        pthread_create(&thread, NULL, idle, NULL) != 0)
        return false;
    free(memory);
    return pthread_join(thread, NULL) == 0;
}

enum { CAN = 10, CANNOT = 0, NO_SANDBOX = 20 };

/* Output of a process in a sandbox. */
static int
look(bool (*can)(void), bool (*has)(const struct sandbox *))
{
    int status;
    pid_t pid = fork();

    if (pid == 0) {
        struct sandbox s = sandbox_enter();

        _exit(!has(&s) ? NO_SANDBOX : can() ? CAN : CANNOT);
    }
    assert_true(pid > 0);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static bool
has_files(const struct sandbox *s)
{
    return s->files;
}

static bool
has_syscalls(const struct sandbox *s)
{
    return s->syscalls;
}

static bool
has_any(const struct sandbox *s)
{
    return s->files || s->syscalls;
}

static void
only_reading_works_inside(void **state)
{
    static const struct {
        const char *name;
        bool (*can)(void);
        bool (*needs)(const struct sandbox *);
        int expected;
    } cases[] = {
        {"work", can_work, has_any, CAN},
        {"read a file", can_read_a_file, has_any, CANNOT},
        {"make a file", can_make_a_file, has_any, CANNOT},
        {"make a folder", can_make_a_folder, has_any, CANNOT},
        {"remove a file", can_remove, has_any, CANNOT},
        {"write to what it reads", can_write_to_what_it_reads, has_any, CANNOT},
        {"start a program", can_start_a_program, has_files, CANNOT},
        {"open a socket", can_open_a_socket, has_syscalls, CANNOT},
        {"fork", can_fork, has_syscalls, CANNOT},
        {"trouble its parent", can_trouble_its_parent, has_syscalls, CANNOT},
        {"outlive its parent", can_outlive_its_parent, has_syscalls, CANNOT},
        {"be traced", can_be_traced, has_syscalls, CANNOT},
    };
    size_t tried = 0;
    int victim = open("victim", O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

    (void)state;
    close(victim);
    open_file = open("/etc/passwd", O_RDONLY | O_CLOEXEC);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        int status = look(cases[i].can, cases[i].needs);

        if (status != cases[i].expected && status != NO_SANDBOX)
            fail_msg("%s: %d", cases[i].name, status);
        tried += status != NO_SANDBOX;
    }
    assert_int_equal(count_files(), 1); /* the victim */
    close(open_file);
    if (tried == 0)
        skip(); /* the kernel has neither Landlock nor seccomp filters */
    print_message("%zu of %zu attempts were made\n", tried, COUNT_OF(cases));
}

/* Each attempt has to succeed without the sandbox, or the test says nothing. */
static void
everything_works_outside_the_sandbox(void **state)
{
    (void)state;
    open_file = open("/etc/passwd", O_RDONLY | O_CLOEXEC);
    assert_true(can_work());
    assert_true(can_read_a_file());
    assert_true(can_make_a_file());
    assert_true(can_make_a_folder());
    assert_true(can_open_a_socket());
    assert_true(can_fork());
    assert_true(can_trouble_its_parent());
    assert_true(can_outlive_its_parent());
    assert_true(can_be_traced());
    assert_int_equal(count_files(), 2);
    while (waitpid(-1, NULL, WNOHANG) > 0)
        continue;
    close(open_file);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(everything_works_outside_the_sandbox,
                                        enter_folder, leave_folder),
        cmocka_unit_test_setup_teardown(only_reading_works_inside, enter_folder,
                                        leave_folder),
    };

    return cmocka_run_group_tests_name("sandbox", tests, NULL, NULL);
}
