/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "registry/credentials/auth_file.h"

#include "base/mem.h"
#include "io/crypto/hash.h"
#include "io/file/output.h"
#include "io/json/json_write.h"
#include "registry/credentials/credentials.h"
#include "registry/credentials/credentials_file.h"
#include "registry/credentials/credentials_match.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

void
auth_file_release(struct auth_file *f)
{
    free(f->path);
    free(f->helper);
    file_close(&f->lock);
    *f = (struct auth_file)AUTH_FILE_INIT;
}

/* ---- the file and its folder ---- */

/* The file behind a link; one that does not exist yet keeps its name. */
static int
follow_links(const char *path, char **out, struct err *err)
{
    struct stat st;

    *out = realpath(path, NULL);
    if (*out)
        return 0;
    if (errno != ENOENT)
        return err_errno(err, "cannot use '%s'", path);
    if (lstat(path, &st) == 0)
        return err_set(err, ERR_LOCAL, "'%s' is a link to a file that does not exist",
                       path);
    *out = xstrdup(path);
    return 0;
}

/* A file that only its owner can read would become unreadable for another one. */
static int
check_owner(const char *path, struct err *err)
{
    struct stat st;

    if (stat(path, &st) < 0 || st.st_uid == geteuid())
        return 0;
    return err_set(err, ERR_LOCAL, "'%s' belongs to another user", path);
}

static int
make_private_folder(const char *path, struct err *err)
{
    CLEANUP(mem_free_string) char *copy = xstrdup(path);

    for (char *p = copy + 1;; p++) {
        char end = *p;

        if (end != '/' && end != '\0')
            continue;
        *p = '\0';
        if (mkdir(copy, 0700) < 0 && errno != EEXIST)
            return err_errno(err, "cannot create the folder '%s'", copy);
        if (end == '\0')
            return 0;
        *p = end;
    }
}

static int
lock_folder(const char *folder, struct cancel *cancel, int *lock, struct err *err)
{
    enum { MOMENT_MS = 50 };
    CLEANUP(file_close) int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (fd < 0) {
        bool is_absent = errno == ENOENT;

        err_errno(err, "cannot open the folder '%s'", folder);
        err->kind = is_absent ? ERR_NOT_FOUND : ERR_LOCAL;
        return -1;
    }
    for (unsigned waited = 0; flock(fd, LOCK_EX | LOCK_NB) < 0; waited += MOMENT_MS) {
        if (errno != EWOULDBLOCK)
            return err_errno(err, "cannot lock the folder '%s'", folder);
        if (waited >= AUTH_FILE_WAIT_S * 1000)
            return err_set(err, ERR_CONFLICT,
                           "another process keeps the folder '%s' locked", folder);
        if (cancel_sleep(cancel, MOMENT_MS, err) < 0)
            return -1;
    }
    *lock = fd;
    fd = -1;
    return 0;
}

/* ---- reading ---- */

static void
wipe_text(struct buf *text)
{
    secret_wipe(text->data, text->cap);
    buf_release(text);
}

/* The text of the file; "{}" where there is none. */
static int
read_auth_file(const char *path, struct buf *out, struct err *err)
{
    struct err why = ERR_INIT;

    if (file_slurp(path, out, &why) == 0 && out->len > 0)
        return 0;
    if (why.kind != ERR_NONE && why.kind != ERR_NOT_FOUND) {
        *err = why;
        return -1;
    }
    return buf_add_text(out, "{}");
}

static int
read_entries(struct auth_file *f, const char *host, struct err *err)
{
    CLEANUP(wipe_text) struct buf text = BUF_INIT(CREDENTIALS_FILE_MAX);
    CLEANUP(mem_free_string) char *name = xasprintf("'%s'", f->path);
    struct source *s = credentials_source_new(name);
    const char *helper;
    bool only;
    int rc = read_auth_file(f->path, &text, err);

    if (rc == 0)
        rc = credentials_source_parse(s, text.data, text.len, err);
    helper = rc == 0 ? credentials_source_helper(s, host, &only) : NULL;
    f->helper = helper ? xstrdup(helper) : NULL;
    for (size_t i = 0; rc == 0 && i < s->count; i++)
        f->has_password |= s->entries[i].credential.user &&
                           s->entries[i].path[0] == '\0' &&
                           strcmp(s->entries[i].host, host) == 0;
    credentials_source_free(s);
    return rc;
}

