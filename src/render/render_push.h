/* SPDX-License-Identifier: Apache-2.0 */
/* render_push.h - what a push did: images with their states, counts, what failed and why.
 *
 * Layer: render.
 */
#ifndef RENDER_RENDER_PUSH_H
#define RENDER_RENDER_PUSH_H

#include "ops/push/push_result.h"
#include "render/result.h"

#define PUSH_HINT_MAX sizeof(((struct err *)0)->hint)

/* Completes the hint of a failure by what to type. */
struct push_hints {
    void (*complete)(const void *ctx, enum err_reason reason, const char *subject,
                     char hint[PUSH_HINT_MAX]);
    const void *ctx;
};

void render_push_hint(char hint[PUSH_HINT_MAX], const struct push_failure *failure,
                      const struct push_hints *hints);
struct jsout *render_push_failure(const struct push_failure *failure,
                                  const struct push_hints *hints);

/* The JSON array "images", and a table of them unless nothing is finished.  to_push: what
 * to call an image that the target lacks, or lacked. */
void render_push(struct result *r, const struct push_result *pushes, size_t count,
                 const char *to_push, bool done, const struct push_hints *hints);

/* "failed ..." lines with their hints, except that of the command's error. */
void render_push_failed(struct result *r, const struct push_result *pushes, size_t count,
                        const struct push_hints *hints, const struct err *err);

/* The JSON object "counts", and lines unless nothing was done. */
void render_push_counts(struct result *r, const struct push_counts *counts, bool dry_run,
                        bool done);

#endif
