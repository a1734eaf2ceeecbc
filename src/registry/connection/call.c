/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "registry/connection/call.h"

#include <stdlib.h>

void
answer_release(struct answer *a)
{
    http_response_release(&a->http);
    free(a->url);
    free(a->silent_helper);
    a->url = a->silent_helper = NULL;
}

bool
answer_is_success(const struct answer *a)
{
    return a->http.status >= 200 && a->http.status < 300;
}
