/* SPDX-License-Identifier: Apache-2.0 */
/* store_edit.h - change the trust store: add and remove keys, revoke.
 *
 * Layer: ops.
 */
#ifndef OPS_STORE_STORE_EDIT_H
#define OPS_STORE_STORE_EDIT_H

#include "trust/store.h"

struct trust_added {
    char name[POLICY_NAME_MAX + 1]; /* of the file in keys/ */
    struct digest key_id;
    enum pki_type type;
    bool was_there; /* the same key exists under that name */
    bool is_named;  /* policy.json names it, or there is no policy: it counts */
};

/* The content of a public key file, before anything is changed; name is the one it will
 * get. */
MUST_USE int trust_look_at_key(const char *dir, const char *path, struct trust_added *out,
                               struct err *err);

/*
 * Copy a public key into the store, which is created when it is missing.  dir NULL: the
 * default store.  looked: the result of trust_look_at_key(), which was confirmed.
 * Errors: ERR_CONFLICT - another key has that file name, this key has another name, or
 *         the file was replaced after the look; those of keys.h and file.h.
 */
MUST_USE int trust_add(const char *dir, const char *path,
                       const struct trust_added *looked, struct trust_added *out,
                       struct err *err);

/* A key that is about to be added. */
struct trust_new_key {
    struct trust_added added;
    struct buf pem;
};

#define TRUST_NEW_KEY_INIT                                                               \
    {                                                                                    \
        .pem = BUF_INIT(PKI_KEY_FILE_MAX)                                                \
    }

/*
 * The two steps of trust_add() for a caller that holds store_lock_new(): all checks, and
 * what is written.  dir: the folder of the store.
 */
MUST_USE int trust_prepare_key(const char *dir, const char *path,
                               const struct trust_added *looked,
                               struct trust_new_key *out, struct err *err);
MUST_USE int trust_place_key(const char *dir, const struct trust_new_key *key,
                             struct err *err);

/*
 * Remove a key file by its name in keys/, with or without ".pub".
 * Errors: ERR_NOT_FOUND; ERR_USAGE - policy.json names it.
 */
MUST_USE int trust_remove(const char *dir, const char *name, struct err *err);

/*
 * Add a line to revoked.  what: such a line; a key id; "sha256:HEX", the digest of an
 * index.json; or the file of a public key.  *out: the line.
 * Returns: 1, 0 when it is a duplicate, -1.
 * Errors:  ERR_USAGE; those of file.h.
 */
enum { TRUST_LINE_MAX = 160 };
int trust_revoke(const char *dir, const char *what, char out[TRUST_LINE_MAX],
                 struct err *err);

#endif
