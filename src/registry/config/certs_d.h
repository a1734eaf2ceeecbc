/* SPDX-License-Identifier: Apache-2.0 */
/* certs_d.h - the CAs and the client certificate of a registry.
 *
 * Layer: registry.
 * Source: containers-certs.d(5); docker's "Verify repository client with certificates".
 */
#ifndef REGISTRY_CONFIG_CERTS_D_H
#define REGISTRY_CONFIG_CERTS_D_H

#include "base/buf.h"

#define CERTS_D_MAX     (8U << 20)  /* bytes of all CAs */
#define CERTS_D_KEY_MAX (64U << 10) /* bytes of a private key file */

struct certs_d {
    char *folder;     /* where they were found; NULL: none found */
    struct buf cas;   /* PEM: those of the system and those found; empty: none found */
    char *cert, *key; /* files of the client certificate; NULL: none */
};

#define CERTS_D_INIT                                                                     \
    {                                                                                    \
        .cas = BUF_INIT(CERTS_D_MAX)                                                     \
    }
void certs_d_release(struct certs_d *c);

/*
 * Look for a folder named HOST or HOST:PORT, as in references: below certs.d of the user,
 * then /etc/containers/certs.d, then /etc/docker/certs.d; only the first that exists is
 * used. *.crt are CAs in addition to those of the system, NAME.cert with NAME.key is the
 * client certificate.
 * Errors: ERR_USAGE - half of a pair, more than one pair, no PEM; ERR_LOCAL; ERR_LIMIT;
 *         as certs_d_check_key().
 */
MUST_USE int certs_d_find(const char *host, struct certs_d *out, struct err *err);

/*
 * Check that a private key can be used.
 * Errors: ERR_AUTH - it is encrypted; ERR_USAGE - no private key in PEM form;
 *         ERR_NOT_FOUND, ERR_LOCAL, ERR_LIMIT.
 */
MUST_USE int certs_d_check_key(const char *path, struct err *err);

#endif
