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

#include "bundle/format/index.h"
#include "bundle/format/writer.h"
#include "bundle/reader/bundle_content.h"
#include "oci/admission.h"

struct bundle_untrusted;

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

#endif
