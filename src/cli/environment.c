/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "cli/environment.h"

#include <stdlib.h>

const char *
environment_text(const char *name)
{
    return getenv(name);
}
