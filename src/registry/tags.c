/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "registry/tags.h"

#include "base/mem.h"
#include "base/text.h"
#include "io/json/json.h"
#include "registry/exchange_error.h"
#include "registry/mirror_fallback.h"
#include "registry/pages.h"

#include <stdlib.h>
#include <string.h>

#define PAGE  "n=1000" /* some registries reject a larger number */
#define COUNT 1000

struct tag_listing {
    const struct tag_sink *sink;
    struct tag_page page; /* the last one */
    size_t odd;           /* invalid tags on all pages */
    bool is_guess;        /* no Link header led to the page that is next */
};

static int
take_entry(struct tag_page *page, const struct js *entry, const struct tag_sink *sink,
           struct err *err)
{
    const char *tag = js_text(entry);

    if (!tag || !reference_is_tag(tag)) {
        page->odd++;
        return 0;
    }
    memcpy(page->last, tag, strlen(tag) + 1);
    return sink->take(sink->ctx, tag, err);
}

int
tags_read_page(struct tag_page *out, const void *body, size_t len,
               const struct tag_sink *sink, struct err *err)
{
    CLEANUP(js_release) struct js *root = js_parse_foreign(body, len, ERR_PROTOCOL, err);
    const struct js *tags = NULL;

    *out = (struct tag_page){.count = 0};
    if (!root)
        return err_wrap(err, "the list of tags");
    if (js_array(root, "tags", &tags) < 0 && !js_is_null(root, "tags"))
        return err_set(err, ERR_PROTOCOL, "\"tags\" is not an array");
    out->count = tags ? js_length(tags) : 0;
    for (size_t i = 0; i < out->count; i++) {
        if (take_entry(out, js_at(tags, i), sink, err) < 0)
            return -1;
    }
    return 0;
}

/* Old registries end a full page without a link to the next one. */
static void
go_on_after_full_page(struct pages *p, struct tag_listing *l)
{
    CLEANUP(mem_free_string) char *query = xasprintf(PAGE "&last=%s", l->page.last);

    l->is_guess = !p->next && l->page.count == COUNT && l->page.last[0] != '\0' &&
                  pages_go_to(p, query);
}

static int
list_tags(struct session *s, const struct repository *repo, const char *query,
          struct tag_listing *l, long *refused, struct err *err)
{
    CLEANUP(answer_release) struct answer a = ANSWER_INIT;
    CLEANUP(pages_release) struct pages p = {.session = NULL};
    int rc;

    *refused = 0;
    if (pages_begin(&p, s, repo, "tags/list", query, NULL, err) < 0)
        return -1;
    while ((rc = pages_next(&p, &a, err)) == 1) {
        struct call call = {.repo = repo, .request = {.method = "GET", .url = a.url}};

        if (l->is_guess && a.http.status >= 400 && a.http.status < 500)
            return 0; /* that page was the last one */
        if (a.http.status != 200) {
            *refused = p.count == 1 ? a.http.status : 0;
            return exchange_error(&call, &a, err);
        }
        if (exchange_check_encoding(&a.http, err) < 0)
            return err_wrap(err, "the list of tags");
        if (tags_read_page(&l->page, a.http.body.data ? a.http.body.data : "",
                           a.http.body.len, l->sink, err) < 0)
            return -1;
        l->odd += l->page.odd;
        go_on_after_full_page(&p, l);
    }
    return rc;
}

/* At one place along the route. */
static int
list_at(struct session *s, const struct repository *at, void *ctx, struct err *err)
{
    struct tag_listing *l = ctx;
    long refused;
    int rc = list_tags(s, at, PAGE, l, &refused, err);

    if (rc < 0 && refused == 400) { /* some registries reject a page size */
        *err = (struct err)ERR_INIT;
        rc = list_tags(s, at, NULL, l, &refused, err);
    }
    return rc;
}

int
tags_list(struct session *s, const struct repository *repo, const struct tag_sink *sink,
          struct err *err)
{
    struct tag_listing l = {.sink = sink};
    char odd[TEXT_COUNT_MAX];
    struct route_question q = {
        .ask = list_at, .ctx = &l, .is_worth_a_line = true, .at_home = true};

    if (mirror_fallback(s, repo, &q, err) < 0)
        return err_wrap(err, "tags");
    if (l.odd > 0)
        events_warning(&s->client->config.run->events,
                       "%s/%s: %s in the list of tags ignored", repo->host, repo->path,
                       text_count(odd, l.odd, "invalid entry", "invalid entries"));
    return 0;
}
