/* SPDX-License-Identifier: Apache-2.0 */
/* tar_layer.h - inspect an image layer: decompress it, hash it and check its names.
 * Nothing is written anywhere.
 *
 * Layer: io.
 * Source: OCI image-spec v1.1, layer.md; config.md, "rootfs".
 */
#ifndef IO_ARCHIVE_TAR_LAYER_H
#define IO_ARCHIVE_TAR_LAYER_H

#include "base/byte_stream.h"
#include "base/digest.h"

/* Maximum expansion: gzip cannot exceed it, and other packers do not in practice. */
#define TAR_LAYER_RATIO_MAX 1100
/* Bytes of all headers of one member, extensions included, rounded up to a read. */
#define TAR_LAYER_HEADERS_MAX (256 << 10)

/*
 * Unpack a tar, plain or compressed with gzip or zstd.  *diff_id: the SHA-256 of the tar.
 * Thread-safe, but zstd layers are processed one at a time: each may take 128 MiB.
 * Errors: ERR_INTEGRITY "layer" - it cannot be unpacked or is not a tar; it contains a
 * name or a hard link that points outside the image; it is compressed twice, has a header
 * beyond TAR_LAYER_HEADERS_MAX, or expands too much.  Those of the source.
 */
MUST_USE int tar_layer_look(const struct byte_source *source, struct digest *diff_id,
                            struct err *err);

/* As tar_layer_look(), of whatever is compressed: nothing is parsed. */
MUST_USE int tar_layer_diff_id(const struct byte_source *source, struct digest *diff_id,
                               struct err *err);

#endif
