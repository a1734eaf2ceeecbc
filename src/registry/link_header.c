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

/* Is "next" one of the words? */
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

/* The value of a parameter behind its '=', and where it ends; false: a broken quote. */
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

/*
 * The parameters behind a target, up to the ',' or the end; *p moves there.
 * Returns: 1 when rel is next, 0, or -1 when they are malformed.
 */
static int
read_parameters(const char **p)
{
    bool is_next = false, has_rel = false;

    for (;;) {
        const char *name, *value = "";
        size_t name_len, len = 0;

        *p = skip_link_blanks(*p);
        if (**p == ',' || **p == '\0')
            return is_next;
        if (**p != ';')
            return -1;
        name = *p = skip_link_blanks(*p + 1);
        name_len = strcspn(name, " \t=;,");
        *p = skip_link_blanks(name + name_len);
        if (**p == '=') {
            ++*p;
            if (!parse_link_value(p, &value, &len))
                return -1;
        }
        if (!has_rel && text_same_nocase(name, name_len, "rel")) {
            has_rel = true; /* only the first one counts */
            is_next = has_next(value, len);
        }
    }
}

char *
link_header_next(const char *value)
{
    const char *p = value;

    for (;;) {
        const char *target, *end;
        int rc;

        p += strspn(p, " \t,");
        if (*p != '<')
            return NULL;
        target = p + 1;
        end = strchr(target, '>');
        if (!end)
            return NULL;
        p = end + 1;
        rc = read_parameters(&p);
        if (rc < 0)
            return NULL;
        if (rc == 1)
            return xstrndup(target, (size_t)(end - target));
    }
}
