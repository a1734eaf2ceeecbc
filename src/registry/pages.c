/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "registry/pages.h"

#include "base/mem.h"
#include "io/http/http_url.h"
#include "oci/document.h"
#include "registry/link_header.h"

#include <stdlib.h>
#include <string.h>

int
pages_begin(struct pages *out, struct session *s, const struct repository *repo,
            const char *rest, const char *query, const char *accept, struct err *err)
{
    CLEANUP(mem_free_string) char *url = NULL;

    *out = (struct pages){.session = s, .repo = repo, .accept = accept};
    if (client_host(s, repo, &out->host, err) < 0)
        return -1;
    url = client_url(out->host, repo->path, rest);
    out->path = xstrdup(http_url_path(url));
    pages_go_to(out, query);
    allowance_begin(&out->allowance, s, 0);
    return 0;
}

void
pages_release(struct pages *p)
{
    for (size_t i = 0; i < p->count; i++)
        free(p->seen[i]);
    free(p->seen);
    free(p->path);
    free(p->next);
    allowance_end(&p->allowance);
    *p = (struct pages){.session = NULL};
}

static bool
is_seen(const struct pages *p, const char *url)
{
    for (size_t i = 0; i < p->count; i++) {
        if (strcmp(p->seen[i], url) == 0)
            return true;
    }
    return false;
}

bool
pages_go_to(struct pages *p, const char *query)
{
    CLEANUP(mem_free_string)
    char *path = xasprintf("%s%s%s", p->path, query ? "?" : "", query ? query : "");
    char *url = http_url_build(&p->host->origin, path);

    free(p->next);
    p->next = NULL;
    if (is_seen(p, url)) {
        free(url);
        return false;
    }
    p->next = url;
    return true;
}

/* Some registries put an internal name into the link: only the query is used. */
static int
follow_link(struct pages *p, const struct answer *a, const char *target, bool is_named,
            struct err *err)
{
    CLEANUP(mem_free_string) char *url = NULL;
    const char *path, *query;

    if (http_url_resolve(a->url, target, &url, err) < 0)
        return err_wrap(err, "the link to the next page");
    path = http_url_path(url);
    query = strchr(path, '?');
    if (!is_named && (!query || strlen(p->path) != (size_t)(query - path) ||
                      strncmp(path, p->path, (size_t)(query - path)) != 0))
        return err_set(err, ERR_PROTOCOL, "malformed Link header: no \"rel\"");
    if (!pages_go_to(p, query ? query + 1 : NULL))
        return err_set(err, ERR_PROTOCOL, "pagination loop");
    return 0;
}

/* A malformed link must not silently end the list. */
static int
find_next(struct pages *p, const struct answer *a, struct err *err)
{
    const char *header;

    for (size_t i = 0; (header = http_header(&a->http, "link", i)) != NULL; i++) {
        CLEANUP(mem_free_string) char *target = NULL;
        enum link_found found = link_header_next(header, &target);

        if (found == LINK_NEXT)
            return follow_link(p, a, target, true, err);
        if (found == LINK_UNNAMED && i == 0 && !http_header(&a->http, "link", 1))
            return follow_link(p, a, target, false, err);
        if (found != LINK_NONE)
            return err_set(err, ERR_PROTOCOL, "malformed Link header");
    }
    return 0;
}

int
pages_next(struct pages *p, struct answer *a, struct err *err)
{
    const char *const headers[] = {p->accept, NULL};
    struct call call = {
        .repo = p->repo,
        .is_catalog = p->repo->path[0] == '\0',
        .stays_here = true,
        .request = {.method = "GET", .headers = headers, .body_max = DOCUMENT_BYTES_MAX}};

    if (!p->next)
        return 0;
    if (p->count == PAGES_MAX)
        return err_set(err, ERR_LIMIT, "the list has more than %d pages", PAGES_MAX);
    p->seen = mem_grow(p->seen, p->count, &p->cap, sizeof(*p->seen));
    p->seen[p->count++] = p->next;
    call.request.url = p->next;
    p->next = NULL;
    p->allowance.allowed_ms =
        allowance_ms(p->received + call.request.body_max, &p->session->client->config);
    if (exchange(p->session, &call, a, err) < 0)
        return -1;
    p->received += a->http.received;
    if (a->http.status == 200 && find_next(p, a, err) < 0)
        return -1;
    return 1;
}
