/* SPDX-License-Identifier: Apache-2.0 */
/* tar_layer.h - the inside of an image layer: decompressed, hashed, and its names looked
 * at.  Nothing is written anywhere.
 *
 * Layer:  io.
 * Source: OCI image-spec v1.1, layer.md; config.md, "rootfs".
 */
#ifndef IO_ARCHIVE_TAR_LAYER_H
#define IO_ARCHIVE_TAR_LAYER_H

#include "base/byte_stream.h"
#include "base/digest.h"

/* No honest packer makes more of a byte: gzip cannot. */
#define TAR_LAYER_RATIO_MAX 1100
/* Bytes of all headers of one member, extensions included, give or take what is read at
 * once. */
#define TAR_LAYER_HEADERS_MAX (256 << 10)

/*
 * Unpack a tar, a gzip or a zstd of one, whichever it is.  *diff_id: the SHA-256 of the
 * tar.  Threads may do so at once, but with a zstd they wait for each other: each could
 * take 128 MiB.
 * Errors: ERR_INTEGRITY "layer" - it cannot be unpacked or is no tar; it holds a name or
 * a hard link that leads out of the image; it is compressed twice, has a header beyond
 * TAR_LAYER_HEADERS_MAX, or grows beyond all proportion.  Those of the source.
 */
MUST_USE int tar_layer_look(const struct byte_source *source, struct digest *diff_id,
                            struct err *err);

#endif
