/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "registry/name_pages.h"

#include "base/mem.h"
#include "base/text.h"
#include "io/http/http_url.h"
#include "io/json/json.h"
#include "registry/exchange_error.h"
#include "registry/pages.h"

#include <stdlib.h>
#include <string.h>

#define PAGE  "n=1000" /* some registries reject a larger number */
#define COUNT 1000

const struct list_kind tag_list = {"tags/list", "tags", "the list of tags",
                                   reference_is_tag};
const struct list_kind catalog_list = {"_catalog", "repositories", "the catalog",
                                       reference_is_path};

struct name_listing {
    const struct list_kind *list;
    const struct name_sink *sink;
    struct name_page page; /* the last one */
    size_t odd;            /* invalid names on all pages */
    bool is_guess;         /* no Link header led to the page that is next */
};

static int
take_entry(struct name_page *page, const struct list_kind *list, const struct js *entry,
           const struct name_sink *sink, struct err *err)
{
    const char *name = js_text(entry);

    if (!name || !list->is_name(name)) {
        page->odd++;
        return 0;
    }
    memcpy(page->last, name, strlen(name) + 1);
    return sink->take(sink->ctx, name, err);
}

int
name_page_read(struct name_page *out, const struct list_kind *list, const void *body,
               size_t len, const struct name_sink *sink, struct err *err)
{
    CLEANUP(js_release) struct js *root = js_parse_foreign(body, len, ERR_PROTOCOL, err);
    const struct js *names = NULL;

    *out = (struct name_page){.count = 0};
    if (!root)
        return err_wrap(err, "%s", list->title);
    if (js_array(root, list->member, &names) < 0 && !js_is_null(root, list->member))
        return err_set(err, ERR_PROTOCOL, "\"%s\" is not an array", list->member);
    out->count = names ? js_length(names) : 0;
    for (size_t i = 0; i < out->count; i++) {
        if (take_entry(out, list, js_at(names, i), sink, err) < 0)
            return -1;
    }
    return 0;
}

/* Old registries end a full page without a link to the next one. */
static void
go_on_after_full_page(struct pages *p, struct name_listing *l)
{
    CLEANUP(mem_free_string) char *last = NULL;
    char *query;

    last = http_url_add_query("/?" PAGE, "last", l->page.last);
    query = last + strlen("/?");
    l->is_guess = !p->next && l->page.count == COUNT && l->page.last[0] != '\0' &&
                  pages_go_to(p, query);
}

static int
read_pages(struct session *s, const struct repository *at, const char *query,
           struct name_listing *l, long *refused, struct err *err)
{
    CLEANUP(answer_release) struct answer a = ANSWER_INIT;
    CLEANUP(pages_release) struct pages p = {.session = NULL};
    int rc;

    *refused = 0;
    if (pages_begin(&p, s, at, l->list->rest, query, NULL, err) < 0)
        return -1;
    while ((rc = pages_next(&p, &a, err)) == 1) {
        size_t max = l->sink->pages_max;
        struct call call = {.repo = at, .request = {.method = "GET", .url = a.url}};

        if (l->is_guess && a.http.status >= 400 && a.http.status < 500)
            return 0; /* that page was the last one */
        if (a.http.status != 200) {
            *refused = p.count == 1 ? a.http.status : 0;
            return exchange_error(&call, &a, err);
        }
        if (exchange_check_encoding(&a.http, err) < 0)
            return err_wrap(err, "%s", l->list->title);
        if (name_page_read(&l->page, l->list, a.http.body.data ? a.http.body.data : "",
                           a.http.body.len, l->sink, err) < 0)
            return -1;
        l->odd += l->page.odd;
        go_on_after_full_page(&p, l);
        if (max > 0 && p.count == max && p.next)
            return err_set(err, ERR_LIMIT, "more than %zu pages", max);
    }
    return rc;
}

int
name_pages_read(struct session *s, const struct repository *at,
                const struct list_kind *list, const struct name_sink *sink, size_t *odd,
                long *refused, struct err *err)
{
    struct name_listing l = {.list = list, .sink = sink};
    int rc = read_pages(s, at, PAGE, &l, refused, err);

    if (rc < 0 && *refused == 400) { /* some registries reject a page size */
        *err = (struct err)ERR_INIT;
        rc = read_pages(s, at, NULL, &l, refused, err);
    }
    *odd = l.odd;
    return rc;
}

void
name_pages_warn(const struct session *s, const struct list_kind *list, const char *of,
                size_t odd)
{
    char count[TEXT_COUNT_MAX];

    if (odd > 0)
        events_warning(&s->client->config.run->events, "%s: %s in %s ignored", of,
                       text_count(count, odd, "invalid entry", "invalid entries"),
                       list->title);
}
