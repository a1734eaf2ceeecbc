/* SPDX-License-Identifier: Apache-2.0 */
/* completeness.h - everything that the documents need is in the bundle, in order, and
 * nothing else.
 *
 * Layer: bundle.
 */
#ifndef BUNDLE_READER_COMPLETENESS_H
#define BUNDLE_READER_COMPLETENESS_H

#include "bundle/reader/reader_internal.h"

/* Fill in the graph and check it against index and members, which are set. */
MUST_USE int bundle_complete(struct bundle_content *c, struct err *err);

#endif
