/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "registry/ping.h"

#include "base/mem.h"
#include "registry/exchange.h"
#include "registry/exchange_error.h"

bool
registry_ping(struct session *s, const struct repository *repo)
{
    CLEANUP(answer_release) struct answer a = ANSWER_INIT;
    CLEANUP(mem_free_string) char *url = NULL;
    struct call call = {.repo = repo,
                        .request = {.method = "GET", .body_max = HTTP_ERROR_BODY_MAX}};
    struct host *host;

    if (client_host(s, repo, &host, err_ignored()) < 0)
        return false;
    call.request.url = url = client_url(host, "", "");
    return exchange_once(s, &call, &a, err_ignored()) == 0 && !exchange_may_pass(&a);
}
