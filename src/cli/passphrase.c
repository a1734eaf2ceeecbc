/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "cli/passphrase.h"

#include "base/mem.h"
#include "cli/terminal.h"
#include "io/crypto/pki_pem.h"
#include "io/crypto/pki_pkcs11.h"
#include "io/file/file.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
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

/* Read the first line of a descriptor, which is read to its end. */
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

static bool
is_open_to_others(int fd)
{
    struct stat st;

    return fstat(fd, &st) == 0 && S_ISREG(st.st_mode) &&
           (st.st_mode & (S_IRWXG | S_IRWXO)) != 0;
}

static int
from_file(const char *path, struct secret *out, struct err *err)
{
    CLEANUP(file_close) int fd = -1;

    if (strcmp(path, "-") == 0)
        return first_line(STDIN_FILENO, "standard input", out, err);
    fd = file_open_stream(path, err);
    if (fd < 0)
        return -1;
    if (is_open_to_others(fd)) {
        err_set(err, ERR_USAGE, "passphrase file '%s' is readable by other users", path);
        return err_hint(err, "chmod 600 '%s'", path);
    }
    return first_line(fd, path, out, err);
}

/* ---- the environment ---- */

/* Variables by role, in the order they are tried. */
static const char *const *
variables_of(enum passphrase_role role)
{
    static const char *const first[] = {"SEALIFT_PASSPHRASE", "COSIGN_PASSWORD", NULL};
    static const char *const second[] = {"SEALIFT_NEW_PASSPHRASE", NULL};

    return role == PASSPHRASE_REPLACES ? second : first;
}

/* Used once: programs started later must not inherit it. */
static bool
from_environment(enum passphrase_role role, struct secret *out)
{
    for (const char *const *name = variables_of(role); *name; name++) {
        char *value = getenv(*name);

        if (!value)
            continue;
        secret_set(out, value, strlen(value));
        secret_wipe(value, strlen(value));
        unsetenv(*name);
        return true;
    }
    return false;
}

/* The path of systemd's credential, or NULL.  The caller frees it. */
static char *
credential_path(enum passphrase_role role)
{
    const char *folder = getenv("CREDENTIALS_DIRECTORY");
    char *path;

    if (!folder || role == PASSPHRASE_REPLACES)
        return NULL;
    path = xasprintf("%s/sealift-passphrase", folder);
    if (access(path, F_OK) != 0)
        mem_free_string(&path);
    return path;
}

/* systemd protects the folder, so the mode of the file is not checked. */
static int
from_credential(const char *path, struct secret *out, struct err *err)
{
    CLEANUP(file_close) int fd = file_open_stream(path, err);

    return fd < 0 ? -1 : first_line(fd, path, out, err);
}

/* ---- the terminal ---- */

static int
from_terminal(const char *what, enum passphrase_role role, struct secret *out,
              struct err *err)
{
    CLEANUP(secret_release) struct secret again = SECRET_INIT;
    CLEANUP(file_close) int tty = terminal_open();
    const char *prompt =
        role == PASSPHRASE_REPLACES ? "new passphrase of " : "passphrase of ";

    if (tty < 0)
        return err_because(err, ERR_AUTH,
                           role == PASSPHRASE_REPLACES ? REASON_NO_NEW_PASSPHRASE
                                                       : REASON_NO_PASSPHRASE,
                           "no %s%s, and no terminal to prompt on", prompt, what);
    if (terminal_ask(tty, prompt, what, out, err) < 0)
        return -1;
    if (role == PASSPHRASE_OPENS)
        return 0;
    if (terminal_ask(tty, "once more, of ", what, &again, err) < 0)
        return -1;
    if (again.len != out->len || memcmp(again.bytes, out->bytes, out->len) != 0)
        return err_set(err, ERR_AUTH, "the two passphrases differ");
    return 0;
}

/* ---- all sources ---- */

