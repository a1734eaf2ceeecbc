/* reach.h - is a registry there at all?
 *
 * Layer:  registry.
 * Source: OCI distribution-spec v1.1, "Determining Support".
 */
#ifndef REGISTRY_REACH_H
#define REGISTRY_REACH_H

#include "registry/client.h"

/*
 * Does the registry of that repository answer anything, be it a refusal?  Asks once,
 * after something else was tried often enough.  A server that is only sorry (503 and the
 * like) answers nothing.
 */
bool registry_is_serving(struct session *s, const struct repository *repo);

#endif
