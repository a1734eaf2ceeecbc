/* SPDX-License-Identifier: Apache-2.0 */
/* layout_files.h - the files of an OCI layout, in a folder or in a tar.
 *
 * Layer: archive.
 */
#ifndef ARCHIVE_LAYOUT_FILES_H
#define ARCHIVE_LAYOUT_FILES_H

#include "base/byte_stream.h"

/* Used by many threads at once. */
struct layout_files {
    void *ctx;
    /*
     * Open a file by its name in the layout, "blobs/sha256/...".
     * Errors: ERR_NOT_FOUND; ERR_INTEGRITY - it is not a regular file; ERR_LOCAL.
     */
    int (*open)(void *ctx, const char *name, struct byte_source *out, struct err *err);
    void (*close)(struct byte_source *file);
    void (*free)(void *ctx);
};

#endif
