/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "oci/referrer_list.h"

#include "base/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void
referrers_release(struct referrers *r)
{
    for (size_t i = 0; i < r->count; i++)
        free(r->items[i].media_type);
    free(r->items);
    *r = (struct referrers)REFERRERS_INIT;
}

bool
referrers_have(const struct referrers *r, const struct digest *digest)
{
    for (size_t i = 0; i < r->count; i++) {
        if (digest_equal(&r->items[i].digest, digest))
            return true;
    }
    return false;
}

int
referrers_add(struct referrers *r, const struct document *index, struct err *err)
{
    if (index->count > REFERRERS_MAX - r->count)
        return err_set(err, ERR_LIMIT, "more than %d referrers", REFERRERS_MAX);
    for (size_t i = 0; i < index->count; i++) {
        const struct descriptor *d = &index->edges[i];

        if (referrers_have(r, &d->digest))
            continue;
        r->items = mem_grow(r->items, r->count, &r->cap, sizeof(*r->items));
        r->items[r->count++] = (struct referrer){
            .media_type = xstrdup(d->media_type), .digest = d->digest, .size = d->size};
    }
    return 0;
}

void
referrers_tag(const struct digest *digest, char out[REFERRERS_TAG_MAX])
{
    char text[DIGEST_TEXT_MAX];
    char *colon;

    digest_text(digest, text);
    colon = strchr(text, ':');
    snprintf(out, REFERRERS_TAG_MAX, "%.*s-%.64s", (int)(colon - text), text, colon + 1);
}
