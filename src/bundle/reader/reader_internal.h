/* SPDX-License-Identifier: Apache-2.0 */
/* reader_internal.h - what the parts of the reader share.
 *
 * member_cursor.c  walks from member to member
 * head.c           bundle_head(): up to the header of SHA256SUMS, nothing parsed
 * add_signature.c  bundle_add_signature(): one more signature, in place
 * reader.c         bundle_open(), bundle_preview(): the members and the end
 * completeness.c   everything the documents need is there, in order, and nothing else
 * omitted.c        but what SHA256SUMS says is left out, and why
 * member_read.c    the bodies: bundle_check_member(), bundle_read_member()
 * bundle_source.c  what an admission opened, as a source of images
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
    bool pad_is_zero;            /* as it must be, unless a signing was interrupted */
    struct tar_entry sums;       /* its header */
    struct buf index;
    struct signature_file *signatures;
    size_t count;
};

/* Parse index.json, which must be the one that was admitted. */
MUST_USE int bundle_read_index(const struct bundle_untrusted *u,
                               const struct admission *admission,
                               struct index_content *out, struct err *err);

#endif
