/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "cli/terminal.h"

#include "base/cancel.h"
#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

enum { SHOWN_MAX = 512 }; /* bytes of a file name in a prompt */

size_t
terminal_columns(int fd)
{
    struct winsize w;

    if (isatty(fd) != 1)
        return 0;
    return ioctl(fd, TIOCGWINSZ, &w) == 0 && w.ws_col > 0 ? w.ws_col
                                                          : TERMINAL_COLUMNS_USUAL;
}

bool
terminal_has_colour(int fd)
{
    const char *refused = getenv("NO_COLOR"), *kind = getenv("TERM");

    return isatty(fd) == 1 && (!refused || refused[0] == '\0') && kind &&
           kind[0] != '\0' && strcmp(kind, "dumb") != 0;
}

int
terminal_open(void)
{
    return open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
}

static void
say(int tty, const char *text)
{
    ssize_t n = write(tty, text, strlen(text));

    (void)n; /* a failed prompt is not an error */
}

static int
set_mode(int tty, const struct termios *mode)
{
    int rc;

    do
        rc = tcsetattr(tty, TCSAFLUSH, mode);
    while (rc < 0 && errno == EINTR);
    return rc;
}

/* ---- ^Z ---- */

static volatile sig_atomic_t wants_stop;

static void
note_stop(int number)
{
    (void)number;
    wants_stop = 1;
}

static void
mask_stop(int how)
{
    sigset_t stop;

    sigemptyset(&stop);
    sigaddset(&stop, SIGTSTP);
    pthread_sigmask(how, &stop, NULL);
}

/* Catch SIGTSTP, unless it is ignored; *before receives the previous action. */
static void
catch_stop(struct sigaction *before)
{
    struct sigaction action = {.sa_handler = note_stop};

    wants_stop = 0;
    sigaction(SIGTSTP, NULL, before);
    if (before->sa_handler != SIG_IGN)
        sigaction(SIGTSTP, &action, NULL);
}

/* Returns when the shell resumes the process. */
static void
stop_here(void)
{
    raise(SIGTSTP);
    mask_stop(SIG_UNBLOCK);
    mask_stop(SIG_BLOCK);
}

/* ---- prompting ---- */

struct terminal_asking {
    int tty;
    const char *prompt, *what;
    bool is_shown;   /* what is typed is echoed */
    sigset_t before; /* signals that are unblocked while it waits */
    char line[TERMINAL_LINE_MAX];
    size_t len;
};

/* 0: a complete line; 1: stopped; -1. */
static int
read_line(struct terminal_asking *a, struct err *err)
{
    int rc;

    for (a->len = 0; a->len < sizeof(a->line); a->len++) {
        do
            rc = cancel_wait_blocked(a->tty, &a->before, err);
        while (rc > 0 && !wants_stop);
        if (rc != 0)
            return rc;
        if (read(a->tty, a->line + a->len, 1) != 1)
            break;
        if (a->line[a->len] == '\n')
            return 0;
    }
    return err_set(err, ERR_AUTH, "nothing was typed");
}

/* Input typed before the prompt is discarded: it was echoed. */
static int
ask_hidden(struct terminal_asking *a, struct err *err)
{
    struct termios shown, hidden;
    char what[SHOWN_MAX];
    int rc;

    if (tcgetattr(a->tty, &shown) < 0)
        return err_errno(err, "cannot use the terminal");
    hidden = shown;
    if (!a->is_shown)
        hidden.c_lflag &= ~(tcflag_t)ECHO;
    if (set_mode(a->tty, &hidden) < 0)
        return err_errno(err, "cannot use the terminal");
    text_line(what, sizeof(what), a->what, strlen(a->what));
    say(a->tty, a->prompt);
    say(a->tty, what);
    say(a->tty, ": ");
    rc = read_line(a, err);
    set_mode(a->tty, &shown);
    if (!a->is_shown || rc != 0)
        say(a->tty, "\n");
    return rc;
}

/* Signals are blocked except while waiting, so that the terminal's mode is always
 * restored. */
static int
ask_until_done(struct terminal_asking *a, struct err *err)
{
    struct sigaction stop;
    int rc;

    for (;;) {
        catch_stop(&stop);
        rc = ask_hidden(a, err);
        sigaction(SIGTSTP, &stop, NULL);
        if (rc <= 0)
            return rc;
        secret_wipe(a->line, sizeof(a->line));
        stop_here();
    }
}

static int
ask_line(struct terminal_asking *a, struct secret *out, struct err *err)
{
    int rc;

    cancel_block(&a->before);
    mask_stop(SIG_BLOCK);
    rc = ask_until_done(a, err);
    cancel_unblock(&a->before);
    if (rc == 0)
        secret_set(out, a->line, a->len);
    secret_wipe(a->line, sizeof(a->line));
    return rc;
}

int
terminal_ask(int tty, const char *prompt, const char *what, struct secret *out,
             struct err *err)
{
    struct terminal_asking a = {.tty = tty, .prompt = prompt, .what = what};

    return ask_line(&a, out, err);
}

int
terminal_ask_shown(int tty, const char *prompt, const char *what, struct secret *out,
                   struct err *err)
{
    struct terminal_asking a = {
        .tty = tty, .prompt = prompt, .what = what, .is_shown = true};

    return ask_line(&a, out, err);
}

int
terminal_confirm(const char *question, struct err *err)
{
    char line[16];

    fputs(question, stderr);
    if (cancel_wait_input(STDIN_FILENO, err) < 0)
        return -1;
    return fgets(line, sizeof(line), stdin) && (line[0] == 'y' || line[0] == 'Y');
}
