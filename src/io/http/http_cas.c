/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "io/http/http_cas.h"

#include "base/cleanup.h"

#include <curl/curl.h>
#include <stdlib.h>
#include <unistd.h>

static const char *const places[] = {
    "/etc/ssl/certs/ca-certificates.crt", /* Debian, Alpine */
    "/etc/pki/tls/certs/ca-bundle.crt",   /* Red Hat */
    "/etc/ssl/ca-bundle.pem",             /* SUSE */
    "/etc/ssl/cert.pem",                  /* Alpine without ca-certificates */
};

static const char folder[] = "/etc/ssl/certs"; /* with names that are hashes */

const char *
http_cas_file(void)
{
    const char *given = getenv("SSL_CERT_FILE");
    const curl_version_info_data *library = curl_version_info(CURLVERSION_NOW);

    if (given && given[0] != '\0')
        return given;
    if (library->cainfo && access(library->cainfo, R_OK) == 0)
        return library->cainfo;
    for (size_t i = 0; i < COUNT_OF(places); i++) {
        if (access(places[i], R_OK) == 0)
            return places[i];
    }
    return NULL;
}

const char *
http_cas_folder(void)
{
    return access(folder, R_OK) == 0 ? folder : NULL;
}

bool
http_cas_missing(void)
{
    return !http_cas_file() && !http_cas_folder();
}
