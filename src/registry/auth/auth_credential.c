/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "registry/auth/auth_credential.h"

#include "base/mem.h"
#include "io/http/http_url.h"

#include <stdlib.h>
#include <string.h>

void
auth_release(struct auth *a)
{
    secret_release(&a->value);
    a->generation = 0;
}

void
auth_set_bearer(struct auth *a, const struct secret *token)
{
    char *text = xasprintf("Bearer %s", secret_get(token));

    secret_set(&a->value, text, strlen(text));
    secret_wipe(text, strlen(text));
    free(text);
}

/* Whether secrets may be sent there: with TLS, within this machine, or where --plain-http
 * allows it.  registries.conf lets a host lack TLS, which is not the same. */
static bool
may_have_secrets(const struct session *s, const struct host *host)
{
    return host->origin.tls || http_origin_is_loopback(&host->origin) ||
           client_allows_plain(s->client, host->name);
}

static void
tell_withheld(struct session *s, struct host *host)
{
    bool is_told;

    pthread_mutex_lock(&s->client->lock);
    is_told = host->is_withheld_told;
    host->is_withheld_told = true;
    pthread_mutex_unlock(&s->client->lock);
    if (!is_told)
        events_warning(&s->client->config.run->events,
                       "registry %s: credentials are not sent over plain HTTP, which is "
                       "not allowed for this host",
                       host->name);
}

int
auth_find_credential(struct session *s, struct host *host, const struct call *call,
                     struct credential *out, struct err *err)
{
    struct credentials *all = s->client->config.credentials;
    int rc = all ? credentials_find(all, host->name, call->repo->path, out, err) : 0;

    if (rc != 1 || may_have_secrets(s, host))
        return rc;
    credential_release(out);
    tell_withheld(s, host);
    return 0;
}

bool
auth_is_withheld(struct session *s, const struct host *host, const struct call *call)
{
    CLEANUP(credential_release) struct credential credential = CREDENTIAL_INIT;
    struct credentials *all = s->client->config.credentials;

    return all && !may_have_secrets(s, host) &&
           credentials_find(all, host->name, call->repo->path, &credential,
                            err_ignored()) == 1;
}

int
auth_renew_credential(struct session *s, const struct host *host, const struct call *call,
                      const struct credential *refused, struct credential *out,
                      struct err *err)
{
    return credentials_renew(s->client->config.credentials, host->name, call->repo->path,
                             refused, out, err);
}

char *
auth_silent_helper(struct session *s, struct host *host, const struct call *call)
{
    CLEANUP(credential_release) struct credential credential = CREDENTIAL_INIT;

    if (!s->client->config.credentials ||
        auth_find_credential(s, host, call, &credential, err_ignored()) != 0)
        return NULL;
    return credentials_silent_helper(s->client->config.credentials, host->name);
}
