/* SPDX-License-Identifier: Apache-2.0 */
/* reader.h - a bundle read strictly: any byte that the format does not ask for is
 * refused.
 *
 * Three types for three degrees of trust.  struct bundle_untrusted is the head, not even
 * parsed.  struct bundle is what an admission opened; only that can be pushed.  struct
 * bundle_preview is the same content for inspect, and no push function takes it.
 *
 * Layer:  bundle.
 * Source: docs/bundle-format.md.
 */
#ifndef BUNDLE_READER_READER_H
#define BUNDLE_READER_READER_H

#include "base/cancel.h"
#include "base/events.h"
#include "bundle/format/index.h"
#include "bundle/format/writer.h"
#include "io/file/volumes.h"
#include "oci/admission.h"
#include "oci/graph.h"

struct bundle_untrusted;

/*
 * Read oci-layout, the raw index.json and the signature area.  The
 * files are borrowed and must stay open as long as anything read through them lives.
 * Errors: ERR_INTEGRITY (order header padding extra missing duplicate truncated
 *         interrupted-sign) with offsets; ERR_LOCAL - read errors.
 */
struct bundle_untrusted *bundle_head(struct volumes file, struct err *err);
/*
 * The same for whoever adds a signature: a pad that is not zero, as a signing leaves it
 * that was killed, is no error, and bundle_add_signature() mends it.
 */
struct bundle_untrusted *bundle_head_to_sign(struct volumes file, struct err *err);
void bundle_untrusted_release(struct bundle_untrusted **u);

/* The exact bytes to judge, borrowed. */
const void *bundle_raw_index(const struct bundle_untrusted *u, size_t *len);
/* What is in signatures/, of every kind, in order; borrowed. */
const struct signature_file *bundle_signatures(const struct bundle_untrusted *u,
                                               size_t *count);

/* The bytes of SHA256SUMS, read again.  Errors: as bundle_head(). */
MUST_USE int bundle_raw_sums(const struct bundle_untrusted *u, struct buf *out,
                             struct err *err);

/*
 * Only what index.json says about the whole, once it may be parsed: policy is judged by
 * it before anything else is read.  The caller releases *missing.
 * Errors: as bundle_open().
 */
MUST_USE int bundle_read_meta(const struct bundle_untrusted *u,
                              const struct admission *admission, struct bundle_meta *out,
                              struct missing_list *missing, struct err *err);

/*
 * Put one more file into signatures/, in place: a part of the pad becomes the member, and
 * no other byte of the bundle changes, nor its size.  The file must be open for writing,
 * and nobody else may do the same meanwhile.  *u stays what it was before.
 *
 * Killed or without power at any point, the bundle is what it was, or refused as
 * "interrupted-sign", or has the new signature; add_signature.c says why.
 *
 * Errors: ERR_LIMIT - no room in the area, or 64 already; ERR_CONFLICT - one of that name
 *         is there; ERR_LOCAL.
 */
MUST_USE int bundle_add_signature(const struct bundle_untrusted *u,
                                  const struct signature_file *f, struct err *err);

/* What is in a bundle, once parsed. */
struct bundle_content {
    struct index_content index;
    struct bundle_member *members; /* in file order: documents, configs, others */
    size_t member_count;
    struct bundle_omitted *omitted; /* what was left out, as SHA256SUMS says */
    size_t omitted_count;
    struct graph *graph;        /* finished; edges of every document */
    uint32_t *object_of_member; /* graph id of each member */
    uint32_t *member_of_object; /* and back; GRAPH_NONE of what is left out */
    bool *is_missing;           /* by graph id: left out because it could not be had */
    uint64_t total;             /* bytes, the two zero blocks included */
    struct volumes file;        /* borrowed */
};

struct bundle;
struct bundle_preview;

/*
 * Parse and check everything but the bodies of blobs that are no documents: index.json,
 * SHA256SUMS, each header, order, offsets, sizes against descriptors, completeness, the
 * end.  Documents are hashed before they are parsed.
 * Errors: as bundle_head(), and digest size sums trailing format json; ERR_INTERNAL when
 *         the admission is not for these index bytes.
 */
struct bundle *bundle_open(const struct bundle_untrusted *u,
                           const struct admission *admission, struct err *err);
struct bundle_preview *bundle_preview(const struct bundle_untrusted *u, struct err *err);
void bundle_release(struct bundle **b);
void bundle_preview_release(struct bundle_preview **p);

const struct bundle_content *bundle_content(const struct bundle *b);
const struct bundle_content *bundle_preview_content(const struct bundle_preview *p);

/* How bodies are hashed; everything is borrowed. */
struct body_check {
    struct cancel *cancel;
    const struct events *progress; /* gets the bytes as they are done */
    bool
        in_place; /* large ones without a copy, as volumes_view() has it: may be killed */
};

/*
 * Hash the body of one member, from the file.
 * Errors: ERR_INTEGRITY "digest" naming object and byte range; "truncated"; "padding";
 *         ERR_LOCAL.  Thread-safe.
 */
MUST_USE int bundle_check_member(const struct bundle_content *c, size_t member,
                                 const struct body_check *how, struct err *err);

/* What to do about such an error, as a hint.  Always -1. */
int bundle_advise(struct err *err);

/*
 * Read a whole member (a document or a config) into out, which bounds it, and check its
 * digest.  On failure out is empty.
 * Errors: as bundle_check_member(); ERR_INTEGRITY "size" when it does not fit.
 *         Thread-safe.
 */
MUST_USE int bundle_read_member(const struct bundle_content *c, size_t member,
                                struct buf *out, struct err *err);

#endif
