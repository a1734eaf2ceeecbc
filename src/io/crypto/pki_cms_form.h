/* SPDX-License-Identifier: Apache-2.0 */
/* pki_cms_form.h - the one form in which a CMS signature counts inside a bundle.
 *
 * Layer: io.
 */
#ifndef IO_CRYPTO_PKI_CMS_FORM_H
#define IO_CRYPTO_PKI_CMS_FORM_H

#include "io/crypto/pki_cms.h"

/*
 * Encode the signature in the canonical form that pki_cms_sign() writes, without anything
 * it does not need: unsigned attributes, revocation lists, roots.  A signature with other
 * algorithms or another content type is no longer valid in this form.
 * Errors: ERR_TRUST "bad-signature" - longer than PKI_CMS_MAX.
 */
MUST_USE int pki_cms_render(const struct pki_cms *cms, struct buf *out, struct err *err);

/* Whether the DER that cms was parsed from is in this form. */
bool pki_cms_is_canonical(const struct pki_cms *cms, const void *der, size_t len);

#endif
