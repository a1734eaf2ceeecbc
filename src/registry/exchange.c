#include "config.h"
#include "registry/exchange.h"

#include "base/mem.h"
#include "base/text.h"
#include "registry/auth.h"
#include "registry/redirect.h"

#include <stdlib.h>

void
answer_release(struct answer *a)
{
    http_response_release(&a->http);
    free(a->url);
    a->url = NULL;
}

bool
answer_is_success(const struct answer *a)
{
    return a->http.status >= 200 && a->http.status < 300;
}

/* ---- one call ---- */

static int
follow(struct session *s, const struct call *call, const char *url,
       const struct auth *auth, struct answer *a, struct err *err)
{
    struct http_request request = call->request;
    const char *wait;
    int rc;

    s->retry_after = -1;
    request.url = url;
    request.authorization = &auth->value;
    rc = redirect_follow(s, &request, &a->http, &a->url, &a->elsewhere, err);
    wait = rc == 0 ? http_header(&a->http, "retry-after", 0) : NULL;
    if (wait)
        s->retry_after = http_retry_after(wait);
    return rc;
}

/* A server that serves another registry's blobs may want a token of its own. */
static int
follow_elsewhere(struct session *s, const struct call *call, struct answer *a,
                 struct err *err)
{
    CLEANUP(auth_release) struct auth auth = AUTH_INIT;
    char *url;
    int rc = auth_anonymous(s, a, &auth, err);

    if (rc != 1)
        return rc;
    url = a->url;
    a->url = NULL;
    rc = follow(s, call, url, &auth, a, err);
    a->elsewhere = true;
    free(url);
    return rc;
}

int
exchange_once(struct session *s, const struct call *call, struct answer *a,
              struct err *err)
{
    CLEANUP(auth_release) struct auth auth = AUTH_INIT;
    struct host *host;
    int rc;

    s->retry_after = -1;
    a->password_refused = false;
    if (client_host(s, call->repo->host, &host, err) < 0 ||
        auth_prepare(s, host, call, &auth, err) < 0 ||
        follow(s, call, call->request.url, &auth, a, err) < 0)
        return -1;
    if (a->http.status != 401)
        return 0;
    if (a->elsewhere)
        return follow_elsewhere(s, call, a, err);
    rc = auth_renew(s, host, call, a, &auth, err);
    if (rc == 1)
        rc = follow(s, call, call->request.url, &auth, a, err);
    a->password_refused =
        a->http.status == 401 && text_starts(secret_get(&auth.value), "Basic ");
    return rc;
}

int
exchange(struct session *s, const struct call *call, struct answer *a, struct err *err)
{
    CLEANUP(mem_free_string) char *what = http_url_redacted(call->request.url);
    struct retry retry = RETRY_INIT(what);

    for (;;) {
        if (exchange_once(s, call, a, err) == 0) {
            if (!exchange_may_pass(a))
                return 0;
            exchange_error(call, a, err);
        }
        if (retry_wait(s, &retry, err) < 0)
            return -1;
    }
}
