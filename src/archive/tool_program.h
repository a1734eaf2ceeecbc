/* SPDX-License-Identifier: Apache-2.0 */
/* tool_program.h - a static sealift as a source of one image: see tool_image.h.
 *
 * Layer:  archive.
 * Source: System V ABI, "ELF Header" and "Program Header".
 */
#ifndef ARCHIVE_TOOL_PROGRAM_H
#define ARCHIVE_TOOL_PROGRAM_H

#include "images/local_images.h"

/*
 * The image sealift.local/tool:VERSION-linux-ARCH, made of the program in that file; the
 * same program gives the same digest.
 * Errors: ERR_USAGE - not sealift, or one that needs libraries of its host; ERR_LIMIT -
 *         larger than TOOL_PROGRAM_MAX; ERR_NOT_FOUND, ERR_LOCAL.
 */
MUST_USE int tool_program_open(struct local_images *out, const char *path,
                               struct err *err);

#endif
