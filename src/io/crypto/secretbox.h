/* SPDX-License-Identifier: Apache-2.0 */
/* secretbox.h - NaCl's secretbox: XSalsa20 and Poly1305.
 *
 * Only cosign's key files want it.  OpenSSL has Poly1305 and no Salsa20, and a library
 * for a core of forty lines would be one more to install on every exporter.
 *
 * Layer:  io, private to pki.
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
 * The way back: len bytes of box, out gets len - SECRETBOX_TAG.  False, with out
 * untouched, when box is shorter than a tag or was not made with that key and nonce.
 */
bool secretbox_open(unsigned char *out, const unsigned char *box, size_t len,
                    const unsigned char nonce[SECRETBOX_NONCE],
                    const unsigned char key[SECRETBOX_KEY]);

#endif
