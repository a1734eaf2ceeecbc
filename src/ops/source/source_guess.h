/* SPDX-License-Identifier: Apache-2.0 */
/* source_guess.h - the transport of a file or folder that was given without one.
 *
 * Layer: ops.
 */
#ifndef OPS_SOURCE_SOURCE_GUESS_H
#define OPS_SOURCE_SOURCE_GUESS_H

#include "images/image_location.h"

/*
 * The transport that reads it; TRANSPORT_REGISTRY when it is neither an archive nor a
 * layout.  For hints only: a compressed archive counts as an OCI layout.
 */
enum image_transport source_guess(const char *path);

#endif
