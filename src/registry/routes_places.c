#include "config.h"
#include "registry/routes.h"

#include "base/mem.h"
#include "io/file.h"
#include "io/folder.h"
#include "registry/places.h"
#include "registry/toml.h"

#include <stdlib.h>

/* 1, 0: it is not there, -1. */
static int
load_file(struct routes *r, const char *path, struct err *err)
{
    CLEANUP(buf_release) struct buf text = BUF_INIT(TOML_BYTES_MAX);
    struct err why = ERR_INIT;

    if (file_slurp(path, &text, &why) < 0) {
        if (why.kind == ERR_NOT_FOUND)
            return 0;
        *err = why;
        return -1;
    }
    return routes_add(r, path, text.data ? text.data : "", text.len, err) < 0 ? -1 : 1;
}

/* Each *.conf of a folder, in the order of their names. */
static int
load_folder(struct routes *r, const char *folder, struct err *err)
{
    CLEANUP(folder_names_release) struct folder_names names = FOLDER_NAMES_INIT;
    struct err why = ERR_INIT;

    if (folder_list_any(&names, folder, ".conf", &why) < 0) {
        if (why.kind == ERR_NOT_FOUND)
            return 0;
        *err = why;
        return -1;
    }
    for (size_t i = 0; i < names.count; i++) {
        CLEANUP(mem_free_string) char *path = xasprintf("%s/%s", folder, names.items[i]);

        if (load_file(r, path, err) < 0)
            return -1;
    }
    return 0;
}

static int
load_all(struct routes *r, struct err *err)
{
    CLEANUP(mem_free_string) char *user = places_user("registries.conf");
    CLEANUP(mem_free_string) char *drop_ins = places_user("registries.conf.d");
    int rc = user ? load_file(r, user, err) : 0;

    if (rc == 0 && (load_file(r, PLACES_SYSTEM "/registries.conf", err) < 0 ||
                    load_folder(r, PLACES_SYSTEM "/registries.conf.d", err) < 0))
        return -1;
    if (rc < 0)
        return -1;
    return drop_ins ? load_folder(r, drop_ins, err) : 0;
}

int
routes_load_default(struct routes *r, struct err *err)
{
    const char *file = getenv("CONTAINERS_REGISTRIES_CONF");
    int rc;

    if (!file || file[0] == '\0') {
        if (load_all(r, err) == 0)
            return 0;
        return err_hint(err, "it is the configuration of podman and skopeo; "
                             "CONTAINERS_REGISTRIES_CONF=/dev/null goes without");
    }
    rc = load_file(r, file, err);
    if (rc == 0)
        return err_set(err, ERR_NOT_FOUND,
                       "$CONTAINERS_REGISTRIES_CONF: '%s' does not "
                       "exist",
                       file);
    return rc < 0 ? err_wrap(err, "$CONTAINERS_REGISTRIES_CONF") : 0;
}
