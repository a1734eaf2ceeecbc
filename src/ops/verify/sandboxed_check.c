/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "ops/verify/sandboxed_check.h"

#include "base/libc_gaps.h"
#include "base/mem.h"
#include "io/process/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { TEXT_MAX = 256, FIRST_OWN_FD = 3 /* after the standard streams */ };

/* An error without pointers. */
struct flat_err {
    enum err_kind kind;
    int signal;
    enum err_reason reason;
    char msg[sizeof(((struct err *)0)->msg)];
    char hint[sizeof(((struct err *)0)->hint)];
    char subject[sizeof(((struct err *)0)->subject)];
};

/* A message of the child: shorter than PIPE_BUF, so that messages of workers do not
 * mix. */
struct news {
    enum { NEWS_EVENT, NEWS_DAMAGE, NEWS_END } what;
    struct event event; /* its text is below */
    struct {
        uint64_t offset, size;
        unsigned char has_digest;
        struct digest digest;
    } place;        /* NEWS_DAMAGE.  NEWS_END: with a size, the range not examined */
    size_t damaged; /* NEWS_END: number of damaged ranges */
    unsigned char opened, ok; /* NEWS_END.  Not bool: a pipe may deliver any byte */
    struct flat_err err;
    char text[TEXT_MAX];
};
_Static_assert(sizeof(struct news) <= PIPE_BUF, "a message must be written atomically");

static void
flatten(struct flat_err *out, const struct err *err)
{
    out->kind = err->kind;
    out->signal = err->signal;
    out->reason = err->reason;
    memcpy(out->msg, err->msg, sizeof(out->msg));
    memcpy(out->hint, err->hint, sizeof(out->hint));
    memcpy(out->subject, err->subject, sizeof(out->subject));
}

/* ---- the child ---- */

static void
send_message(int fd, const struct news *news)
{
    ssize_t n;

    do
        n = write(fd, news, sizeof(*news));
    while (n < 0 && errno == EINTR);
}

static void
pass_on(void *ctx, const struct event *event)
{
    struct news news = {.what = NEWS_EVENT, .event = *event};

    news.event.text = NULL;
    if (event->text)
        snprintf(news.text, sizeof(news.text), "%s", event->text);
    send_message(*(const int *)ctx, &news);
}

static int
compare_fds(const void *a, const void *b)
{
    return *(const int *)a - *(const int *)b;
}

/* A waiting child and its two pipes. */
struct worker {
    pid_t pid;
    int to, from; /* ends of the parent */
};

#define WORKER_INIT                                                                      \
    {                                                                                    \
        .pid = -1, .to = -1, .from = -1                                                  \
    }

/* Close everything except the bundle, the pipes and the standard streams. */
static void
close_others(const struct volumes *file, int news_fd, int go_fd)
{
    int *kept = xcalloc(file->count + 2, sizeof(*kept));
    unsigned from = FIRST_OWN_FD;

    kept[0] = news_fd;
    kept[1] = go_fd;
    for (size_t i = 0; i < file->count; i++)
        kept[i + 2] = file->fds ? file->fds[i] : file->fd;
    qsort(kept, file->count + 2, sizeof(*kept), compare_fds);
    for (size_t i = 0; i < file->count + 2; i++) {
        if ((unsigned)kept[i] > from)
            close_range(from, (unsigned)kept[i] - 1, 0);
        from = (unsigned)kept[i] + 1;
    }
    close_range(from, UINT_MAX, 0);
    free(kept);
}

/* A terminal accepts commands from any process that can write to it. */
static void
drop_streams(void)
{
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);

    for (int fd = 0; fd < FIRST_OWN_FD; fd++) {
        if (null < 0 || dup2(null, fd) < 0)
            close(fd);
    }
}

/* Some variables contain passwords; the child wipes its copies. */
static void
wipe_environment(void)
{
    for (char **variable = environ; variable && *variable; variable++)
        explicit_bzero(*variable, strlen(*variable));
    environ = NULL;
}

