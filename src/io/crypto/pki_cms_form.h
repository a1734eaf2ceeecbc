/* SPDX-License-Identifier: Apache-2.0 */
/* pki_cms_form.h - the one form in which a CMS signature counts inside a bundle.
 *
 * Layer: io.
 */
#ifndef IO_CRYPTO_PKI_CMS_FORM_H
#define IO_CRYPTO_PKI_CMS_FORM_H

#include "io/crypto/pki_cms.h"

/*
 * The same signature in the one form that pki_cms_sign() writes, without what it does not
 * need: other attributes than the signed ones, revocation lists, roots.  What used other
 * algorithms or another content type than we do is not a good signature any more.
 * Errors: ERR_TRUST "bad-signature" - longer than PKI_CMS_MAX.
 */
MUST_USE int pki_cms_render(const struct pki_cms *cms, struct buf *out, struct err *err);

/* Is that the form these bytes have, out of which it was taken? */
bool pki_cms_is_canonical(const struct pki_cms *cms, const void *der, size_t len);

#endif
