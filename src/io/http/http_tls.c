/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "io/http/http_transfer.h"

#include "io/file/file.h"

int
http_system_cas(struct buf *out, struct err *err)
{
    const curl_version_info_data *library = curl_version_info(CURLVERSION_NOW);
    struct err why = ERR_INIT;

    if (!library->cainfo || file_slurp(library->cainfo, out, &why) == 0 ||
        why.kind == ERR_NOT_FOUND)
        return 0;
    *err = why;
    return -1;
}

static CURLcode
set_certificate(CURL *c, const struct http_tls *tls)
{
    CURLcode rc = CURLE_OK;

    rc |= curl_easy_setopt(c, CURLOPT_SSLCERT, tls->cert);
    rc |= curl_easy_setopt(c, CURLOPT_SSLKEY, tls->key ? tls->key : tls->cert);
    rc |= curl_easy_setopt(c, CURLOPT_KEYPASSWD, ""); /* or OpenSSL asks for one */
    return rc;
}

CURLcode
transfer_set_tls(CURL *c, const struct http_tls *tls)
{
    CURLcode rc = CURLE_OK;

    rc |= curl_easy_setopt(c, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    rc |= curl_easy_setopt(c, CURLOPT_SSL_VERIFYPEER, 1L);
    rc |= curl_easy_setopt(c, CURLOPT_SSL_VERIFYHOST, 2L);
    if (tls->ca_file) {
        rc |= curl_easy_setopt(c, CURLOPT_CAINFO, tls->ca_file);
        rc |= curl_easy_setopt(c, CURLOPT_CAPATH, NULL);
    } else if (tls->cas && tls->cas->len > 0) {
        struct curl_blob blob = {
            .data = tls->cas->data, .len = tls->cas->len, .flags = CURL_BLOB_NOCOPY};

        rc |= curl_easy_setopt(c, CURLOPT_CAINFO_BLOB, &blob);
    }
    return tls->cert ? rc | set_certificate(c, tls) : rc;
}