bool
passphrase_is_given(const struct passphrase_options *options, enum passphrase_role role)
{
    CLEANUP(mem_free_string) char *credential = credential_path(role);
    bool given = options->fd.is_set || options->file || credential;

    for (const char *const *name = variables_of(role); *name; name++)
        given = given || getenv(*name);
    return given;
}

static int
get_passphrase(const struct passphrase_options *options, enum passphrase_role role,
               const char *what, struct secret *out, struct err *err)
{
    CLEANUP(mem_free_string) char *credential = credential_path(role);

    if (options->fd.is_set && options->file)
        return err_set(
            err, ERR_USAGE,
            "a passphrase from a descriptor and one from a file are mutually exclusive");
    if (options->fd.is_set)
        return first_line((int)options->fd.value, "the passphrase", out, err);
    if (options->file)
        return from_file(options->file, out, err);
    if (from_environment(role, out))
        return 0;
    if (credential)
        return from_credential(credential, out, err);
    return from_terminal(what, role, out, err);
}

int
passphrase_get(const struct passphrase_options *options, enum passphrase_role role,
               const char *what, struct secret *out, struct err *err)
{
    if (get_passphrase(options, role, what, out, err) < 0)
        return -1;
    if (role != PASSPHRASE_OPENS && out->len == 0)
        return err_because(err, ERR_USAGE, REASON_EMPTY_PASSPHRASE,
                           "the passphrase is empty");
    return 0;
}

/* ---- keys ---- */

struct asking {
    const struct passphrase_options *options;
    struct secret *used; /* or NULL */
    bool was_asked;
};

static int
passphrase_ask(void *ctx, const char *what, struct secret *out, struct err *err)
{
    struct asking *a = ctx;

    a->was_asked = true;
    if (passphrase_get(a->options, PASSPHRASE_OPENS, what, out, err) < 0)
        return -1;
    if (a->used)
        secret_copy(a->used, out);
    return 0;
}

/* An unencrypted key is protected only by the mode of its file. */
static int
check_mode(const struct pki_key *key, bool is_open, const char *path, struct err *err)
{
    if (!is_open || pki_form(key) != PKI_FORM_PLAIN)
        return 0;
    err_set(err, ERR_USAGE,
            "the private key '%s' is not encrypted, and readable by other users", path);
    return err_hint(err, "chmod 600 '%s'", path);
}

static struct pki_key *
load_tries(const char *pem, size_t len, const struct passphrase_options *options,
           const char *path, struct secret *used, struct err *err)
{
    int tries = passphrase_is_given(options, PASSPHRASE_OPENS) ? 1 : TRIES;
    struct asking asking = {.options = options, .used = used};
    const struct pki_passphrase source = {.ask = passphrase_ask, .ctx = &asking};
    struct pki_key *key = NULL;

    while (!key && tries-- > 0) {
        key = pki_private(pem, len, path, &source, err);
        if (!key && (err->kind != ERR_AUTH || !asking.was_asked))
            break;
    }
    return key;
}

static struct pki_key *
load_token(const struct passphrase_options *options, const char *uri, struct err *err)
{
    struct asking asking = {.options = options};
    const struct pki_passphrase source = {.ask = passphrase_ask, .ctx = &asking};

    return pki_token(uri, &source, err);
}

static struct pki_key *
load_file(const struct passphrase_options *options, const char *path, struct secret *used,
          struct err *err)
{
    struct buf pem = BUF_INIT(PKI_KEY_FILE_MAX);
    CLEANUP(file_close) int fd = file_open_stream(path, err);
    struct pki_key *key = NULL;

    if (fd >= 0 && file_slurp_fd(fd, path, &pem, err) == 0)
        key = load_tries(pem.data, pem.len, options, path, used, err);
    if (key && check_mode(key, is_open_to_others(fd), path, err) < 0)
        pki_release(&key);
    secret_wipe(pem.data, pem.cap);
    buf_release(&pem);
    return key;
}

struct pki_key *
passphrase_load_key(const struct passphrase_options *options, const char *where,
                    struct secret *used, struct err *err)
{
    return pki_is_token(where) ? load_token(options, where, err)
                               : load_file(options, where, used, err);
}