int
auth_file_open(struct auth_file *out, const char *path, const char *host, bool make,
               struct cancel *cancel, struct err *err)
{
    CLEANUP(mem_free_string) char *copy = NULL;
    const char *folder;

    if (follow_links(path, &out->path, err) < 0 || check_owner(out->path, err) < 0)
        return -1;
    copy = xstrdup(out->path);
    folder = dirname(copy);
    if ((make && make_private_folder(folder, err) < 0) ||
        lock_folder(folder, cancel, &out->lock, err) < 0)
        return -1;
    return read_entries(out, host, err);
}

/* ---- changing ---- */

struct auth_edit {
    const char *host, *key;
    const struct credential *credential; /* NULL: remove */
    struct jsout *auths;                 /* the new ones */
    bool is_put;
};

/* A buffer that grows leaves copies behind. */
static void
allocate_once(struct buf *b)
{
    (void)!buf_resize(b, b->max);
    buf_clear(b);
}

/* {"auth": base64(USER:PASSWORD)} */
static int
put_entry(struct auth_edit *e)
{
    struct buf pair = BUF_INIT(2 * CREDENTIAL_VALUE_MAX + 1);
    struct buf coded = BUF_INIT(4 * CREDENTIAL_VALUE_MAX);
    struct jsout *entry = jsout_object();
    int rc = -1;

    allocate_once(&pair);
    allocate_once(&coded);
    if (buf_addf(&pair, "%s:%s", e->credential->user,
                 secret_get(&e->credential->password)) == 0 &&
        base64_encode(pair.data, pair.len, &coded) == 0) {
        jsout_put_text(entry, "auth", coded.data);
        rc = 0;
    }
    wipe_text(&pair);
    wipe_text(&coded);
    jsout_put(e->auths, e->key, entry);
    e->is_put = true;
    return rc;
}

/* Copy an entry; one of the host is replaced, or left out. */
static int
copy_entry(const char *key, const struct js *value, void *ctx)
{
    struct auth_edit *e = ctx;

    if (!credentials_key_is_for(key, e->host))
        jsout_put(e->auths, key, jsout_copy(value));
    else if (e->credential && !e->is_put)
        return put_entry(e);
    return 0;
}

/* The whole document with other entries.  Takes over e->auths. */
static int
edit_text(const struct buf *text, struct auth_edit *e, struct buf *out, struct err *err)
{
    CLEANUP(js_release) struct js *root = js_parse(text->data, text->len, ERR_USAGE, err);
    const struct js *old = NULL;
    struct jsout *whole;
    int rc = 0;

    if (!root) {
        jsout_free(e->auths);
        return -1;
    }
    if (js_object(root, "auths", &old) == 1)
        rc = js_each(old, copy_entry, e);
    if (rc == 0 && e->credential && !e->is_put)
        rc = put_entry(e);
    whole = jsout_copy(root);
    jsout_put(whole, "auths", e->auths);
    if (rc < 0) {
        jsout_free(whole);
        return err_set(err, ERR_LIMIT, "user name and password are too long");
    }
    return jsout_write_indented(whole, out, err);
}

int
auth_file_set(const struct auth_file *f, const char *host, const char *key,
              const struct credential *credential, struct err *err)
{
    CLEANUP(wipe_text) struct buf before = BUF_INIT(CREDENTIALS_FILE_MAX);
    CLEANUP(wipe_text) struct buf after = BUF_INIT(CREDENTIALS_FILE_MAX);
    struct auth_edit e = {.host = host, .key = key, .credential = credential};

    if (read_auth_file(f->path, &before, err) < 0)
        return -1;
    allocate_once(&after);
    e.auths = jsout_object();
    if (edit_text(&before, &e, &after, err) < 0 || buf_add_text(&after, "\n") < 0)
        return err_wrap(err, "'%s'", f->path);
    return file_put(f->path, after.data, after.len, 0600, false, err);
}
