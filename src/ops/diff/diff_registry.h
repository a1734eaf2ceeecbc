/* SPDX-License-Identifier: Apache-2.0 */
/* diff_registry.h - the names that a registry has, and their digests.
 *
 * Layer: ops.
 */
#ifndef OPS_DIFF_DIFF_REGISTRY_H
#define OPS_DIFF_DIFF_REGISTRY_H

#include "ops/diff/diff_side.h"

/*
 * Add the tags of everything below a place, and of itself, where the registry lists its
 * repositories; else of itself.  Keys are relative to it.
 * Errors: those of catalog.h and tags.h; ERR_NOT_FOUND - there is no such repository;
 *         ERR_LIMIT.
 */
MUST_USE int diff_list_place(struct diff_names *out, const struct target *place,
                             const struct diff_options *options, struct err *err);

/*
 * Add the names of a registry that are to be compared with some of another side, whose
 * keys are names in that registry: all tags of their repositories, where it lists them,
 * and the digests among them.
 * Errors: as diff_list_place().
 */
MUST_USE int diff_list_like(struct diff_names *out, const struct diff_names *others,
                            const struct reference *places,
                            const struct diff_options *options, struct err *err);

/*
 * Determine the digests of those that wanted[] has, by their tags; what the registry does
 * not have stays without.
 * Errors: those of pull_look_at_tag().
 */
MUST_USE int diff_look_up(struct diff_names *names, const bool *wanted,
                          const struct diff_options *options, struct err *err);

#endif
