/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "io/http/http_message.h"

#include "base/text.h"

#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* ---- the response ---- */

const char *
http_header(const struct http_response *r, const char *name, size_t index)
{
    for (size_t i = 0; i < r->header_count; i++) {
        if (strcmp(r->headers[i].name, name) == 0 && index-- == 0)
            return r->headers[i].value;
    }
    return NULL;
}

void
http_response_forget_head(struct http_response *r)
{
    for (size_t i = 0; i < r->header_count; i++) {
        free(r->headers[i].name);
        free(r->headers[i].value);
    }
    r->header_count = 0;
    r->status = 0;
}

void
http_response_release(struct http_response *r)
{
    http_response_forget_head(r);
    free(r->headers);
    buf_release(&r->body);
    memset(r, 0, sizeof(*r));
}

bool
http_response_is_success(const struct http_response *r)
{
    return r->status >= 200 && r->status < 300;
}

int64_t
http_date(const char *value)
{
    return text_is_digit(value[0]) ? -1 : (int64_t)curl_getdate(value, NULL);
}

int64_t
http_retry_after(const char *value)
{
    uint64_t seconds;
    int64_t when;

    if (text_u64(value, strlen(value), INT32_MAX, &seconds) == 0)
        return (int64_t)seconds;
    when = http_date(value);
    if (when < 0)
        return -1;
    return when > time(NULL) ? when - time(NULL) : 0;
}
