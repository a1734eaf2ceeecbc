/* SPDX-License-Identifier: Apache-2.0 */
/* completeness.h - the bundle contains exactly what its documents need, in order.
 *
 * Layer: bundle.
 */
#ifndef BUNDLE_READER_COMPLETENESS_H
#define BUNDLE_READER_COMPLETENESS_H

#include "bundle/format/sums.h"
#include "bundle/reader/bundle_content.h"

/*
 * Complete the set, whose entries are known, and check it against the members and
 * SHA256SUMS.
 */
MUST_USE int bundle_complete(struct bundle_content *c, const struct sums *sums,
                             struct err *err);

#endif
