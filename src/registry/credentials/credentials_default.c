/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "registry/credentials/credentials_default.h"

#include "base/mem.h"
#include "io/file/file.h"
#include "registry/config/registries_conf.h"
#include "registry/credentials/podman_helpers.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int
credentials_load(struct credentials *c, const char *path, struct err *err)
{
    struct buf bytes = BUF_INIT(CREDENTIALS_FILE_MAX);
    CLEANUP(mem_free_string) char *name = xasprintf("'%s'", path);
    int rc = file_slurp(path, &bytes, err);

    if (rc == 0)
        rc = credentials_parse(c, name, bytes.data, bytes.len, err);
    secret_wipe(bytes.data, bytes.cap);
    buf_release(&bytes);
    return rc;
}

/* The value of a variable; NULL when unset or empty. */
static const char *
nonempty_variable(const char *name)
{
    const char *value = getenv(name);

    return value && value[0] != '\0' ? value : NULL;
}

/* Load a file that need not exist. */
static int
load_if_there(struct credentials *c, const char *path, struct err *err)
{
    struct err why = ERR_INIT;

    if (credentials_load(c, path, &why) == 0 || why.kind == ERR_NOT_FOUND)
        return 0;
    *err = why;
    return -1;
}

/* The file that podman login writes: until reboot, or permanent. */
static char *
podman_run_file(void)
{
    const char *runtime = nonempty_variable("XDG_RUNTIME_DIR");

    return runtime ? xasprintf("%s/containers/auth.json", runtime)
                   : xasprintf("/run/containers/%lu/auth.json", (unsigned long)getuid());
}

static char *
podman_user_file(void)
{
    return places_user("auth.json");
}

/* NULL when there is no home. */
static char *
docker_file(void)
{
    const char *dir = nonempty_variable("DOCKER_CONFIG"),
               *home = nonempty_variable("HOME");

    if (dir)
        return xasprintf("%s/config.json", dir);
    return home ? xasprintf("%s/.docker/config.json", home) : NULL;
}

static int
load_podman_files(struct credentials *c, struct err *err)
{
    CLEANUP(mem_free_string) char *run = podman_run_file();
    CLEANUP(mem_free_string) char *user = podman_user_file();

    if (load_if_there(c, run, err) < 0)
        return -1;
    return user ? load_if_there(c, user, err) : 0;
}

/* Its own files, or the helpers that its configuration lists instead. */
static int
load_podman(struct credentials *c, struct err *err)
{
    CLEANUP(podman_helpers_release) struct podman_helpers list = PODMAN_HELPERS_INIT;
    int rc = podman_helpers_load(&list, err);

    for (size_t i = 0; i < list.count && rc == 0; i++) {
        if (strcmp(list.names[i], PODMAN_FILES) == 0)
            rc = load_podman_files(c, err);
        else
            credentials_add_helper(c, list.names[i], "registries.conf");
    }
    return rc;
}

static int
load_docker(struct credentials *c, struct err *err)
{
    CLEANUP(mem_free_string) char *path = docker_file();

    return path ? load_if_there(c, path, err) : 0;
}

int
credentials_load_default(struct credentials *c, struct err *err)
{
    const char *file = nonempty_variable("REGISTRY_AUTH_FILE");
    const char *text = nonempty_variable("DOCKER_AUTH_CONFIG");

    if (file)
        return credentials_load(c, file, err) < 0 ? err_wrap(err, "$REGISTRY_AUTH_FILE")
                                                  : 0;
    if (text && credentials_parse(c, "$DOCKER_AUTH_CONFIG", text, strlen(text), err) < 0)
        return -1;
    if (load_podman(c, err) < 0)
        return -1;
    return load_docker(c, err);
}

void
login_place_release(struct login_place *p)
{
    free(p->path);
    free(p->helper);
    *p = (struct login_place)LOGIN_PLACE_INIT;
}

int
login_place_find(struct login_place *out, const char *given, struct err *err)
{
    CLEANUP(podman_helpers_release) struct podman_helpers list = PODMAN_HELPERS_INIT;
    const char *named = given ? given : nonempty_variable("REGISTRY_AUTH_FILE");

    if (named) {
        out->path = xstrdup(named);
        out->is_named = true;
        return 0;
    }
    if (podman_helpers_load(&list, err) < 0)
        return -1;
    out->is_docker = nonempty_variable("DOCKER_CONFIG") != NULL;
    if (list.count > 0 && strcmp(list.names[0], PODMAN_FILES) != 0)
        out->helper = xstrdup(list.names[0]);
    else
        out->path = out->is_docker ? docker_file() : podman_run_file();
    return 0;
}

void
credentials_default_files(struct secure_dir_names *out)
{
    char *places[] = {podman_run_file(), podman_user_file(), docker_file()};
    const char *file = nonempty_variable("REGISTRY_AUTH_FILE");

    if (file)
        secure_dir_names_add(out, file);
    for (size_t i = 0; i < COUNT_OF(places); i++) {
        if (places[i])
            secure_dir_names_add(out, places[i]);
        free(places[i]);
    }
}
