/* SPDX-License-Identifier: Apache-2.0 */
/* extract_tool.h - take the program out of a verified bundle.
 *
 * Layer: ops.
 */
#ifndef OPS_VERIFY_EXTRACT_TOOL_H
#define OPS_VERIFY_EXTRACT_TOOL_H

#include "bundle/reader/reader.h"

struct extracted_tool {
    char *name, *path; /* the image, and the new file FOLDER/sealift */
};

#define EXTRACTED_TOOL_INIT                                                              \
    {                                                                                    \
        .name = NULL                                                                     \
    }
void extracted_tool_release(struct extracted_tool *t);

/*
 * Write the program for this machine's architecture as FOLDER/sealift, mode 0755.
 * Errors: ERR_NOT_FOUND - the bundle has none; ERR_CONFLICT - the file exists;
 *         ERR_INTEGRITY - it is not what export makes; ERR_LIMIT, ERR_LOCAL.
 */
MUST_USE int extract_tool(struct extracted_tool *out, struct bundle *b,
                          const char *folder, struct err *err);

#endif
