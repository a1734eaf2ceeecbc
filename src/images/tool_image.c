/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "images/tool_image.h"

#include <string.h>

bool
tool_image_is(const struct image_entry *entry)
{
    return strcmp(entry->artifact_type, TOOL_ARTIFACT_TYPE) == 0 &&
           strcmp(entry->ref.host, TOOL_HOST) == 0 &&
           strcmp(entry->ref.path, TOOL_PATH) == 0;
}
