/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "oci/referrer_list.h"

#include "base/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const cosign_suffixes[COSIGN_SUFFIXES] = {".sig", ".att", ".sbom"};

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
        if (r->items[i].tag[0] == '\0' && digest_equal(&r->items[i].digest, digest))
            return true;
    }
    return false;
}

struct referrer
referrer_of(const struct descriptor *d)
{
    return (struct referrer){.media_type = d->media_type,
                             .has_digest = true,
                             .digest = d->digest,
                             .size = d->size};
}

int
referrers_add_one(struct referrers *r, const struct referrer *one, struct err *err)
{
    if (one->tag[0] == '\0' && referrers_have(r, &one->digest))
        return 0;
    if (r->count == REFERRERS_MAX)
        return err_set(err, ERR_LIMIT, "more than %d referrers", REFERRERS_MAX);
    r->items = mem_grow(r->items, r->count, &r->cap, sizeof(*r->items));
    r->items[r->count] = *one;
    r->items[r->count++].media_type = xstrdup(one->media_type);
    return 0;
}

int
referrers_add(struct referrers *r, const struct document *index, struct err *err)
{
    for (size_t i = 0; i < index->count; i++) {
        const struct referrer one = referrer_of(&index->edges[i]);

        if (referrers_add_one(r, &one, err) < 0)
            return -1;
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
