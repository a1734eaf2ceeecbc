/* SPDX-License-Identifier: Apache-2.0 */
/* store_update.h - export a trust store as one signed file, and apply it on other hosts.
 *
 * Layer: ops.
 */
#ifndef OPS_STORE_STORE_UPDATE_H
#define OPS_STORE_STORE_UPDATE_H

#include "base/events.h"
#include "trust/store.h"

/*
 * Write the store as an update: policy, the keys it names, certificates, revocations.
 * Errors: ERR_USAGE - no policy; ERR_CONFLICT - the file exists; those of store.h.
 */
MUST_USE int trust_export(const char *dir, const char *path, uint64_t *version,
                          struct err *err);

/*
 * Sign an update: the signature is path.KEYID16.sigstore.json; *out its name, owned by
 * the caller.
 * Errors: ERR_USAGE - not an update; ERR_CONFLICT - already signed by that key.
 */
MUST_USE int trust_sign(const char *path, const struct pki_key *key, char **out,
                        struct err *err);

/*
 * Apply an update to the store, when enough signers have signed; the signatures are next
 * to it.  At any moment the store is either the old or the new one.
 * Errors: those of update.h and file.h; ERR_CONFLICT - a key would change its content.
 */
MUST_USE int trust_apply(const char *dir, const char *path, const struct events *events,
                         uint64_t *version, struct err *err);

#endif
