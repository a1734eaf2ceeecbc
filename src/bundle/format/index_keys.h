/* SPDX-License-Identifier: Apache-2.0 */
/* index_keys.h - the names of the annotations in index.json.
 *
 * Layer: bundle, private.
 * Source: docs/bundle-format.md, "index.json".
 */
#ifndef BUNDLE_FORMAT_INDEX_KEYS_H
#define BUNDLE_FORMAT_INDEX_KEYS_H

#define BUNDLE_TYPE "application/vnd.sealift.bundle.v1"

/* Annotations of an entry. */
#define REF_NAME   "org.opencontainers.image.ref.name"
#define IMAGE_NAME "io.containerd.image.name"

/* Annotations of the index. */
#define PREFIX      "dev.sealift."
#define FORMAT      PREFIX "format"
#define STREAM      PREFIX "stream"
#define SERIAL      PREFIX "serial"
#define CREATED     PREFIX "created"
#define OCI_CREATED "org.opencontainers.image.created"
#define EXPIRES     PREFIX "expires"
#define SUMS        PREFIX "sums"
#define MEMBERS     PREFIX "members"
#define BYTES       PREFIX "bytes"
#define TOOL        PREFIX "tool"
#define OMITS       PREFIX "omits"
#define MISSING     PREFIX "missing"
#define BASE        PREFIX "base"

/* Reasons for leaving objects out: values of OMITS. */
#define BY_PLATFORM "platform"
#define INCOMPLETE  "incomplete"
#define FOR_BOTH    BY_PLATFORM "," INCOMPLETE

#endif
