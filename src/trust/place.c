/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "trust/place.h"

#include "base/mem.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static bool
is_absolute(const char *path)
{
    return path && path[0] == '/';
}

/* A folder of the user by the XDG base directory specification.  The caller frees it. */
static char *
user_folder(const char *variable, const char *home, const char *below_home,
            const char *rest)
{
    return is_absolute(variable) ? xasprintf("%s/%s", variable, rest)
                                 : xasprintf("%s/%s/%s", home, below_home, rest);
}

void
trust_place_choose(struct trust_place *out, const struct trust_surroundings *s)
{
    bool has_user_folders = is_absolute(s->home) ||
                            (is_absolute(s->config_home) && is_absolute(s->state_home));

    if (s->is_root || s->has_system_store || !has_user_folders) {
        out->dir = xstrdup(STORE_SYSTEM);
        out->state = xstrdup(STATE_SYSTEM);
        return;
    }
    out->dir = user_folder(s->config_home, s->home, ".config", "sealift/trust");
    out->state = user_folder(s->state_home, s->home, ".local/state", "sealift/state");
}

void
trust_place_find(struct trust_place *out, const char *dir)
{
    struct stat st;

    if (dir) {
        out->dir = xstrdup(dir);
        out->state = xasprintf("%s/state", dir);
        return;
    }
    trust_place_choose(out, &(struct trust_surroundings){
                                .is_root = geteuid() == 0,
                                .has_system_store = stat(STORE_SYSTEM, &st) == 0 ||
                                                    (errno != ENOENT && errno != ENOTDIR),
                                .config_home = getenv("XDG_CONFIG_HOME"),
                                .state_home = getenv("XDG_STATE_HOME"),
                                .home = getenv("HOME"),
                            });
}

void
trust_place_release(struct trust_place *p)
{
    free(p->dir);
    free(p->state);
    *p = (struct trust_place)TRUST_PLACE_INIT;
}
