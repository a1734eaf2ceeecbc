/* SPDX-License-Identifier: Apache-2.0 */
/* pki_edwards.h - what makes an Ed25519 public key sound.
 *
 * Layer: io.
 */
#ifndef IO_CRYPTO_PKI_EDWARDS_H
#define IO_CRYPTO_PKI_EDWARDS_H

#include <openssl/evp.h>
#include <stdbool.h>

/* Whether the public half is a point for which only the private half can sign.  The
 * library does not check this. */
bool pki_ed25519_is_sound(EVP_PKEY *pkey);

#endif
