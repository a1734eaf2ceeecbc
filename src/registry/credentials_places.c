#include "config.h"
#include "registry/credentials.h"

#include "base/mem.h"
#include "io/file.h"
#include "registry/podman_helpers.h"

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

/* Empty counts as not set. */
static const char *
variable(const char *name)
{
    const char *value = getenv(name);

    return value && value[0] != '\0' ? value : NULL;
}

/* A place that need not exist: dir/rest. */
static int
load_if_there(struct credentials *c, const char *dir, const char *rest, struct err *err)
{
    CLEANUP(mem_free_string) char *path = xasprintf("%s/%s", dir, rest);
    struct err why = ERR_INIT;

    if (credentials_load(c, path, &why) == 0 || why.kind == ERR_NOT_FOUND)
        return 0;
    *err = why;
    return -1;
}

/* What podman login writes: until the machine stops, or for good. */
static int
load_podman_files(struct credentials *c, const char *home, struct err *err)
{
    CLEANUP(mem_free_string)
    char *run = xasprintf("/run/containers/%lu", (unsigned long)getuid());
    const char *runtime = variable("XDG_RUNTIME_DIR");
    const char *config = variable("XDG_CONFIG_HOME");

    if (runtime ? load_if_there(c, runtime, "containers/auth.json", err) < 0
                : load_if_there(c, run, "auth.json", err) < 0)
        return -1;
    if (config)
        return load_if_there(c, config, "containers/auth.json", err);
    return home ? load_if_there(c, home, ".config/containers/auth.json", err) : 0;
}

/* Its own files, or the helpers that its configuration has instead of them. */
static int
load_podman(struct credentials *c, const char *home, struct err *err)
{
    CLEANUP(podman_helpers_release) struct podman_helpers list = PODMAN_HELPERS_INIT;
    int rc = podman_helpers_load(&list, home, err);

    for (size_t i = 0; i < list.count && rc == 0; i++) {
        if (strcmp(list.names[i], PODMAN_FILES) == 0)
            rc = load_podman_files(c, home, err);
        else
            credentials_add_helper(c, list.names[i], "registries.conf");
    }
    return rc;
}

static int
load_docker(struct credentials *c, const char *home, struct err *err)
{
    const char *dir = variable("DOCKER_CONFIG");

    if (dir)
        return load_if_there(c, dir, "config.json", err);
    return home ? load_if_there(c, home, ".docker/config.json", err) : 0;
}

int
credentials_load_default(struct credentials *c, struct err *err)
{
    const char *file = variable("REGISTRY_AUTH_FILE");
    const char *text = variable("DOCKER_AUTH_CONFIG");
    const char *home = variable("HOME");

    if (file)
        return credentials_load(c, file, err) < 0 ? err_wrap(err, "$REGISTRY_AUTH_FILE")
                                                  : 0;
    if (text && credentials_parse(c, "$DOCKER_AUTH_CONFIG", text, strlen(text), err) < 0)
        return -1;
    if (load_podman(c, home, err) < 0)
        return -1;
    return load_docker(c, home, err);
}
