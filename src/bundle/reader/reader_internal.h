/* SPDX-License-Identifier: Apache-2.0 */
/* reader_internal.h - shared by the parts of the reader.
 *
 * - member_cursor.c: walks from member to member
 * - head.c: bundle_head(), up to the header of SHA256SUMS, not parsed
 * - add_signature.c: bundle_add_signature(), one more signature, in place
 * - reader.c: bundle_open(), bundle_preview(), the members and the end
 * - completeness.c: exactly what the documents need is present, in order
 * - omitted.c: except what SHA256SUMS lists as omitted, and the reason
 * - member_read.c: the bodies, bundle_check_member(), bundle_read_member()
 * - bundle_source.c: an admitted bundle as a source of images
 *
 * Layer: bundle, private.
 */
#ifndef BUNDLE_READER_READER_INTERNAL_H
#define BUNDLE_READER_READER_INTERNAL_H

#include "bundle/format/index.h"
#include "bundle/format/writer.h"
#include "bundle/reader/member_cursor.h"
#include "oci/admission.h"

struct bundle_untrusted {
    struct member_cursor cursor; /* at the body of SHA256SUMS */
    uint64_t pad_at;             /* offset of the header of signatures/.pad */
    uint64_t pad_size;           /* bytes of its body */
    bool pad_is_zero;            /* false after an interrupted signing */
    struct tar_entry sums;       /* its header */
    struct buf index;
    struct signature_file *signatures;
    size_t count;
};

/* Parse index.json, whose admission is checked. */
MUST_USE int bundle_read_index(const struct bundle_untrusted *u,
                               const struct admission *admission,
                               struct index_content *out, struct err *err);

#endif
