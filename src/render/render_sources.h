/* SPDX-License-Identifier: Apache-2.0 */
/* render_sources.h - what was found out about the bundles that images come from.
 *
 * Layer: render.
 */
#ifndef RENDER_RENDER_SOURCES_H
#define RENDER_RENDER_SOURCES_H

#include "ops/source/sources.h"
#include "render/result.h"

/*
 * Lines and the JSON array "sources" for each bundle that was opened, also if it was
 * rejected: its signers, the overrides used, missing and damaged parts.  Nothing without
 * bundles.  err: the error that the command ends with.
 */
void result_sources(struct result *r, const struct sources *sources,
                    const struct err *err);

#endif
