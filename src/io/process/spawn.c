/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "io/process/spawn.h"

#include "base/clock.h"
#include "base/libc_gaps.h"
#include "base/mem.h"
#include "base/text.h"
#include "io/file/file.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

/* A running program. */
struct child {
    pid_t pid;
    int out; /* read end of its standard output, -1 after its end */
};

/* ---- starting ---- */

/* Variables that are not passed on: above all, passphrases of signing keys. */
static bool
is_private_variable(const char *variable)
{
    return text_starts(variable, "SEALIFT_") || text_starts(variable, "COSIGN_PASSWORD=");
}

/* The environment without those; the strings are borrowed. */
static char **
environment(void)
{
    size_t count = 0, kept = 0;
    char **env;

    while (environ[count])
        count++;
    env = xcalloc(count + 1, sizeof(*env));
    for (size_t i = 0; i < count; i++) {
        if (!is_private_variable(environ[i]))
            env[kept++] = environ[i];
    }
    return env;
}

/* A pipe that already contains the whole input: no writer is needed while the child
 * reads. */
static int
filled_pipe(const char *input, int *read_end, struct err *err)
{
    size_t len = strlen(input);
    int ends[2];
    bool filled;

    if (len > SPAWN_INPUT_MAX)
        return err_set(err, ERR_INTERNAL, "too much input for the program");
    if (pipe2(ends, O_CLOEXEC) < 0)
        return err_errno(err, "cannot make a pipe");
    filled = write(ends[1], input, len) == (ssize_t)len;
    close(ends[1]);
    if (!filled) {
        close(ends[0]);
        return err_set(err, ERR_INTERNAL, "cannot fill a pipe");
    }
    *read_end = ends[0];
    return 0;
}

/* Attributes of the child: default signal handling, a process group of its own. */
static int
prepare_attributes(posix_spawnattr_t *a)
{
    static const int numbers[] = {SIGPIPE, SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGXFSZ};
    short flags = POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK;
    sigset_t defaults, none;
    int rc = 0;

    sigemptyset(&none);
    sigemptyset(&defaults);
    for (size_t i = 0; i < COUNT_OF(numbers); i++)
        sigaddset(&defaults, numbers[i]);
    rc |= posix_spawnattr_setflags(a, flags);
    rc |= posix_spawnattr_setpgroup(a, 0);
    rc |= posix_spawnattr_setsigdefault(a, &defaults);
    rc |= posix_spawnattr_setsigmask(a, &none);
    return rc;
}

static int
prepare_files(posix_spawn_file_actions_t *f, int in, int out)
{
    enum { ITS_INPUT, ITS_OUTPUT, ITS_ERRORS, BEYOND }; /* descriptors of the child */
    int rc = 0;

    rc |= posix_spawn_file_actions_adddup2(f, in, ITS_INPUT);
    rc |= posix_spawn_file_actions_adddup2(f, out, ITS_OUTPUT);
    rc |= posix_spawn_file_actions_addopen(f, ITS_ERRORS, "/dev/null", O_WRONLY, 0);
    rc |= posix_spawn_file_actions_addclosefrom_np(f, BEYOND);
    return rc;
}

/* Returns an error number, 0 when it runs. */
static int
launch(const char *const *argv, int in, int out, pid_t *pid)
{
    union { /* the interface lacks a const */
        const char *const *in;
        char *const *out;
    } args = {.in = argv};
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attributes;
    char **env = environment();
    int rc = ENOMEM;

    if (posix_spawn_file_actions_init(&files) == 0) {
        if (posix_spawnattr_init(&attributes) == 0) {
            if (prepare_files(&files, in, out) == 0 &&
                prepare_attributes(&attributes) == 0)
                rc = posix_spawnp(pid, argv[0], &files, &attributes, args.out, env);
            posix_spawnattr_destroy(&attributes);
        }
        posix_spawn_file_actions_destroy(&files);
    }
    free(env);
    return rc;
}

static int
start_child(const struct spawn *what, struct child *c, struct err *err)
{
    CLEANUP(file_close) int in = -1;
    CLEANUP(file_close) int theirs = -1;
    int ends[2], rc;

    if (filled_pipe(what->input, &in, err) < 0)
        return -1;
    if (pipe2(ends, O_CLOEXEC) < 0)
        return err_errno(err, "cannot make a pipe");
    c->out = ends[0];
    theirs = ends[1];
    if (fcntl(c->out, F_SETFL, O_NONBLOCK) < 0)
        return err_errno(err, "cannot prepare a pipe");
    rc = launch(what->argv, in, theirs, &c->pid);
    if (rc == 0)
        return 0;
    c->pid = 0;
    errno = rc;
    err_errno(err, "cannot run '%s'", what->argv[0]);
    if (rc == ENOENT)
        err->kind = ERR_NOT_FOUND;
    return -1;
}

/* ---- reading its output ---- */

/* Read what is available.  -1: too much, or a read error. */
static int
drain_pipe(struct child *c, struct buf *out, struct err *err)
{
    while (c->out >= 0) {
        size_t used = out->len;
        char extra;
        bool full = used == out->max;
        ssize_t n = full ? read(c->out, &extra, 1)
                         : read(c->out, out->data + used, out->max - used);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return errno == EAGAIN ? 0 : err_errno(err, "cannot read from a pipe");
        if (n == 0)
            file_close(&c->out);
        else if (full || buf_resize(out, used + (size_t)n) < 0)
            return err_set(err, ERR_LIMIT, "its output exceeds %zu bytes", out->max);
    }
    return 0;
}

/* Read until the program exits; returns its status. */
static int
listen_to(const struct spawn *what, struct child *c, struct buf *out, struct err *err)
{
    enum { MOMENT_MS = 10 };
    uint64_t end = clock_ms() + what->patience_s * UINT64_C(1000);

    for (;;) {
        struct pollfd from = {.fd = c->out, .events = POLLIN};
        int status;
        bool gone = waitpid(c->pid, &status, WNOHANG) == c->pid;

        if (gone)
            c->pid =
                0; /* a daemon it started may hold the pipe: read what is available */
        else
            poll(&from, 1, MOMENT_MS);
        if (drain_pipe(c, out, err) < 0)
            return -1;
        if (gone)
            return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
        if (cancel_wanted(what->cancel))
            return cancel_error(err);
        if (clock_ms() >= end)
            return err_set(err, ERR_LOCAL, "it did not exit within %u s",
                           what->patience_s);
    }
}

static void
kill_child(struct child *c)
{
    file_close(&c->out);
    if (c->pid <= 0)
        return;
    kill(-c->pid, SIGKILL);
    while (waitpid(c->pid, NULL, 0) < 0 && errno == EINTR)
        ;
}

int
spawn_run(const struct spawn *what, struct buf *out, struct err *err)
{
    CLEANUP(kill_child) struct child child = {.pid = 0, .out = -1};

    /* Allocate all memory now: a buffer that grows leaves copies behind. */
    if (buf_resize(out, out->max) < 0 || buf_resize(out, 0) < 0)
        return err_set(err, ERR_INTERNAL, "cannot prepare a buffer");
    if (start_child(what, &child, err) < 0)
        return -1;
    return listen_to(what, &child, out, err);
}
