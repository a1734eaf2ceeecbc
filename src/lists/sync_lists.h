/* SPDX-License-Identifier: Apache-2.0 */
/* sync_lists.h - the images in files for programs that synchronise registries.
 *
 * Layer: lists.
 * Source: skopeo-sync(1); regsync's documentation of its configuration.
 */
#ifndef LISTS_SYNC_LISTS_H
#define LISTS_SYNC_LISTS_H

#include "lists/finder.h"

/*
 * Names with tags and digests; whole repositories, and tags by an expression, are noted,
 * and so are credentials, which are never used.
 * Errors: ERR_LIMIT.
 */
MUST_USE int skopeo_sync_read(struct finder *f, const struct yml *document,
                              struct err *err);
MUST_USE int regsync_read(struct finder *f, const struct yml *document, struct err *err);

#endif
