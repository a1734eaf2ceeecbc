/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "registry/link_header.h"

#include "base/mem.h"
#include "base/text.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static const char *
skip_link_blanks(const char *p)
{
    return p + strspn(p, " \t");
}

/* Whether "next" is one of the words. */
static bool
has_next(const char *words, size_t len)
{
    for (size_t i = 0; i < len;) {
        size_t n = 0;

        while (i + n < len && words[i + n] != ' ' && words[i + n] != '\t')
            n++;
        if (text_same_nocase(words + i, n, "next"))
            return true;
        i += n + 1;
    }
    return false;
}

/* The value of a parameter after its '=', and its end; false: an unterminated quote. */
static bool
parse_link_value(const char **p, const char **value, size_t *len)
{
    const char *at = skip_link_blanks(*p);

    if (*at != '"') {
        *value = at;
        *len = strcspn(at, " \t;,");
        *p = at + *len;
        return true;
    }
    *value = ++at;
    while (*at != '\0' && *at != '"')
        at += *at == '\\' && at[1] != '\0' ? 2 : 1;
    *len = (size_t)(at - *value);
    if (*at == '\0')
        return false;
    *p = at + 1;
    return true;
}

/* The parameters after a target, up to the ',' or the end, where *p is moved. */
static enum link_found
read_parameters(const char **p)
{
    bool is_next = false, has_rel = false;

    for (;;) {
        const char *name, *value = "";
        size_t name_len, len = 0;

        *p = skip_link_blanks(*p);
        if (**p == ',' || **p == '\0')
            return is_next ? LINK_NEXT : has_rel ? LINK_NONE : LINK_UNNAMED;
        if (**p != ';')
            return LINK_MALFORMED;
        name = *p = skip_link_blanks(*p + 1);
        name_len = strcspn(name, " \t=;,");
        *p = skip_link_blanks(name + name_len);
        if (**p == '=') {
            ++*p;
            if (!parse_link_value(p, &value, &len))
                return LINK_MALFORMED;
        }
        if (!has_rel && text_same_nocase(name, name_len, "rel")) {
            if (len == 0)
                return LINK_MALFORMED;
            has_rel = true; /* only the first one counts */
            is_next = has_next(value, len);
        }
    }
}

/* Read one link with its parameters; *p is moved to its end. */
static enum link_found
read_link(const char **p, const char **target, size_t *len)
{
    const char *end = **p == '<' ? strchr(*p, '>') : NULL;

    if (!end)
        return LINK_MALFORMED;
    *target = *p + 1;
    *len = (size_t)(end - *target);
    *p = end + 1;
    return read_parameters(p);
}

enum link_found
link_header_next(const char *value, char **target)
{
    const char *p = value, *at = NULL;
    enum link_found found = LINK_NONE;
    bool is_unnamed = false;
    size_t len = 0, count;

    for (count = 0;; count++) {
        p += strspn(p, " \t,");
        if (*p == '\0')
            break;
        found = read_link(&p, &at, &len);
        if (found == LINK_MALFORMED)
            return LINK_MALFORMED;
        if (found == LINK_NEXT)
            break;
        is_unnamed = is_unnamed || found == LINK_UNNAMED;
    }
    if (found != LINK_NEXT && is_unnamed)
        found = count == 1 ? LINK_UNNAMED : LINK_MALFORMED;
    if (found == LINK_NEXT || found == LINK_UNNAMED)
        *target = xstrndup(at, len);
    return found;
}
