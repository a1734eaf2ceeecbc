/* SPDX-License-Identifier: Apache-2.0 */
/* keys.h - trusted public keys, each with the name of the file it came from.
 *
 * Layer: trust.
 */
#ifndef TRUST_KEYS_H
#define TRUST_KEYS_H

#include "base/events.h"
#include "io/crypto/pki.h"

struct trust_keys {
    struct pki_key **items;
    char **names; /* the files they came from */
    size_t count, cap;
};

#define TRUST_KEYS_INIT                                                                  \
    {                                                                                    \
        .items = NULL                                                                    \
    }

/* Errors: ERR_USAGE - not a public key; ERR_NOT_FOUND, ERR_LOCAL. */
MUST_USE int trust_keys_add(struct trust_keys *keys, const char *path, struct err *err);

/* As trust_keys_add(), from PEM text. */
MUST_USE int trust_keys_add_pem(struct trust_keys *keys, const char *name,
                                const char *pem, size_t len, struct err *err);

/* Warn of a key that is accepted but should be replaced: RSA of less than 3072 bits. */
void trust_key_warn(enum pki_type type, const char *name, const struct events *events);
void trust_keys_warn(const struct trust_keys *keys, const struct events *events);

void trust_keys_release(struct trust_keys *keys);

/* Index of the key with that id, or of that name; keys->count when not found. */
size_t trust_keys_find(const struct trust_keys *keys, const struct digest *id);
size_t trust_keys_find_name(const struct trust_keys *keys, const char *name);

#endif
