/* SPDX-License-Identifier: Apache-2.0 */
/* platform.h - the platform of an image, as in an index and as typed by users.
 *
 * Layer: oci.
 * Source: OCI image-spec v1.1, image-index.md, "platform"; containerd's platforms package
 *         for aliases.
 */
#ifndef OCI_PLATFORM_H
#define OCI_PLATFORM_H

#include "io/json/json.h"

#define PLATFORM_TEXT_MAX 128

struct platform {
    /* For output: "linux/arm64/v8", "windows/amd64:10.0.20348.2227"; escaped and cut. */
    char text[PLATFORM_TEXT_MAX];
    /* For comparison: OS/ARCH[/VARIANT][:VERSION] in the one normal form, "linux/arm64".
     * "" when os or architecture is missing or malformed, or both are "unknown". */
    char spec[PLATFORM_TEXT_MAX];
};

/*
 * From a descriptor's "platform" object or from an image config (same keys).
 * Returns: 1; 0 when it has neither os nor architecture; -1 on keys of a wrong type, or
 *          that differ from the known only by case.
 */
int platform_read(struct platform *out, const struct js *obj);

/*
 * The normal form of what a user typed; the len bytes at text need no NUL.
 *
 * Shape:  OS/ARCH[/VARIANT][:VERSION] of letters, digits, '_', '.', '-'; VERSION may end
 *         in '*'.  Case does not count;
 *         macos is darwin, x86_64 amd64, aarch64 arm64, i386 386, armhf arm/v7, armel
 *         arm/v6; arm is arm/v7, arm64/v8 arm64, amd64/v1 amd64.
 * Errors: ERR_USAGE.
 */
MUST_USE int platform_parse(char out[PLATFORM_TEXT_MAX], const char *text, size_t len,
                            struct err *err);

/*
 * Whether a platform, in its normal form, is one that was typed.  Without a version any
 * is; with one, versions that continue it after a '.', or after its '*'.
 */
bool platform_matches(const char *typed, const char *spec);

#endif
