/* SPDX-License-Identifier: Apache-2.0 */
/* tool_image.h - sealift itself as an artifact: it travels in a bundle, signed with it.
 *
 * Its only layer is a plain tar of one member, the static program, so that tar alone
 * takes it out of a bundle.
 *
 * Layer:  images.
 * Source: docs/bundle-format.md, "The program".
 */
#ifndef IMAGES_TOOL_IMAGE_H
#define IMAGES_TOOL_IMAGE_H

#include "images/image_set.h"

#define TOOL_ARTIFACT_TYPE "application/vnd.sealift.tool.v1"
#define TOOL_HOST          "sealift.local"
#define TOOL_PATH          "tool"
#define TOOL_MEMBER        "sealift"   /* of the tar */
#define TOOL_PROGRAM_MAX   (64U << 20) /* bytes */

/* Whether an entry is one: by its type, under a name that no registry has. */
bool tool_image_is(const struct image_entry *entry);

#endif
