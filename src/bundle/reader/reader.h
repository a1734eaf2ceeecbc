/* SPDX-License-Identifier: Apache-2.0 */
/* reader.h - strict reading of a bundle: any byte that the format does not require is
 * rejected.
 *
 * Three types for three levels of trust.  struct bundle_untrusted is the head, not even
 * parsed.  struct bundle was opened with an admission; only this can be pushed.  struct
 * bundle_preview is the same content for inspect, and no push function accepts it.
 *
 * Layer: bundle.
 * Source: docs/bundle-format.md.
 */
#ifndef BUNDLE_READER_READER_H
#define BUNDLE_READER_READER_H

#include "bundle/format/index.h"
#include "bundle/format/writer.h"
#include "bundle/reader/bundle_content.h"
#include "oci/admission.h"

struct bundle_untrusted;

/* Read the bytes of SHA256SUMS again.  Errors: as bundle_head(). */
MUST_USE int bundle_raw_sums(const struct bundle_untrusted *u, struct buf *out,
                             struct err *err);

/*
 * Read only the claims about the whole bundle from index.json, once it may be parsed: the
 * policy is applied to them before anything else is read.  The caller releases *missing.
 * Errors: as bundle_open().
 */
MUST_USE int bundle_read_meta(const struct bundle_untrusted *u,
                              const struct admission *admission, struct bundle_meta *out,
                              struct missing_list *missing, struct err *err);

struct bundle;
struct bundle_preview;

/*
 * Parse and check everything except the bodies of blobs that are not documents:
 * index.json, SHA256SUMS, each header, order, offsets, sizes against descriptors,
 * completeness, the end.  Documents are hashed before they are parsed.
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
