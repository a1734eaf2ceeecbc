/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "oci/tag_filter.h"

#include "base/mem.h"
#include "base/text.h"

#include <string.h>

enum { PATTERN_MAX = 1000 }; /* bytes */

static int
regex_error(int code, const regex_t *regex, struct err *err)
{
    char text[100];

    regerror(code, regex, text, sizeof(text));
    return err_set(err, ERR_USAGE, "not a regular expression: %s", text);
}

int
tag_filter_compile(struct tag_filter *out, const char *text, struct err *err)
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
    rc = regcomp(&out->regex, whole, REG_EXTENDED | REG_NOSUB);
    return rc != 0 ? regex_error(rc, &out->regex, err) : 0;
}

void
tag_filter_release(struct tag_filter *p)
{
    regfree(&p->regex);
}

bool
tag_filter_matches(const struct tag_filter *p, const char *tag)
{
    return regexec(&p->regex, tag, 0, NULL, 0) == 0;
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
