/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "registry/tags.h"

#include "base/mem.h"
#include "registry/mirror_fallback.h"
#include "registry/name_pages.h"

struct tag_listing {
    const struct name_sink *sink;
    size_t odd;
};

/* At one place along the route. */
static int
list_tags_at(struct session *s, const struct repository *at, void *ctx, struct err *err)
{
    struct tag_listing *l = ctx;
    long refused;

    return name_pages_read(s, at, &tag_list, l->sink, &l->odd, &refused, err);
}

int
tags_list(struct session *s, const struct repository *repo, const struct name_sink *sink,
          struct err *err)
{
    struct tag_listing l = {.sink = sink};
    struct route_question q = {
        .ask = list_tags_at, .ctx = &l, .is_worth_a_line = true, .at_home = true};
    CLEANUP(mem_free_string) char *name = NULL;

    if (mirror_fallback(s, repo, &q, err) < 0)
        return err_wrap(err, "tags");
    name = xasprintf("%s/%s", repo->host, repo->path);
    name_pages_warn(s, &tag_list, name, l.odd);
    return 0;
}
