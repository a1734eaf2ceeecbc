/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "oci/choice.h"

#include <string.h>

static int
add_one(struct choice *c, const char *text, size_t len, struct err *err)
{
    char spec[PLATFORM_TEXT_MAX];

    if (platform_parse(spec, text, len, err) < 0)
        return -1;
    for (size_t i = 0; i < c->count; i++) {
        if (strcmp(c->platforms[i], spec) == 0)
            return 0;
    }
    if (c->count == CHOICE_PLATFORMS_MAX)
        return err_set(err, ERR_LIMIT, "more than %d platforms", CHOICE_PLATFORMS_MAX);
    memcpy(c->platforms[c->count++], spec, sizeof(spec));
    return 0;
}

int
choice_add(struct choice *c, const char *text, struct err *err)
{
    for (const char *at = text;;) {
        size_t len = strcspn(at, ",");

        if (add_one(c, at, len, err) < 0)
            return -1;
        if (at[len] == '\0')
            return 0;
        at += len + 1;
    }
}

bool
choice_has(const struct choice *c, const char *spec)
{
    for (size_t i = 0; i < c->count; i++) {
        if (platform_matches(c->platforms[i], spec))
            return true;
    }
    return false;
}

void
choice_list(const struct choice *c, uint64_t bits, struct buf *out)
{
    for (size_t i = 0; i < c->count; i++) {
        if (bits >> i & 1)
            (void)!buf_addf(out, "%s%s", out->len > 0 ? ", " : "", c->platforms[i]);
    }
}

/* Whether an attestation is about children that are all left out.  An index may list a
 * child twice. */
static bool
is_about_nothing(const struct document *index, const struct descriptor *d,
                 const bool *omit)
{
    bool found = false;

    for (size_t i = 0; i < index->count; i++) {
        if (!digest_equal(&index->edges[i].digest, &d->about))
            continue;
        if (!omit[i])
            return false;
        found = true;
    }
    return found;
}

void
choice_apply(const struct choice *c, const struct document *index, bool *omit)
{
    if (c->count == 0)
        return;
    for (size_t i = 0; i < index->count; i++) {
        const struct descriptor *d = &index->edges[i];

        omit[i] = d->platform.spec[0] != '\0' && !d->is_attestation &&
                  !choice_has(c, d->platform.spec);
    }
    for (size_t i = 0; i < index->count; i++) {
        const struct descriptor *d = &index->edges[i];

        if (d->has_about)
            omit[i] = is_about_nothing(index, d, omit);
    }
}
