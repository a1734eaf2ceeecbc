/* SPDX-License-Identifier: Apache-2.0 */
/* http_cas.h - where this machine has its CA certificates.
 *
 * Layer: io.
 */
#ifndef IO_HTTP_HTTP_CAS_H
#define IO_HTTP_HTTP_CAS_H

#include <stdbool.h>

/*
 * The PEM file with the CAs of this machine: what the variable SSL_CERT_FILE names, as
 * for every program with OpenSSL; else the file that libcurl was built for; else the
 * first that exists of those of Debian, Red Hat, SUSE and Alpine, as a static libcurl
 * knows of none. Returns: NULL when there is none; libcurl may still find a folder of
 * them.
 */
const char *http_cas_file(void);

/* The folder that libcurl may find them in, or NULL. */
const char *http_cas_folder(void);

/* There is neither that file nor that folder. */
bool http_cas_missing(void);

#endif
