/* SPDX-License-Identifier: Apache-2.0 */
/* warnings.h - Warning headers and rate-limit notices of registries.
 *
 * Layer: registry.
 * Source: OCI distribution-spec v1.1, "Warnings"; RFC 7234 section 5.5; Docker Hub's
 *         ratelimit-limit and ratelimit-remaining.
 */
#ifndef REGISTRY_CONNECTION_WARNINGS_H
#define REGISTRY_CONNECTION_WARNINGS_H

#include "registry/connection/client_state.h"

#define WARNINGS_TEXT_MAX 256 /* characters of a warning, escaped, including the NUL */

/*
 * Shape:  299, a blank, an agent, a blank, the text in quotes with backslash escapes.
 * Returns: 0 and the text, escaped and cut; -1 when it is malformed or empty. Trust:
 * remote input.
 */
MUST_USE int warnings_warning(const char *value, char out[WARNINGS_TEXT_MAX]);

/*
 * Shape:  "76;w=21600": a number and the seconds it applies to; 0 without ";w=".
 * Returns: 0, or -1 when malformed.
 */
MUST_USE int warnings_limit(const char *value, uint64_t *count, uint64_t *window_s);

/* Report the notices in the headers, each text once per run. */
void warnings_take(struct client *c, struct host *host, const struct http_response *r);

#endif
