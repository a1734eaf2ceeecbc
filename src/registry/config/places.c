/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "registry/config/places.h"

#include "base/mem.h"

#include <stdlib.h>

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
