#include "config.h"
#include "cli/passphrase.h"

#include "io/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

enum { PASSPHRASE_MAX = 1024, TRIES = 3 }; /* bytes */

const char *
passphrase_stdin_user(const struct passphrase_options *options)
{
    if (options->fd.is_set && options->fd.value == STDIN_FILENO)
        return "--passphrase-fd 0";
    if (options->file && strcmp(options->file, "-") == 0)
        return "--passphrase-file -";
    return NULL;
}

/* Take the first line of a descriptor, which is read to its end. */
static int
first_line(int fd, const char *name, struct secret *out, struct err *err)
{
    struct buf text = BUF_INIT(PASSPHRASE_MAX);
    int rc = file_slurp_fd(fd, name, &text, err);

    if (rc == 0)
        secret_set(out, text.data, strcspn(text.data ? text.data : "", "\r\n"));
    secret_wipe(text.data, text.cap);
    buf_release(&text);
    return rc;
}

static int
from_file(const char *path, struct secret *out, struct err *err)
{
    CLEANUP(file_close) int fd = -1;
    struct stat st;

    if (strcmp(path, "-") == 0)
        return first_line(STDIN_FILENO, "standard input", out, err);
    fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0 || fstat(fd, &st) < 0) {
        bool absent = errno == ENOENT;

        err_errno(err, "cannot open '%s'", path);
        if (absent)
            err->kind = ERR_NOT_FOUND;
        return -1;
    }
    if (S_ISREG(st.st_mode) && (st.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
        err_set(err, ERR_USAGE, "passphrase file '%s' can be read by others", path);
        return err_hint(err, "chmod 600 '%s'", path);
    }
    return first_line(fd, path, out, err);
}

/* ---- the terminal ---- */

static void
say(int tty, const char *text)
{
    ssize_t n = write(tty, text, strlen(text));

    (void)n; /* a prompt nobody sees is no reason to stop */
}

static int
ask_once(int tty, const char *prompt, const char *what, struct secret *out,
         struct err *err)
{
    struct termios before, silent;
    char line[PASSPHRASE_MAX];
    size_t len = 0;
    ssize_t n = 0;

    if (tcgetattr(tty, &before) < 0)
        return err_errno(err, "cannot use the terminal");
    say(tty, prompt);
    say(tty, what);
    say(tty, ": ");
    silent = before;
    silent.c_lflag &= ~(tcflag_t)ECHO;
    tcsetattr(tty, TCSAFLUSH, &silent);
    while (len < sizeof(line)) {
        n = read(tty, line + len, 1);
        if (n != 1 || line[len] == '\n')
            break;
        len++;
    }
    tcsetattr(tty, TCSAFLUSH, &before);
    say(tty, "\n");
    if (n == 1 && len < sizeof(line))
        secret_set(out, line, len);
    secret_wipe(line, sizeof(line));
    if (n != 1 || len == sizeof(line))
        return err_set(err, ERR_AUTH, "no passphrase was typed");
    return 0;
}

static int
from_terminal(int tty, const char *what, bool confirm, struct secret *out,
              struct err *err)
{
    struct secret again = SECRET_INIT;
    bool same;

    if (ask_once(tty, "passphrase of ", what, out, err) < 0)
        return -1;
    if (!confirm)
        return 0;
    if (ask_once(tty, "once more, of ", what, &again, err) < 0)
        return -1;
    same = again.len == out->len && memcmp(again.bytes, out->bytes, out->len) == 0;
    secret_release(&again);
    return same ? 0 : err_set(err, ERR_AUTH, "the two passphrases differ");
}

/* ---- all of them ---- */

static bool
has_other_source(const struct passphrase_options *options)
{
    return options->fd.is_set || options->file || getenv("SEALIFT_PASSPHRASE");
}

int
passphrase_get(const struct passphrase_options *options, const char *what, bool confirm,
               struct secret *out, struct err *err)
{
    const char *environment = getenv("SEALIFT_PASSPHRASE");
    CLEANUP(file_close) int tty = -1;

    if (options->fd.is_set && options->file)
        return err_set(err, ERR_USAGE,
                       "--passphrase-fd and --passphrase-file exclude each other");
    if (options->fd.is_set)
        return first_line((int)options->fd.value, "--passphrase-fd", out, err);
    if (options->file)
        return from_file(options->file, out, err);
    if (environment) {
        secret_set(out, environment, strlen(environment));
        return 0;
    }
    tty = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
    if (tty < 0) {
        err_set(err, ERR_AUTH, "no passphrase for %s", what);
        return err_hint(err, "give it by --passphrase-fd, --passphrase-file or "
                             "SEALIFT_PASSPHRASE: there is no terminal to ask");
    }
    return from_terminal(tty, what, confirm, out, err);
}

struct asking {
    const struct passphrase_options *options;
    bool was_asked;
};

static int
ask(void *ctx, const char *what, struct secret *out, struct err *err)
{
    struct asking *a = ctx;

    a->was_asked = true;
    return passphrase_get(a->options, what, false, out, err);
}

struct pki_key *
passphrase_load_key(const struct passphrase_options *options, const char *path,
                    struct err *err)
{
    struct buf pem = BUF_INIT(PKI_KEY_FILE_MAX);
    struct asking asking = {.options = options};
    const struct pki_passphrase source = {.ask = ask, .ctx = &asking};
    struct pki_key *key = NULL;

    if (file_slurp(path, &pem, err) == 0) {
        for (int i = 0; !key && i < TRIES; i++) {
            key = pki_private(pem.data ? pem.data : "", pem.len, path, &source, err);
            if (err->kind != ERR_AUTH || !asking.was_asked || has_other_source(options))
                break;
        }
    }
    secret_wipe(pem.data, pem.cap);
    buf_release(&pem);
    return key;
}
