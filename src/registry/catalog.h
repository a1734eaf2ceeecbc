/* SPDX-License-Identifier: Apache-2.0 */
/* catalog.h - list the repositories of a registry.
 *
 * Layer: registry.
 * Source: distribution's HTTP API V2, "Listing Repositories"; OCI's specification has no
 *         catalog.
 */
#ifndef REGISTRY_CATALOG_H
#define REGISTRY_CATALOG_H

#include "images/image_source.h"
#include "registry/connection/client.h"

/*
 * List all repositories, in the order of the registry.  Invalid names are ignored, with a
 * warning.  host: as in references.  take() must not parse JSON.
 * Errors: as pull.h; ERR_PROTOCOL, ERR_AUTH, with REASON_NO_CATALOG - the registry has
 *         none, or none for this user; ERR_USAGE - a registries.conf puts the registry
 *         below a path of another one; ERR_LIMIT - too many pages; those of take().
 */
MUST_USE int catalog_read(struct session *s, const char *host,
                          const struct name_sink *sink, struct err *err);

#endif
