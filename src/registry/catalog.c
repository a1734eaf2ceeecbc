/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "registry/catalog.h"

#include "registry/mirror_fallback.h"
#include "registry/name_pages.h"

#include <string.h>

struct catalog_listing {
    const struct name_sink *sink;
    size_t odd;
};

/* The catalog is optional: many public registries have none. */
static int
no_catalog(const struct repository *at, long refused, struct err *err)
{
    bool is_denied = refused == 401 || refused == 403;

    if (is_denied && err->reason != REASON_LOGIN && err->reason != REASON_PLAIN_HTTP)
        err->reason = REASON_NO_CATALOG;
    err_subject(err, at->host);
    if (is_denied)
        return err_wrap(err, "the catalog");
    if (refused != 400 && refused != 404 && refused != 405 && refused != 501)
        return -1;
    err_because(err, ERR_PROTOCOL, REASON_NO_CATALOG,
                "the registry has no catalog (%s returned %ld)", at->host, refused);
    return err_subject(err, at->host);
}

static int
list_at_home(struct session *s, const struct repository *at, void *ctx, struct err *err)
{
    struct catalog_listing *l = ctx;
    long refused = 0;

    if (at->path[0] != '\0')
        return err_set(err, ERR_USAGE, "a path of another registry has no catalog");
    if (name_pages_read(s, at, &catalog_list, l->sink, &l->odd, &refused, err) < 0)
        return refused != 0 ? no_catalog(at, refused, err) : -1;
    return 0;
}

int
catalog_read(struct session *s, const char *host, const struct name_sink *sink,
             struct err *err)
{
    const struct repository all = {.host = host, .path = ""};
    struct catalog_listing l = {.sink = sink};
    struct route_question q = {.ask = list_at_home, .ctx = &l, .at_home = true};

    if (mirror_fallback(s, &all, &q, err) < 0)
        return strstr(err->msg, host) ? -1 : err_wrap(err, "%s", host);
    name_pages_warn(s, &catalog_list, host, l.odd);
    return 0;
}
