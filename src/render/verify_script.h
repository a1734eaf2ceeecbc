/* SPDX-License-Identifier: Apache-2.0 */
/* verify_script.h - a shell script that checks a bundle without sealift.
 *
 * Layer: render.
 */
#ifndef RENDER_VERIFY_SCRIPT_H
#define RENDER_VERIFY_SCRIPT_H

#include "render/result.h"
#include "trust/store.h"

/*
 * paths: the bundle, or its volumes, as volume_set_open() takes them. Reads only the head
 * of the bundle, and checks nothing.  Keys of the store are named where they made a
 * signature.
 * Errors: those of bundle_head() and file.h.
 */
MUST_USE int explain(struct result *r, const char *const *paths, size_t count,
                     const struct trust_store *store, struct err *err);

#endif