/* Wait until the parent starts the check; false when it has exited or given up. */
static bool
is_told_to_begin(int fd)
{
    char word;
    ssize_t n;

    do
        n = read(fd, &word, 1);
    while (n < 0 && errno == EINTR);
    close(fd);
    return n == 1;
}

static void
tell_damage(int fd, const struct damage *d)
{
    struct news news = {.what = NEWS_DAMAGE,
                        .place = {d->offset, d->size, d->has_digest, d->digest}};

    flatten(&news.err, &d->err);
    send_message(fd, &news);
}

/* The error that ends the check is in *end, damage in the list. */
static void
work(const struct sandboxed_check_job *job, const struct check_options *check,
     struct damage_list *damage, struct news *end)
{
    const struct check_survey survey = {job->file, job->head, job->admission};
    struct err err = job->why ? *job->why : (struct err)ERR_INIT;
    struct bundle *bundle = NULL;

    if (!job->why)
        bundle = bundle_open(job->head, job->admission, &err);
    end->opened = bundle != NULL;
    if (bundle)
        end->ok = check_members(bundle_content(bundle), check, damage, &err) == 0;
    else if (job->why || check_is_damage(&err))
        check_damaged(&survey, check, damage, &err);
    end->damaged = damage->total;
    if (damage->is_cut_short) {
        end->place.offset = damage->unexamined;
        end->place.size = job->file->size - damage->unexamined;
    }
    flatten(&end->err, &err);
}

static void
be_the_child(const struct sandboxed_check_job *job, int pipe_fd, int go_fd)
{
    struct run run = {.jobs = job->check->run->jobs,
                      .events = {.emit = pass_on, .ctx = &pipe_fd},
                      .cancel = CANCEL_INIT};
    struct check_options check = *job->check;
    struct damage_list damage = {.items = NULL};
    struct news end = {.what = NEWS_END};
    struct sandbox sandbox;

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    drop_streams();
    close_others(job->file, pipe_fd, go_fd);
    wipe_environment();
    sandbox = sandbox_enter();
    if (!is_told_to_begin(go_fd))
        _exit(0);
    check.run = &run;
    events_debug(&run.events, "verifying in a separate process: %s, %s",
                 sandbox.files ? "it cannot open files" : "the kernel has no Landlock",
                 sandbox.syscalls ? "it can only read and compute"
                                  : "the kernel has no seccomp filters");
    work(job, &check, &damage, &end);
    for (size_t i = 0; i < damage.count; i++)
        tell_damage(pipe_fd, &damage.items[i]);
    send_message(pipe_fd, &end);
    _exit(0); /* not exit(): cleanup belongs to the parent */
}

/* ---- the parent ---- */

/* Terminals display this unchanged: fixed text, and quoted text that was escaped. */
static void
make_plain(char *text, size_t size)
{
    text[size - 1] = '\0';
    for (; *text != '\0'; text++) {
        if (*text < ' ' || *text > '~')
            *text = '?';
    }
}

/* The kinds of errors that a check can have.  Callers act on others, which concern
 * servers or tags. */
static bool
is_of_checking(enum err_kind kind)
{
    return kind == ERR_INTERNAL || kind == ERR_PROTOCOL || kind == ERR_INTEGRITY ||
           kind == ERR_TRUST || kind == ERR_LOCAL || kind == ERR_LIMIT;
}

/* Terminate strings and validate enums, whatever was received. */
static void
unflatten(struct flat_err *in, struct err *out)
{
    make_plain(in->msg, sizeof(in->msg));
    make_plain(in->hint, sizeof(in->hint));
    make_plain(in->subject, sizeof(in->subject));
    *out = (struct err)ERR_INIT;
    out->kind = is_of_checking(in->kind) ? in->kind : ERR_INTERNAL;
    if (in->kind == ERR_SIGNAL && cancel_catches(in->signal)) {
        out->kind = ERR_SIGNAL;
        out->signal = in->signal;
    }
    memcpy(out->msg, in->msg, sizeof(out->msg));
    memcpy(out->hint, in->hint, sizeof(out->hint));
    memcpy(out->subject, in->subject, sizeof(out->subject));
    if (in->reason > REASON_NONE && in->reason < REASON_COUNT)
        out->reason = in->reason;
}

