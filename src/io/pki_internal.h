/* pki_internal.h - what the files of pki share: the key, and the gates it goes through.
 *
 * Layer: io.
 */
#ifndef IO_PKI_INTERNAL_H
#define IO_PKI_INTERNAL_H

#include "io/pki.h"

#include <openssl/evp.h>
#include <openssl/x509.h>

struct pki_key {
    EVP_PKEY *pkey; /* owned */
    enum pki_type type;
    struct digest id;
};

/*
 * The one way a library key becomes ours: it is of a kind we use, sound, and its key id
 * is known.  is_private: both halves are there and must belong together.
 * Owns:   takes pkey, also on failure.
 * Errors: ERR_USAGE, naming the key and what is wrong with it; ERR_INTERNAL.
 */
struct pki_key *pki_adopt(EVP_PKEY *pkey, bool is_private, const char *name,
                          struct err *err);

/* Is what this password-based encryption makes us compute within bounds? */
bool pki_is_cheap(const X509_ALGOR *algorithm);

#endif
