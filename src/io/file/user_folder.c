/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "io/file/user_folder.h"

#include "base/mem.h"

#include <stdbool.h>

static bool
is_set(const char *path)
{
    return path && path[0] == '/';
}

char *
user_folder_path(const char *variable, const char *home, const char *below_home,
                 const char *rest)
{
    if (is_set(variable))
        return xasprintf("%s/%s", variable, rest);
    return is_set(home) ? xasprintf("%s/%s/%s", home, below_home, rest) : NULL;
}
