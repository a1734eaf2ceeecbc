/* SPDX-License-Identifier: Apache-2.0 */
/* member_read.h - read and hash the bodies of members.
 *
 * Layer: bundle.
 */
#ifndef BUNDLE_READER_MEMBER_READ_H
#define BUNDLE_READER_MEMBER_READ_H

#include "base/run.h"
#include "bundle/reader/bundle_content.h"

/* Options of hashing bodies; everything is borrowed. */
struct body_check {
    struct run *run; /* its events get the bytes as they are done */
    bool in_place; /* large bodies without a copy, see volumes_view(): the process may be
                      killed */
};

/*
 * Read and hash the body of one member.
 * Errors: ERR_INTEGRITY "digest" naming object and byte range; "truncated"; "padding";
 *         ERR_LOCAL.  Thread-safe.
 */
MUST_USE int bundle_check_member(const struct bundle_content *c, size_t member,
                                 const struct body_check *how, struct err *err);

/* Set the hint for such an error.  Always -1. */
int bundle_advise(struct err *err);

/*
 * Read a whole member (a document or a config) into out, whose maximum applies, and check
 * its digest.  On failure out is empty.
 * Errors: as bundle_check_member(); ERR_INTEGRITY "size" when it does not fit.
 *         Thread-safe.
 */
MUST_USE int bundle_read_member(const struct bundle_content *c, size_t member,
                                struct buf *out, struct err *err);

#endif
