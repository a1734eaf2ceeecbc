/* SPDX-License-Identifier: Apache-2.0 */
/* secretbox.h - NaCl's secretbox: XSalsa20 and Poly1305.
 *
 * Needed only for cosign's key files.  OpenSSL has Poly1305 but not Salsa20, and another
 * library to install on every exporter is not worth a core of forty lines.
 *
 * Layer: io, private to pki.
 * Source: D. J. Bernstein, "Cryptography in NaCl" (2009), sections 7 to 9; "Extending the
 *         Salsa20 nonce" (2011).
 */
#ifndef IO_CRYPTO_SECRETBOX_H
#define IO_CRYPTO_SECRETBOX_H

#include <stdbool.h>
#include <stddef.h>

enum { SECRETBOX_KEY = 32, SECRETBOX_NONCE = 24, SECRETBOX_TAG = 16 }; /* bytes */

/* out gets len + SECRETBOX_TAG bytes: the tag, then the ciphertext.  May not overlap. */
bool secretbox_seal(unsigned char *out, const unsigned char *plain, size_t len,
                    const unsigned char nonce[SECRETBOX_NONCE],
                    const unsigned char key[SECRETBOX_KEY]);

/*
 * The inverse: len bytes of box, out gets len - SECRETBOX_TAG.  False, with out
 * untouched, when box is shorter than a tag or was not sealed with that key and nonce.
 */
bool secretbox_open(unsigned char *out, const unsigned char *box, size_t len,
                    const unsigned char nonce[SECRETBOX_NONCE],
                    const unsigned char key[SECRETBOX_KEY]);

#endif
