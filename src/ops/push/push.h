/* SPDX-License-Identifier: Apache-2.0 */
/* push.h - push images into a registry, from wherever they can be read.
 *
 * Layer: ops.
 */
#ifndef OPS_PUSH_PUSH_H
#define OPS_PUSH_PUSH_H

#include "ops/push/push_context.h"

/* Let the one image of a set go to an exact name, with what is attached to it beside it.
 * Borrows both.  Errors: ERR_USAGE - there is more than one image. */
MUST_USE int push_to_exact(struct push_options *options, const struct image_set *set,
                           const struct reference *name, struct err *err);

/*
 * Push the images of a set, of which out->plan is mapped already (push_plan_map()):
 * blobs, manifests from the leaves up; read every manifest back and compare the bytes;
 * then tags, which are read back too.  *out contains the progress, also on failure.
 * Errors: those of push_plan.h, pull.h and push_blob.h; ERR_CONFLICT - a tag has another
 * digest; those of options->accepted.  With keep_going, objects that the target rejects
 * are in *out and are not errors.
 */
MUST_USE int push_images(struct push_result *out, const struct image_set *set,
                         const struct image_source *source,
                         const struct push_options *options, struct err *err);

#endif