static void
take_event(const struct events *to, struct news *news)
{
    struct event *e = &news->event;

    make_plain(news->text, sizeof(news->text));
    e->text = news->text;
    e->error = NULL;
    if (!(e->reason > REASON_NONE && e->reason < REASON_COUNT))
        e->reason = REASON_NONE;
    if (to->emit && e->kind >= EVENT_DEBUG && e->kind <= EVENT_UNDONE &&
        e->count <= INT64_MAX && (e->unit == EVENT_BYTES || e->unit == EVENT_ITEMS))
        to->emit(to->ctx, e);
}

static void
take_damage(struct damage_list *list, struct news *news)
{
    struct damage d = {.offset = news->place.offset, .size = news->place.size};

    if (d.offset > INT64_MAX || d.size > INT64_MAX - d.offset)
        d.offset = d.size = 0; /* not a valid range of a file */
    unflatten(&news->err, &d.err);
    if (news->place.has_digest != 0 && news->place.digest.alg == DIGEST_SHA256) {
        d.has_digest = true;
        d.digest.alg = DIGEST_SHA256;
        memcpy(d.digest.raw, news->place.digest.raw, digest_size(&d.digest));
    }
    damage_note(list, &d);
}

/*
 * 1 with a message, 0 at the end of the child's messages.  A signal is such an end: the
 * child may hang, or never stop to send.
 */
static int
hear(int fd, struct news *news)
{
    enum { MOMENT_MS = 50 };
    size_t got = 0;

    while (got < sizeof(*news)) {
        struct pollfd from = {.fd = fd, .events = POLLIN};
        int rc = poll(&from, 1, MOMENT_MS);
        ssize_t n;

        if (cancel_signal() != 0)
            return 0;
        if (rc == 0 || (rc < 0 && errno == EINTR))
            continue;
        n = read(fd, (char *)news + got, sizeof(*news) - got);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return 0;
        got += (size_t)n;
    }
    return 1;
}

static int
take_end(const struct news *news, struct damage_list *damage, bool *opened,
         struct err *err)
{
    struct flat_err flat = news->err;

    *opened = news->opened != 0;
    damage->is_cut_short = news->place.size > 0 && news->place.offset <= INT64_MAX;
    damage->unexamined = damage->is_cut_short ? news->place.offset : 0;
    if (damage->count > 0 && damage->total < news->damaged && news->damaged <= INT64_MAX)
        damage->total = news->damaged;
    if (news->ok != 0)
        return 0;
    unflatten(&flat, err);
    return -1;
}

int
sandboxed_check_listen(const struct events *events, int fd, struct damage_list *damage,
                       bool *opened, struct err *err)
{
    struct news news;

    while (hear(fd, &news) == 1) {
        switch (news.what) {
        case NEWS_EVENT:
            take_event(events, &news);
            continue;
        case NEWS_DAMAGE:
            take_damage(damage, &news);
            continue;
        case NEWS_END:
            return take_end(&news, damage, opened, err);
        }
        return err_set(err, ERR_INTERNAL,
                       "malformed message from the verification process");
    }
    if (cancel_signal() != 0)
        return cancel_error(err);
    return SANDBOXED_CHECK_BROKE_DOWN;
}

/* Signals that a program raises itself are faults; others come from outside. */
static int
no_verdict(int status, struct err *err)
{
    int number = WIFSIGNALED(status) ? WTERMSIG(status) : SIGKILL;

    if (number != SIGKILL)
        return err_set(err, ERR_INTERNAL, "verification process killed by signal %d",
                       number);
    err_set(err, ERR_LOCAL, "verification process was stopped");
    return err_hint(err, "the system may have run out of memory: see its log");
}

