/* SPDX-License-Identifier: Apache-2.0 */
/* export_internal.h - what the two parts of an export share.
 *
 * export.c       the plan, the file that is begun or gone on with, publishing
 * export_blobs.c every blob to its place
 * export_incomplete.c  a bundle of what there is
 * export_verify_after.c --verify-after
 *
 * Layer: ops, private.
 */
#ifndef OPS_EXPORT_EXPORT_INTERNAL_H
#define OPS_EXPORT_EXPORT_INTERNAL_H

#include "bundle/format/writer.h"
#include "io/file/output_set.h"
#include "ops/export/export.h"
#include "ops/export/reuse.h"

#include <stdatomic.h>

/* A bundle that is being written. */
struct writing {
    const struct export_options *options;
    struct export_result *result;
    struct volumes file;
    bool in_order;     /* it is written from front to back */
    const char *phase; /* what people are told */
    struct reuse salvage;
    size_t volumes;                       /* as in struct export_result */
    atomic_uint_fast64_t fetched, reused; /* bytes of blobs, as in struct export_result */
};

/* What the bundle says of itself: the layout, and what is signed, follow from the plan.
 */
MUST_USE int export_describe(struct export_result *r,
                             const struct export_options *options, struct err *err);

/* Sign, write the head and what can be had of the bodies; gaps are noted. */
MUST_USE int export_fill(struct writing *w, struct output_set *out,
                         struct signature_file *signature, struct err *err);

/* To the disk, checked, under its name. */
MUST_USE int export_publish(struct writing *w, struct output_set *out,
                            const struct signature_file *signature, struct err *err);

/*
 * Not all came: plan again with what did.  Where that may be published, it is copied into
 * a file of its own, since most of it moves; what came is only removed when that has its
 * name.
 */
MUST_USE int export_less(struct writing *w, struct output_set *all, struct err *err);

#endif
