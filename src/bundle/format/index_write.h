/* SPDX-License-Identifier: Apache-2.0 */
/* index_write.h - write index.json in its fixed form.
 *
 * Layer: bundle.
 */
#ifndef BUNDLE_FORMAT_INDEX_WRITE_H
#define BUNDLE_FORMAT_INDEX_WRITE_H

#include "bundle/format/index.h"

/*
 * Append index.json: compact, with keys in this order.
 *
 *   schemaVersion mediaType artifactType
 *   manifests, each: mediaType artifactType? digest size annotations:
 *       org.opencontainers.image.ref.name io.containerd.image.name?
 *   annotations: dev.sealift.format dev.sealift.stream dev.sealift.serial
 *       dev.sealift.created org.opencontainers.image.created dev.sealift.expires?
 *       dev.sealift.sums dev.sealift.members dev.sealift.bytes dev.sealift.tool
 *       dev.sealift.omits? dev.sealift.missing?
 *
 * Errors: ERR_LIMIT - out's maximum would be exceeded; out then contains part of it.
 */
MUST_USE int index_write(struct buf *out, const struct bundle_meta *meta,
                         const struct image_set *set, const struct index_pins *pins,
                         struct err *err);

#endif
