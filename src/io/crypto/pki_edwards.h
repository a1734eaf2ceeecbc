/* SPDX-License-Identifier: Apache-2.0 */
/* pki_edwards.h -
 *
 * Layer: io.
 */
#ifndef IO_CRYPTO_PKI_EDWARDS_H
#define IO_CRYPTO_PKI_EDWARDS_H

#include "io/crypto/pki_internal.h"

/* Is its public half a point that only the private half signs for?  The library does not
 * look. */
bool pki_ed25519_is_sound(EVP_PKEY *pkey);

#endif