/* ---- processes ---- */

static void
close_ends(int ends[2])
{
    close(ends[0]);
    close(ends[1]);
}

static int
start_worker(const struct sandboxed_check_job *job, struct worker *w, struct err *err)
{
    int news[2], go[2];
    pid_t pid;

    if (pipe2(news, O_CLOEXEC) < 0)
        return err_errno(err, "cannot create a pipe");
    if (pipe2(go, O_CLOEXEC) < 0) {
        err_errno(err, "cannot create a pipe");
        close_ends(news);
        return -1;
    }
    pid = fork();
    if (pid < 0) {
        err_errno(err, "cannot start a verification process");
        close_ends(news);
        close_ends(go);
        return -1;
    }
    if (pid == 0)
        be_the_child(job, news[1], go[0]);
    close(news[1]);
    close(go[0]);
    *w = (struct worker){.pid = pid, .from = news[0], .to = go[1]};
    return 0;
}

/* End it, and return how it ended. */
static int
stop_worker(struct worker *w)
{
    int status = 0;

    if (w->pid < 0)
        return 0;
    if (w->to >= 0)
        close(w->to);
    close(w->from);
    kill(w->pid, SIGKILL);
    while (waitpid(w->pid, &status, 0) < 0 && errno == EINTR)
        continue;
    *w = (struct worker)WORKER_INIT;
    return status;
}

/* As sandboxed_check(), or SANDBOXED_CHECK_BROKE_DOWN with how the child ended. */
static int
run_worker(struct worker *w, const struct sandboxed_check_job *job,
           struct damage_list *damage, bool *opened, int *status, struct err *err)
{
    int rc;

    *opened = false;
    (void)!write(w->to, "", 1); /* whether the child still exists shows when reading */
    close(w->to);
    w->to = -1;
    rc = sandboxed_check_listen(&job->check->run->events, w->from, damage, opened, err);
    *status = stop_worker(w);
    return rc;
}

/* First with memory-mapped files, which a failing medium kills; then, if necessary, by
 * reading. */
static int
check_with(struct worker *first, struct worker *second,
           const struct sandboxed_check_job *job, struct damage_list *damage,
           bool *opened, struct err *err)
{
    int status = 0, rc;

    if (!job->why && job->prepare && job->prepare(job->prepare_ctx, err) < 0)
        return -1;
    rc = run_worker(first, job, damage, opened, &status, err);
    if (rc == SANDBOXED_CHECK_BROKE_DOWN && second->pid >= 0 && WIFSIGNALED(status) &&
        WTERMSIG(status) == SIGBUS) {
        /* A medium failed, or the file was truncated, while mapped: read() can report
         * where. */
        events_debug(&job->check->run->events,
                     "the file failed while it was read: reading it again");
        damage_list_release(damage);
        rc = run_worker(second, job, damage, opened, &status, err);
    }
    return rc == SANDBOXED_CHECK_BROKE_DOWN ? no_verdict(status, err) : rc;
}

int
sandboxed_check(const struct sandboxed_check_job *job, struct damage_list *damage,
                bool *opened, struct err *err)
{
    struct worker first = WORKER_INIT, second = WORKER_INIT;
    struct check_options in_place = *job->check, by_reading = *job->check;
    struct sandboxed_check_job own = *job, spare = *job;
    int rc = -1;

    *opened = false;
    in_place.in_place = !job->why; /* otherwise done once, with a bound */
    by_reading.in_place = false;
    own.check = &in_place;
    spare.check = &by_reading;
    if (start_worker(&own, &first, err) == 0 &&
        (job->why || start_worker(&spare, &second, err) == 0))
        rc = check_with(&first, &second, job, damage, opened, err);
    stop_worker(&first);
    stop_worker(&second);
    return rc;
}
