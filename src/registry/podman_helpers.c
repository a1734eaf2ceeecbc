#include "config.h"
#include "registry/podman_helpers.h"

#include "base/mem.h"
#include "base/text.h"
#include "io/file.h"
#include "registry/credential_helper.h"

#include <dirent.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

void
podman_helpers_release(struct podman_helpers *h)
{
    for (size_t i = 0; i < h->count; i++)
        free(h->names[i]);
    h->count = 0;
}

/* ---- as much of TOML as it takes to find one key before the first table ---- */

static const char *
skip_blanks(const char *p)
{
    return p + strspn(p, " \t");
}

/* Blanks, line ends, comments. */
static const char *
skip_space(const char *p)
{
    for (;;) {
        p += strspn(p, " \t\r\n");
        if (*p != '#')
            return p;
        p += strcspn(p, "\n");
    }
}

/* Behind the string that begins at p, in any of its four forms; NULL: it has no end. */
static const char *
skip_string(const char *p)
{
    char quote = *p;
    bool is_long = p[1] == quote && p[2] == quote;

    for (p += is_long ? 3 : 1; *p != '\0'; p++) {
        if (*p == '\\' && quote == '"' && p[1] != '\0')
            p++;
        else if (*p == quote && !is_long)
            return p + 1;
        else if (*p == quote && p[1] == quote && p[2] == quote)
            return p + 3;
        else if (*p == '\n' && !is_long)
            return NULL;
    }
    return NULL;
}

/* Behind a value of whatever kind: the end of its line, of which it may have several. */
static const char *
skip_value(const char *p)
{
    int depth = 0;

    while (p && *p != '\0' && (*p != '\n' || depth > 0)) {
        if (*p == '"' || *p == '\'') {
            p = skip_string(p);
        } else if (*p == '#') {
            p += strcspn(p, "\n");
        } else {
            depth += *p == '[' || *p == '{';
            depth -= *p == ']' || *p == '}';
            p++;
        }
    }
    return p;
}

/* The key at *p, without quotes, up to its "="; NULL: that is none.  The caller frees. */
static char *
take_key(const char **p)
{
    const char *start = *p, *end;
    bool quoted = *start == '"' || *start == '\'';
    const char *after = quoted ? skip_string(start) : start + strcspn(start, " \t=\r\n#");

    if (!after || after == start)
        return NULL;
    end = quoted ? after - 1 : after;
    start += quoted;
    *p = skip_blanks(after);
    if (**p != '=')
        return NULL;
    *p = skip_blanks(*p + 1);
    return xstrndup(start, (size_t)(end - start));
}

/* ["a", 'b'] at p: plain strings only.  -1 when it is anything else. */
static int
take_names(const char *p, struct podman_helpers *out)
{
    if (*p != '[')
        return -1;
    for (p = skip_space(p + 1); *p != ']'; p = skip_space(p)) {
        const char *end = *p == '"' || *p == '\'' ? skip_string(p) : NULL;
        char *name;

        if (!end || out->count == PODMAN_HELPERS_MAX)
            return -1;
        name = xstrndup(p + 1, (size_t)(end - p) - 2);
        out->names[out->count++] = name;
        if (!helper_name_is_valid(name))
            return -1;
        p = skip_space(end);
        if (*p == ',')
            p++;
        else if (*p != ']')
            return -1;
    }
    return 0;
}

int
podman_helpers_parse(struct podman_helpers *out, const char *text, struct err *err)
{
    CLEANUP(podman_helpers_release)
    struct podman_helpers found = PODMAN_HELPERS_INIT;
    const char *p = skip_space(text);

    while (p && *p != '\0' && *p != '[') {
        CLEANUP(mem_free_string) char *key = take_key(&p);

        if (!key)
            return 0; /* no file of this kind: podman's to complain about */
        if (strcmp(key, "credential-helpers") != 0) {
            p = skip_value(p);
            p = p ? skip_space(p) : NULL;
            continue;
        }
        if (take_names(p, &found) < 0)
            return err_set(err, ERR_USAGE,
                           "\"credential-helpers\" is not a list of credential helpers");
        if (found.count == 0)
            return 0; /* the same as none */
        podman_helpers_release(out);
        *out = found;
        found.count = 0;
        return 1;
    }
    return 0;
}

/* ---- where it is ---- */

/* named: by the user, so that it has to exist. */
static int
load_file(struct podman_helpers *out, const char *path, bool named, struct err *err)
{
    enum { CONFIG_MAX = 1 << 20 }; /* bytes */
    CLEANUP(buf_release) struct buf text = BUF_INIT(CONFIG_MAX);
    int rc = file_slurp(path, &text, err);

    if (rc < 0 && err->kind == ERR_NOT_FOUND && !named) {
        *err = (struct err)ERR_INIT;
        return 0;
    }
    if (rc < 0)
        return -1;
    if (podman_helpers_parse(out, text.data, err) < 0)
        return err_wrap(err, "'%s'", path);
    return 1;
}

static int
is_config(const struct dirent *d)
{
    size_t len = strlen(d->d_name);

    return d->d_name[0] != '.' && len > 5 && strcmp(d->d_name + len - 5, ".conf") == 0;
}

/* All files of a folder, in the order of their names. */
static int
load_folder(struct podman_helpers *out, const char *dir, struct err *err)
{
    struct dirent **found = NULL;
    int count = scandir(dir, &found, is_config, alphasort), rc = 0;

    for (int i = 0; i < count; i++) {
        CLEANUP(mem_free_string)
        char *path = xasprintf("%s/%s", dir, found[i]->d_name);

        if (rc >= 0)
            rc = load_file(out, path, false, err);
        free(found[i]);
    }
    free(found);
    return rc < 0 ? -1 : 0;
}

static int
load_main(struct podman_helpers *out, const char *users, struct err *err)
{
    const char *named = getenv("CONTAINERS_REGISTRIES_CONF");
    int rc = 0;

    if (named && named[0] != '\0')
        return load_file(out, named, true, err);
    if (users)
        rc = load_file(out, users, false, err);
    return rc == 0 ? load_file(out, "/etc/containers/registries.conf", false, err) : rc;
}

int
podman_helpers_load(struct podman_helpers *out, const char *home, struct err *err)
{
    static const char path[] = ".config/containers/registries.conf";
    CLEANUP(mem_free_string) char *users = home ? xasprintf("%s/%s", home, path) : NULL;
    CLEANUP(mem_free_string)
    char *folder = home ? xasprintf("%s/%s.d", home, path) : NULL;

    out->names[out->count++] = xstrdup(PODMAN_FILES);
    if (load_main(out, users, err) < 0 ||
        load_folder(out, "/etc/containers/registries.conf.d", err) < 0 ||
        (folder && load_folder(out, folder, err) < 0))
        return -1;
    return 0;
}
