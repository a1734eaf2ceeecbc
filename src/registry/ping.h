/* SPDX-License-Identifier: Apache-2.0 */
/* ping.h - whether a registry is reachable.
 *
 * Layer: registry.
 * Source: OCI distribution-spec v1.1, "Determining Support".
 */
#ifndef REGISTRY_PING_H
#define REGISTRY_PING_H

#include "registry/connection/client.h"

/*
 * Whether the registry of that repository gives any answer, be it a refusal.  Sends one
 * request, after something else failed with all retries.  A temporary error (503 and the
 * like) is not an answer.
 */
bool registry_ping(struct session *s, const struct repository *repo);

#endif
