/* SPDX-License-Identifier: Apache-2.0 */
/* copy_archive.h - copy images from a source to an archive or a layout.
 *
 * Layer: ops.
 */
#ifndef OPS_COPY_COPY_ARCHIVE_H
#define OPS_COPY_COPY_ARCHIVE_H

#include "images/image_target.h"
#include "ops/plan/plan.h"

struct archive_options {
    struct plan_options plan;
    const struct image_target *target;
    const char *name; /* in the archive, of the single image; "": its own */
    bool foreign_layers, dry_run;
    bool may_replace, skips; /* see image_target.h */
};

struct archive_result {
    struct plan plan;
    struct target_images images; /* by name of the plan; items are owned */
    size_t written, present;     /* objects */
    uint64_t bytes_written, bytes_present;
};

#define ARCHIVE_RESULT_INIT                                                              \
    {                                                                                    \
        .plan = PLAN_INIT                                                                \
    }

/*
 * Plan, then write what the target lacks.  A dry run counts what would be written as
 * written.
 * Errors: those of plan.h and image_target.h; ERR_USAGE - a name for more than one image;
 *         ERR_PARTIAL - with keep_going, something could not be fetched: then nothing is
 *         published.
 */
MUST_USE int copy_to_archive(struct archive_result *out,
                             const struct archive_options *options, struct err *err);
void archive_result_release(struct archive_result *r);

#endif
