/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "registry/login_check.h"

#include "base/mem.h"
#include "base/text_safe.h"
#include "registry/exchange.h"
#include "registry/exchange_error.h"

#include <string.h>

static bool
is_authorized(struct session *s, struct host *host)
{
    bool is_challenged;

    pthread_mutex_lock(&s->client->lock);
    is_challenged = host->auth != CHALLENGE_NONE;
    pthread_mutex_unlock(&s->client->lock);
    return is_challenged;
}

static void
read_greeting(const struct answer *a, struct greeting *out)
{
    const char *version = http_header(&a->http, "docker-distribution-api-version", 0);
    const char *date = http_header(&a->http, "date", 0);

    if (version)
        text_safe_in(out->version, sizeof(out->version), version, strlen(version));
    out->date = date ? http_date(date) : -1;
}

int
login_check(struct session *s, const char *host, struct greeting *out, struct err *err)
{
    CLEANUP(answer_release) struct answer a = ANSWER_INIT;
    CLEANUP(mem_free_string) char *url = NULL;
    const struct repository whole = {.host = host, .path = ""};
    struct call call = {.repo = &whole,
                        .request = {.method = "GET", .body_max = HTTP_ERROR_BODY_MAX}};
    struct host *at;

    if (client_host(s, &whole, &at, err) < 0)
        return -1;
    call.request.url = url = client_url(at, "", "");
    if (exchange(s, &call, &a, err) < 0)
        return err_wrap(err, "%s", host);
    *out = (struct greeting){.was_asked = is_authorized(s, at)};
    read_greeting(&a, out);
    if (answer_is_success(&a))
        return 0;
    if (a.http.status == 404)
        return err_set(err, ERR_PROTOCOL, "%s is not a registry (%s returned 404)", host,
                       url);
    return exchange_error(&call, &a, err);
}
