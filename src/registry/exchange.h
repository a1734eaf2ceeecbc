/* SPDX-License-Identifier: Apache-2.0 */
/* exchange.h - one call to a registry, with authorization, redirects, retries, and error
 * messages.
 *
 * Layer: registry.
 * Source: OCI distribution-spec v1.1, "Errors"; RFC 9110 section 15.4.
 */
#ifndef REGISTRY_EXCHANGE_H
#define REGISTRY_EXCHANGE_H

#include "registry/connection/call.h"
#include "registry/connection/client_internal.h"
#include "registry/connection/retry.h"

/*
 * Send a call once, within the current allowance: with the authorization the registry
 * requires, renewed at most once, and following redirects.  0 with any status; -1 as
 * http_exchange(), and ERR_AUTH, ERR_PROTOCOL when authorization or a redirect is not
 * safe.
 */
MUST_USE int exchange_once(struct session *s, const struct call *call, struct answer *a,
                           struct err *err);

/* exchange_once() with retries of transient failures, within the allowance of its bytes
 * (allowance.h). */
MUST_USE int exchange(struct session *s, const struct call *call, struct answer *a,
                      struct err *err);

/*
 * A last request with no one waiting for it: sent even when work should stop, without
 * retries, for at most request.parting_ms.  Its result is ignored.
 */
void exchange_parting(struct session *s, struct host *host, const struct call *call);

#endif
