/* SPDX-License-Identifier: Apache-2.0 */
/* chart.h - the images that a Helm chart lists in its annotations.
 *
 * A chart is never rendered.  Its annotations "artifacthub.io/images", "helm.sh/images"
 * (of zarf) and "images" (of hauler) hold a list in YAML.
 *
 * Layer: lists.
 * Source: artifacthub.io, "Helm annotations".
 */
#ifndef LISTS_CHART_H
#define LISTS_CHART_H

#include "base/run.h"
#include "lists/finder.h"

/*
 * The annotations of a Chart.yaml.
 * Returns: whether there is a list of images; or -1.
 * Errors:  ERR_LIMIT.
 */
MUST_USE int chart_read(struct finder *f, const struct yml *document, struct err *err);

/* A library, which has no manifests. */
bool chart_is_library(const struct yml *document);

/* Report that nothing is known about the images of a chart. */
void chart_refuse(struct finder *f, const struct yml *document);

#endif
