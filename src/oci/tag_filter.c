/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "oci/tag_filter.h"

#include "base/mem.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

enum { PATTERN_MAX = 1000 }; /* bytes */

static int
regex_error(int code, const regex_t *regex, struct err *err)
{
    char text[100];

    regerror(code, regex, text, sizeof(text));
    return err_set(err, ERR_USAGE, "not a regular expression: %s", text);
}

static int
compile(regex_t *out, const char *text, struct err *err)
{
    CLEANUP(mem_free_string) char *whole = NULL;
    regex_t alone;
    int rc;

    if (text[0] == '\0' || strlen(text) > PATTERN_MAX)
        return err_set(err, ERR_USAGE, "not a regular expression of 1 to %d bytes",
                       PATTERN_MAX);
    rc =
        regcomp(&alone, text, REG_EXTENDED | REG_NOSUB); /* "a)(b" is invalid by itself */
    if (rc != 0)
        return regex_error(rc, &alone, err);
    regfree(&alone);
    whole = xasprintf("^(%s)$", text);
    rc = regcomp(out, whole, REG_EXTENDED | REG_NOSUB);
    return rc != 0 ? regex_error(rc, out, err) : 0;
}

int
tag_filter_make(struct tag_filter *out, const struct tag_wishes *w, struct err *err)
{
    CLEANUP(tag_filter_release)
    struct tag_filter f = {.variant = w->variant, .latest = w->latest};

    if (w->variant && (w->variant[0] == '\0' || strlen(w->variant) >= VERSION_TEXT_MAX))
        return err_set(err, ERR_USAGE, "not a variant of 1 to %d bytes",
                       VERSION_TEXT_MAX - 1);
    if (w->regex && compile(&f.regex, w->regex, err) < 0)
        return -1;
    f.has_regex = w->regex != NULL;
    if (w->exclude && compile(&f.exclude, w->exclude, err) < 0)
        return -1;
    f.has_exclude = w->exclude != NULL;
    if (w->range && version_range_parse(&f.range, w->range, err) < 0)
        return -1;
    f.has_range = w->range != NULL;
    *out = f;
    f = (struct tag_filter){.latest = 0};
    return 0;
}

void
tag_filter_release(struct tag_filter *p)
{
    if (p->has_regex)
        regfree(&p->regex);
    if (p->has_exclude)
        regfree(&p->exclude);
    *p = (struct tag_filter){.latest = 0};
}

/* ---- which tags ---- */

static bool
matches(const regex_t *regex, const char *tag)
{
    return regexec(regex, tag, 0, NULL, 0) == 0;
}

/* The length of a tag without "-VARIANT"; 0: it has no such end. */
static size_t
without_variant(const char *tag, const char *variant)
{
    size_t len = strlen(tag), end = strlen(variant);

    if (len <= end + 1 || tag[len - end - 1] != '-' ||
        strcmp(tag + len - end, variant) != 0)
        return 0;
    return len - end - 1;
}

/* The version of a tag, and whether it is one. */
static bool
version_of(const struct tag_filter *p, const char *tag, struct version *out)
{
    return version_parse(out, tag,
                         p->variant ? without_variant(tag, p->variant) : strlen(tag));
}

bool
tag_filter_matches(const struct tag_filter *p, const char *tag)
{
    struct version version;

    if ((p->has_regex && !matches(&p->regex, tag)) ||
        (p->has_exclude && matches(&p->exclude, tag)) ||
        (p->variant && without_variant(tag, p->variant) == 0))
        return false;
    if (!p->has_range && p->latest == 0)
        return true;
    if (!version_of(p, tag, &version))
        return false;
    return p->has_range ? version_range_has(&p->range, &version) : version.pre[0] == '\0';
}

struct candidate {
    char *tag;
    struct version version;
};

/* The highest first; "1.2" and "1.2.0" have the same version. */
static int
by_version(const void *a, const void *b)
{
    const struct candidate *x = a, *y = b;
    int order = version_compare(&y->version, &x->version);

    return order != 0 ? order : strcmp(x->tag, y->tag);
}

size_t
tag_filter_latest(const struct tag_filter *p, char **tags, size_t count)
{
    struct candidate *all;

    if (p->latest == 0 || count <= p->latest)
        return count;
    all = xcalloc(count, sizeof(*all));
    for (size_t i = 0; i < count; i++) {
        all[i].tag = tags[i];
        (void)version_of(p, tags[i], &all[i].version);
    }
    qsort(all, count, sizeof(*all), by_version);
    for (size_t i = 0; i < count; i++) {
        if (i < p->latest)
            tags[i] = all[i].tag;
        else
            free(all[i].tag);
    }
    free(all);
    return (size_t)p->latest;
}

/* The text after "sha256-<hex>", or NULL. */
static const char *
after_digest(const char *tag)
{
    enum { HEX = 64 };
    unsigned char raw[HEX / 2];
    const char *hex = tag + strlen("sha256-");

    if (!text_starts(tag, "sha256-") || strnlen(hex, HEX) < HEX ||
        text_unhex(raw, hex, sizeof(raw)) < 0)
        return NULL;
    return hex + HEX;
}

bool
tag_is_referrers_list(const char *tag)
{
    const char *rest = after_digest(tag);

    return rest && rest[0] == '\0';
}

bool
tag_is_of_cosign(const char *tag)
{
    const char *rest = after_digest(tag);

    return rest && (strcmp(rest, ".sig") == 0 || strcmp(rest, ".att") == 0 ||
                    strcmp(rest, ".sbom") == 0);
}

bool
tag_digest_of_cosign(const char *tag, struct digest *digest)
{
    struct digest d = {.alg = DIGEST_SHA256};

    if (!tag_is_of_cosign(tag) ||
        text_unhex(d.raw, tag + strlen("sha256-"), digest_size(&d)) < 0)
        return false;
    *digest = d;
    return true;
}
