/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "io/file/secure_open.h"

#include "base/mem.h"
#include "io/file/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LINKS_MAX = 40 };

/*
 * A path is walked name by name, so that each link and each folder that a link leads
 * through is checked: a user who may write there controls the result.
 */
struct path_walk {
    int at;      /* the folder reached so far */
    char *where; /* its path with a trailing slash, for messages; "" is the current one */
    char *todo;  /* the rest of the path */
    unsigned links;   /* followed so far */
    bool has_strayed; /* a link led outside the folder it is in */
};

static void
walk_release(struct path_walk *w)
{
    file_close(&w->at);
    free(w->where);
    free(w->todo);
}

/* ---- owner and permissions ---- */

static int
check_owner(const struct stat *st, const char *path, struct err *err)
{
    if (st->st_uid == 0 || st->st_uid == geteuid())
        return 0;
    err_set(err, ERR_USAGE, "'%s' belongs to another user, %u", path,
            (unsigned)st->st_uid);
    return err_hint(err, "files that decide about trust must belong to root or to you: "
                         "chown it after checking its content");
}

static int
check_path_mode(const struct stat *st, const char *path, struct err *err)
{
    if ((st->st_mode & (S_IWGRP | S_IWOTH)) == 0)
        return 0;
    err_set(err, ERR_USAGE, "'%s' is writable by other users", path);
    return err_hint(err, "chmod go-w '%s' after checking its content", path);
}

/*
 * On the way of a link, above what is read, a sticky folder like /tmp is accepted: our
 * files in it cannot be replaced by others.
 */
static bool
is_way_only(const struct path_walk *w, const struct stat *st)
{
    return w->has_strayed && (st->st_mode & S_ISVTX) != 0 && strchr(w->todo, '/') != NULL;
}

/* ---- one step ---- */

/* A dangling link is not the same as an absent file: it was meant to exist. */
static int
path_error(const struct path_walk *w, const char *path, struct err *err)
{
    bool is_absent = errno == ENOENT && w->links == 0;

    err_errno(err, "cannot open '%s'", path);
    if (is_absent)
        err->kind = ERR_NOT_FOUND;
    return -1;
}

static bool
is_up(const char *name)
{
    return strcmp(name, "..") == 0;
}

/* The next name of the path, owned. */
static char *
take_name(struct path_walk *w)
{
    const char *from = w->todo + strspn(w->todo, "/");
    size_t len = strcspn(from, "/");
    const char *rest = from + len + strspn(from + len, "/");
    char *name = len > 0 ? xasprintf("%.*s", (int)len, from) : xstrdup(".");
    char *todo = xstrdup(rest);

    free(w->todo);
    w->todo = todo;
    return name;
}

static int
follow_link(struct path_walk *w, int link, const char *path, struct err *err)
{
    char target[PATH_MAX];
    ssize_t len = readlinkat(link, "", target, sizeof(target) - 1);
    char *todo;

    if (len <= 0)
        return path_error(w, path, err);
    target[len] = '\0';
    if (++w->links > LINKS_MAX)
        return err_set(err, ERR_USAGE, "'%s': too many links", path);
    todo = xasprintf("%s%s%s", target, w->todo[0] != '\0' ? "/" : "", w->todo);
    free(w->todo);
    w->todo = todo;
    if (target[0] != '/')
        return 0;
    w->has_strayed = true;
    file_close(&w->at);
    w->at = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (w->at < 0)
        return path_error(w, "/", err);
    free(w->where);
    w->where = xstrdup("/");
    return 0;
}

static void
enter(struct path_walk *w, int *fd, const char *name)
{
    char *where = xasprintf("%s%s/", w->where, name);

    free(w->where);
    w->where = where;
    file_close(&w->at);
    w->at = *fd;
    *fd = -1;
}

/* Open the last name for reading.  It is what was checked, unless it became a link. */
static int
open_last(const struct path_walk *w, const char *name, const char *path, int flags,
          struct err *err)
{
    CLEANUP(file_close) int fd = -1;
    struct stat st;
    int opened;

    fd = openat(w->at, name, flags | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &st) < 0)
        return path_error(w, path, err);
    if (check_owner(&st, path, err) < 0 || check_path_mode(&st, path, err) < 0)
        return -1;
    opened = fd;
    fd = -1;
    return opened;
}

/* Returns: a descriptor of the end of the path, -2 when there is more to walk, or -1. */
static int
step(struct path_walk *w, int flags, struct err *err)
{
    CLEANUP(mem_free_string) char *name = take_name(w), *path = NULL;
    CLEANUP(file_close) int fd = -1;
    struct stat st;
    bool is_last = w->todo[0] == '\0';

    path = xasprintf("%s%s", w->where, name);
    fd = openat(w->at, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &st) < 0)
        return path_error(w, path, err);
    if (check_owner(&st, path, err) < 0)
        return -1;
    if (S_ISLNK(st.st_mode))
        return follow_link(w, fd, path, err) < 0 ? -1 : -2;
    if (is_last)
        return open_last(w, name, path, flags, err);
    w->has_strayed = w->has_strayed || is_up(name);
    if (!is_way_only(w, &st) && check_path_mode(&st, path, err) < 0)
        return -1;
    enter(w, &fd, name);
    return -2;
}

/* ---- the whole path ---- */

/* Offset of the last `count` names of a path. */
static size_t
tail_of(const char *path, size_t count)
{
    size_t at = strlen(path), root = path[0] == '/' ? 1 : 0;

    while (count-- > 0) {
        while (at > root && path[at - 1] == '/')
            at--;
        while (at > root && path[at - 1] != '/')
            at--;
    }
    return at;
}

int
secure_dir_open(const char *path, size_t checked, int flags, struct err *err)
{
    CLEANUP(walk_release) struct path_walk w = {.at = -1};
    size_t tail = tail_of(path, checked);
    int fd = -2;

    w.where = xasprintf("%.*s", (int)tail, path);
    w.todo = xstrdup(path + tail);
    if (tail == 0 && path[0] != '\0')
        w.at = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
    else
        w.at = open(w.where, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (w.at < 0)
        return path_error(&w, path, err);
    while (fd == -2)
        fd = step(&w, flags, err);
    return fd;
}
