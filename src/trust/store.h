/* SPDX-License-Identifier: Apache-2.0 */
/* store.h - the trust store: trusted keys, revocations, policy.
 *
 *     DIR/keys/NAME.pub    public keys in PEM form, one per file
 *     DIR/ca/, DIR/crl/    certificates; see authorities.h
 *     DIR/policy.json      optional; without it any one key is sufficient
 *     DIR/revoked          optional; see revoked.h
 *
 * Layer: trust.
 * Source: docs/trust.md.
 */
#ifndef TRUST_STORE_H
#define TRUST_STORE_H

#include "base/buf.h"
#include "trust/authorities.h"
#include "trust/files.h"
#include "trust/keys.h"
#include "trust/place.h"
#include "trust/policy.h"
#include "trust/revoked.h"

struct trust_store {
    char *dir;   /* NULL: only keys from the command line */
    char *state; /* folder of state.h; NULL: no state is kept */
    /* With a policy, only the keys it names, by file name. */
    struct trust_keys keys;
    struct revoked revoked;
    bool has_policy;
    struct policy policy;
    struct authorities authorities;
    struct buf policy_text; /* exactly as in the file */
};

#define TRUST_STORE_INIT                                                                 \
    {                                                                                    \
        .policy_text = BUF_INIT(POLICY_MAX)                                              \
    }

/*
 * Open a store.  dir NULL: the default one; see place.h.
 * Errors: ERR_TRUST "no-trust" - no default store, or no key in it;
 *         ERR_NOT_FOUND - DIR does not exist; ERR_USAGE - a file is malformed, or
 *         writable by others; ERR_LOCAL; ERR_LIMIT.
 */
MUST_USE int trust_store_open(struct trust_store *out, const char *dir, struct err *err);
void trust_store_release(struct trust_store *s);

/*
 * Read policy, keys, certificates and revocations from these files into *s, which is
 * empty.  Errors: those of trust_store_open() about a file.
 */
MUST_USE int trust_store_read(struct trust_store *s, const struct store_files *files,
                              struct err *err);

/*
 * Warn of accepted items that should be replaced: weak keys, and revocation lists that
 * expired before `now`, epoch seconds.
 */
void trust_store_warn(const struct trust_store *s, uint64_t now,
                      const struct events *events);

/* The path of a file in the store, owned by the caller. */
char *trust_store_path(const struct trust_store *s, const char *name);

/* The policy's signer with this key; NULL when there is none.  Without a policy every key
 * is a signer named by its file. */
const char *trust_store_signer(const struct trust_store *s, const struct digest *key_id);

#endif
