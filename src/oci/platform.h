/* platform.h - what an image runs on, as an index says it.  For people to read.
 *
 * Layer:  oci.
 * Source: OCI image-spec v1.1, image-index.md, "platform".
 */
#ifndef OCI_PLATFORM_H
#define OCI_PLATFORM_H

#include "io/json.h"

#define PLATFORM_TEXT_MAX 96

/* "linux/arm64/v8", "windows/amd64:10.0.20348.2227"; escaped and cut: safe to show. */
struct platform {
    char text[PLATFORM_TEXT_MAX];
};

/*
 * From a descriptor's "platform" object or from an image config (same keys).
 * Returns: 1; 0 when it has neither os nor architecture; -1 on keys of a wrong type, or
 *          that differ from the known only by case.
 */
int platform_read(struct platform *out, const struct js *obj);

#endif
