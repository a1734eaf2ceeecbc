/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "registry/config/registries_conf.h"

#include "base/mem.h"
#include "io/file/file.h"
#include "io/file/secure_dir.h"
#include "registry/config/toml.h"

#include <stdlib.h>

/* The receiver of the files. */
struct conf_reading {
    registries_conf_fn *fn;
    void *ctx;
};

/* 1, 0: it does not exist, -1. */
static int
read_file(const struct conf_reading *r, const char *path, struct err *err)
{
    CLEANUP(buf_release) struct buf text = BUF_INIT(TOML_BYTES_MAX);
    struct err why = ERR_INIT;

    if (file_slurp(path, &text, &why) < 0) {
        if (why.kind == ERR_NOT_FOUND)
            return 0;
        *err = why;
        return -1;
    }
    return r->fn(r->ctx, path, text.data ? text.data : "", text.len, err) < 0 ? -1 : 1;
}

/* Read each *.conf of a folder, in the order of names. */
static int
read_conf_folder(const struct conf_reading *r, const char *folder, struct err *err)
{
    CLEANUP(secure_dir_names_release)
    struct secure_dir_names names = SECURE_DIR_NAMES_INIT;
    struct err why = ERR_INIT;

    if (secure_dir_list_any(&names, folder, ".conf", &why) < 0) {
        if (why.kind == ERR_NOT_FOUND)
            return 0;
        *err = why;
        return -1;
    }
    for (size_t i = 0; i < names.count; i++) {
        CLEANUP(mem_free_string) char *path = xasprintf("%s/%s", folder, names.items[i]);

        if (read_file(r, path, err) < 0)
            return -1;
    }
    return 0;
}

static int
read_conf_files(const struct conf_reading *r, struct err *err)
{
    CLEANUP(mem_free_string) char *user = places_user("registries.conf");
    CLEANUP(mem_free_string) char *drop_ins = places_user("registries.conf.d");
    int rc = user ? read_file(r, user, err) : 0;

    if (rc == 0 && (read_file(r, PLACES_SYSTEM "/registries.conf", err) < 0 ||
                    read_conf_folder(r, PLACES_SYSTEM "/registries.conf.d", err) < 0))
        return -1;
    if (rc < 0)
        return -1;
    return drop_ins ? read_conf_folder(r, drop_ins, err) : 0;
}

int
registries_conf_read(registries_conf_fn *fn, void *ctx, struct err *err)
{
    const struct conf_reading r = {.fn = fn, .ctx = ctx};
    const char *file = getenv("CONTAINERS_REGISTRIES_CONF");
    int rc;

    if (!file || file[0] == '\0') {
        if (read_conf_files(&r, err) == 0)
            return 0;
        return err_hint(err, "it is the configuration of podman and skopeo; "
                             "CONTAINERS_REGISTRIES_CONF=/dev/null disables it");
    }
    rc = read_file(&r, file, err);
    if (rc == 0)
        return err_set(err, ERR_NOT_FOUND,
                       "$CONTAINERS_REGISTRIES_CONF: '%s' does not "
                       "exist",
                       file);
    return rc < 0 ? err_wrap(err, "$CONTAINERS_REGISTRIES_CONF") : 0;
}

char *
places_user(const char *rest)
{
    const char *config = getenv("XDG_CONFIG_HOME");
    const char *home = getenv("HOME");

    if (config && config[0] != '\0')
        return xasprintf("%s/containers/%s", config, rest);
    return home && home[0] != '\0' ? xasprintf("%s/.config/containers/%s", home, rest)
                                   : NULL;
}
