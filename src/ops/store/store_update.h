/* SPDX-License-Identifier: Apache-2.0 */
/* store_update.h - a trust store out as one file, signed, and into other hosts.
 *
 * Layer: ops.
 */
#ifndef OPS_STORE_STORE_UPDATE_H
#define OPS_STORE_STORE_UPDATE_H

#include "base/events.h"
#include "trust/store.h"

/*
 * Write the store as an update: policy, the keys it names, certificates, what is revoked.
 * Errors: ERR_USAGE - no policy; ERR_CONFLICT - the file exists; those of store.h.
 */
MUST_USE int trust_export(const char *dir, const char *path, uint64_t *version,
                          struct err *err);

/*
 * Sign one: the signature is path.KEYID16.sigstore.json; *out its name, owned by the
 * caller.  Errors: ERR_USAGE - no update; ERR_CONFLICT - signed by that key already.
 */
MUST_USE int trust_sign(const char *path, const struct pki_key *key, char **out,
                        struct err *err);

/*
 * Apply one to the store, when enough have signed; the signatures stand beside it.  At
 * any moment the store is the old or the new one. Errors: those of update.h and file.h;
 * ERR_CONFLICT - a key would change its content.
 */
MUST_USE int trust_apply(const char *dir, const char *path, const struct events *events,
                         uint64_t *version, struct err *err);

#endif
