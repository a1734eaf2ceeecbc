/* SPDX-License-Identifier: Apache-2.0 */
/* writer.h - write the members of a layout to a file, in any order, each byte once.
 *
 * Layer: bundle.
 */
#ifndef BUNDLE_FORMAT_WRITER_H
#define BUNDLE_FORMAT_WRITER_H

#include "bundle/format/layout.h"
#include "io/file/volumes.h"

/* A signature file in a bundle. */
struct signature_file {
    char name[64]; /* "<keyid16>.sigstore.json", without "signatures/" */
    char *bytes;
    size_t len;
};

void signature_file_release(struct signature_file *f);

/*
 * Write everything except blob bodies: bundle_write_start(), the header of every blob,
 * and bundle_write_end(), with all padding, so that no byte of an older content remains.
 * Errors: ERR_LIMIT - the signatures do not fit the area; ERR_LOCAL.
 */
MUST_USE int bundle_write_head(const struct layout *l, const struct volumes *to,
                               const struct signature_file *signatures, size_t count,
                               struct err *err);

/* The parts, for sequential writing: up to and including SHA256SUMS, */
MUST_USE int bundle_write_start(const struct layout *l, const struct volumes *to,
                                const struct signature_file *signatures, size_t count,
                                struct err *err);
/* the header of a blob, with the padding before it, */
MUST_USE int bundle_write_header(const struct layout *l, const struct volumes *to,
                                 size_t member, struct err *err);
/* and the end. */
MUST_USE int bundle_write_end(const struct layout *l, const struct volumes *to,
                              struct err *err);

/* Write len bytes of blob number member at offset `at` in it.  Thread-safe. */
MUST_USE int bundle_write_blob(const struct layout *l, const struct volumes *to,
                               size_t member, uint64_t at, const void *bytes, size_t len,
                               struct err *err);

#endif
