/* SPDX-License-Identifier: Apache-2.0 */
/* ping.h - is a registry there at all?
 *
 * Layer:  registry.
 * Source: OCI distribution-spec v1.1, "Determining Support".
 */
#ifndef REGISTRY_PING_H
#define REGISTRY_PING_H

#include "registry/connection/client.h"

/*
 * Does the registry of that repository answer anything, be it a refusal?  Asks once,
 * after something else was tried often enough.  A server that is only sorry (503 and the
 * like) answers nothing.
 */
bool registry_ping(struct session *s, const struct repository *repo);

#endif
