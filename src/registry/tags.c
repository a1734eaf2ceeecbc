#include "config.h"
#include "registry/tags.h"

#include "base/mem.h"
#include "io/json.h"
#include "oci/reference.h"
#include "registry/pages.h"
#include "registry/route_ask.h"

#include <stdlib.h>
#include <string.h>

#define PAGE  "n=1000" /* some registries refuse to be asked for more */
#define COUNT 1000

struct listing {
    const struct tag_sink *sink;
    size_t count;                     /* entries of the last page */
    char last[REFERENCE_TAG_MAX + 1]; /* its last tag */
    size_t odd;                       /* entries that are no tags */
};

static int
take_entry(struct listing *l, const struct js *entry, struct err *err)
{
    const char *tag = js_text(entry);

    if (!tag || !reference_is_tag(tag)) {
        l->odd++;
        return 0;
    }
    memcpy(l->last, tag, strlen(tag) + 1);
    return l->sink->take(l->sink->ctx, tag, err);
}

/* "tags" may be null, or not there, when there are none. */
static int
read_page(struct listing *l, const struct answer *a, struct err *err)
{
    CLEANUP(js_release)
    struct js *root = js_parse(a->http.body.data ? a->http.body.data : "",
                               a->http.body.len, ERR_PROTOCOL, err);
    const struct js *tags = NULL;

    l->count = 0;
    if (!root)
        return err_wrap(err, "the list of tags");
    if (js_array(root, "tags", &tags) < 0 && !js_is_null(root, "tags"))
        return err_set(err, ERR_PROTOCOL, "the list of tags is no list");
    l->count = tags ? js_length(tags) : 0;
    for (size_t i = 0; i < l->count; i++) {
        if (take_entry(l, js_at(tags, i), err) < 0)
            return -1;
    }
    return 0;
}

/* Old registries end a full page without saying that there are more. */
static void
go_on_after_full_page(struct pages *p, const struct listing *l)
{
    CLEANUP(mem_free_string) char *query = xasprintf(PAGE "&last=%s", l->last);

    if (!p->next && l->count == COUNT && l->last[0] != '\0')
        pages_go_to(p, query);
}

static int
list(struct session *s, const struct repository *repo, const char *query,
     struct listing *l, long *refused, struct err *err)
{
    CLEANUP(answer_release) struct answer a = ANSWER_INIT;
    CLEANUP(pages_release) struct pages p = {.session = NULL};
    int rc;

    *refused = 0;
    if (pages_begin(&p, s, repo, "tags/list", query, NULL, err) < 0)
        return -1;
    while ((rc = pages_next(&p, &a, err)) == 1) {
        struct call call = {.repo = repo, .request = {.method = "GET", .url = a.url}};

        if (a.http.status != 200) {
            *refused = p.count == 1 ? a.http.status : 0;
            return exchange_error(&call, &a, err);
        }
        if (read_page(l, &a, err) < 0)
            return -1;
        go_on_after_full_page(&p, l);
    }
    return rc;
}

/* At one place along the route. */
static int
list_at(struct session *s, const struct repository *at, void *ctx, struct err *err)
{
    struct listing *l = ctx;
    long refused;
    int rc = list(s, at, PAGE, l, &refused, err);

    if (rc < 0 && refused == 400) { /* it does not like to be told how many */
        *err = (struct err)ERR_INIT;
        rc = list(s, at, NULL, l, &refused, err);
    }
    return rc;
}

int
tags_list(struct session *s, const struct repository *repo, const struct tag_sink *sink,
          struct err *err)
{
    struct listing l = {.sink = sink};
    struct route_question q = {
        .ask = list_at, .ctx = &l, .is_worth_a_line = true, .at_home = true};

    if (route_ask(s, repo, &q, err) < 0)
        return err_wrap(err, "tags");
    if (l.odd > 0)
        events_warning(s->client->config.events,
                       "%s/%s: %zu entries of the list of tags are none: left out",
                       repo->host, repo->path, l.odd);
    return 0;
}
