/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "trust/place.h"

#include "base/mem.h"
#include "io/file/user_folder.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

void
trust_place_choose(struct trust_place *out, const struct trust_surroundings *s)
{
    CLEANUP(mem_free_string)
    char *dir = user_folder_path(s->config_home, s->home, ".config", "sealift/trust");
    CLEANUP(mem_free_string)
    char *state =
        user_folder_path(s->state_home, s->home, ".local/state", "sealift/state");
    bool is_of_system = s->is_root || s->has_system_store || !dir || !state;

    out->dir = xstrdup(is_of_system ? STORE_SYSTEM : dir);
    out->state = xstrdup(is_of_system ? STATE_SYSTEM : state);
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
