/* SPDX-License-Identifier: Apache-2.0 */
/* push_manifests.h - push manifests and read them back.
 *
 * Layer: ops.
 */
#ifndef OPS_PUSH_PUSH_MANIFESTS_H
#define OPS_PUSH_PUSH_MANIFESTS_H

#include "ops/push/push_context.h"

/*
 * Check every manifest by digest, in the repositories in use.  A registry accepts no
 * manifest before its blobs: in a repository that has none of them, the check is skipped.
 */
MUST_USE int push_probe_manifests(struct push_context *push, struct err *err);

/* Put the manifests that were not there, children before parents: those that go first
 * while is_trying, else the rest. */
MUST_USE int push_manifests(struct push_context *push, struct err *err);

/* Fetch every manifest by digest and compare its bytes with the bundle's. */
MUST_USE int push_read_back_manifests(struct push_context *push, struct err *err);

#endif
