#include "config.h"
#include "registry/podman_helpers.h"

#include "base/mem.h"
#include "io/file.h"
#include "registry/credential_helper.h"
#include "registry/toml.h"

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

/* ---- the list of one file ---- */

struct load {
    struct podman_helpers found;
    bool is_top; /* before the first table */
};

static int
take_table(void *ctx, const char *name, bool is_element, unsigned line, struct err *err)
{
    struct load *load = ctx;

    (void)name, (void)is_element, (void)line, (void)err;
    load->is_top = false;
    return 0;
}

static int
take_value(void *ctx, const char *key, const struct toml_value *value, struct err *err)
{
    struct load *load = ctx;

    if (!load->is_top || strcmp(key, "credential-helpers") != 0)
        return 0;
    if (value->kind != TOML_ARRAY || value->count > PODMAN_HELPERS_MAX)
        return err_set(err, ERR_USAGE, "'%s' is not a list of up to %d names", key,
                       PODMAN_HELPERS_MAX);
    for (size_t i = 0; i < value->count; i++) {
        if (!helper_name_is_valid(value->items[i]))
            return err_set(err, ERR_USAGE, "'%s' has a name that is not usable", key);
        load->found.names[load->found.count++] = xstrdup(value->items[i]);
    }
    return 0;
}

int
podman_helpers_parse(struct podman_helpers *out, const char *name, const char *bytes,
                     size_t len, struct err *err)
{
    struct load load = {.is_top = true};
    const struct toml_reader reader = {
        .table = take_table, .value = take_value, .ctx = &load};

    if (toml_read(name, bytes, len, &reader, err) < 0) {
        podman_helpers_release(&load.found);
        return -1;
    }
    if (load.found.count == 0)
        return 0; /* an empty list is the same as none */
    podman_helpers_release(out);
    *out = load.found;
    return 1;
}

/* ---- where it is ---- */

/* named: by the user, so that it has to exist. */
static int
load_file(struct podman_helpers *out, const char *path, bool named, struct err *err)
{
    CLEANUP(buf_release) struct buf text = BUF_INIT(TOML_BYTES_MAX);
    int rc = file_slurp(path, &text, err);

    if (rc < 0 && err->kind == ERR_NOT_FOUND && !named) {
        *err = (struct err)ERR_INIT;
        return 0;
    }
    if (rc < 0)
        return -1;
    return podman_helpers_parse(out, path, text.data, text.len, err) < 0 ? -1 : 1;
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
