/* SPDX-License-Identifier: Apache-2.0 */
/* typed_lists.h - the images in files that other tools define for naming images.
 *
 * Layer: lists.
 * Source: the documentation of imgpkg, hauler, oc-mirror, zarf and kustomize.
 */
#ifndef LISTS_TYPED_LISTS_H
#define LISTS_TYPED_LISTS_H

#include "lists/finder.h"
#include "lists/list_format.h"

/*
 * A document of a format whose images are at fixed places; parts that name images in
 * another way are noted.
 * Errors: ERR_LIMIT.
 */
MUST_USE int typed_list_read(struct finder *f, const struct yml *document,
                             enum list_format format, struct err *err);

/* The images of a kustomization under their new names.  Errors: ERR_LIMIT. */
MUST_USE int kustomization_read(struct finder *f, const struct yml *document,
                                struct err *err);

#endif
