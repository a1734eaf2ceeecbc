/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "registry/connection/challenge.h"

#include "base/mem.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

enum {
    VALUE_MAX = 8 << 10, /* bytes of one header value */
    CHALLENGES_MAX = 8,
    PARAMETERS_MAX = 16, /* per challenge */
};

void
challenge_release(struct challenge *c)
{
    free(c->realm);
    free(c->service);
    free(c->scope);
    free(c->error);
    *c = (struct challenge)CHALLENGE_INIT;
}

static int
malformed(const char *why, struct err *err)
{
    return err_set(err, ERR_AUTH, "the registry's WWW-Authenticate header %s", why);
}

static bool
is_token_char(char c)
{
    return text_is_alnum(c) || (c != '\0' && strchr("!#$%&'*+-.^_`|~", c));
}

static const char *
skip_header_blanks(const char *p)
{
    return p + strspn(p, " \t");
}

static const char *
skip_token(const char *p)
{
    while (is_token_char(*p))
        p++;
    return p;
}

/* A ',' or a blank with NAME= behind it: where a quote was forgotten, another parameter.
 */
static bool
has_parameter(const char *text)
{
    for (const char *p = text + strcspn(text, ", \t"); *p != '\0';) {
        const char *name = p + strspn(p, ", \t"), *end = skip_token(name);

        if (end > name && *skip_header_blanks(end) == '=')
            return true;
        p = *end == '\0' ? end : end + strcspn(end, ", \t");
    }
    return false;
}

/*
 * The value of a parameter, a token or a quoted string, at *p, which is advanced.  An
 * unterminated quote ends with the header.  NULL when that may have hidden something, or
 * the value is empty.
 */
static char *
parse_parameter_value(const char **p)
{
    const char *start = *p;
    char *out, *end;

    if (*start != '"') {
        *p = start + strcspn(start, ", \t\"");
        return *p > start ? xstrndup(start, (size_t)(*p - start)) : NULL;
    }
    out = end = xmalloc(strlen(start));
    for (start++; *start != '"' && *start != '\0'; start++) {
        if (*start == '\\' && start[1] != '\0')
            start++;
        *end++ = *start;
    }
    *end = '\0';
    if (*start == '\0' && (strchr(*p, '\\') || has_parameter(*p + 1))) {
        free(out);
        return NULL;
    }
    *p = *start == '"' ? start + 1 : start;
    return out;
}

/* Scopes add up.  Takes both over. */
static char *
join_scopes(char *first, char *second)
{
    char *both = xasprintf("%s %s", first, second);

    free(first);
    free(second);
    return both;
}

/* Keep a value under its name.  A second one is an error, unless it is a scope, or the
 * same. */
static int
set_parameter(struct challenge *c, const char *name, size_t len, char *value)
{
    struct {
        const char *name;
        char **slot;
    } known[] = {{"realm", &c->realm},
                 {"service", &c->service},
                 {"scope", &c->scope},
                 {"error", &c->error}};

    for (size_t i = 0; i < COUNT_OF(known); i++) {
        if (!text_same_nocase(name, len, known[i].name))
            continue;
        if (!*known[i].slot) {
            *known[i].slot = value;
        } else if (strcmp(*known[i].slot, value) == 0) {
            free(value);
        } else if (known[i].slot == &c->scope) {
            c->scope = join_scopes(c->scope, value);
        } else {
            free(value);
            return -1;
        }
        return 0;
    }
    free(value);
    return 0;
}

/*
 * Parse one "name=value" at *p.  1: parsed; 0: the next challenge or the end; -1:
 * malformed.
 */
static int
take_parameter(struct challenge *c, const char **p)
{
    const char *name = *p, *end = skip_token(name), *at = skip_header_blanks(end);
    char *value;

    if (end == name || *at != '=')
        return 0;
    at = skip_header_blanks(at + 1);
    value = parse_parameter_value(&at);
    if (!value || set_parameter(c, name, (size_t)(end - name), value) < 0)
        return -1;
    *p = skip_header_blanks(at);
    if (**p == ',' || **p == '\0')
        return 1;
    end = skip_token(*p); /* the comma may be missing after a blank */
    return *p > at && end > *p && *skip_header_blanks(end) == '=' ? 1 : -1;
}

/* Skip commas, blanks around them, and empty elements. */
static const char *
skip_commas(const char *p)
{
    return p + strspn(p, ", \t");
}

/* The parameters of a scheme, or the single token68 that some schemes have instead. */
static int
take_parameters(struct challenge *c, const char **p)
{
    const char *lump =
        *p + strspn(*p, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                        "0123456789-._~+/");
    int count = 0, rc;

    lump = skip_header_blanks(lump + strspn(lump, "="));
    if (lump > *p && (*lump == ',' || *lump == '\0')) {
        *p = lump;
        return 0;
    }
    while ((rc = take_parameter(c, p)) == 1) {
        if (++count > PARAMETERS_MAX)
            return -1;
        *p = skip_commas(*p);
    }
    return rc;
}

static enum challenge_scheme
scheme_of(const char *name, size_t len)
{
    if (text_same_nocase(name, len, "bearer"))
        return CHALLENGE_BEARER;
    return text_same_nocase(name, len, "basic") ? CHALLENGE_BASIC : CHALLENGE_NONE;
}

/* Keep the better one in best; c is emptied if it was. */
static void
keep_better(struct challenge *best, struct challenge *c)
{
    if (c->scheme <= best->scheme)
        return;
    challenge_release(best);
    *best = *c;
    *c = (struct challenge)CHALLENGE_INIT;
}

/* Parse one challenge at *p: a scheme and its parameters. */
static int
parse_challenge(struct challenge *best, const char **p, struct err *err)
{
    CLEANUP(challenge_release) struct challenge c = CHALLENGE_INIT;
    const char *name = *p, *end = skip_token(name);

    if (end == name)
        return malformed("is malformed", err);
    *p = skip_header_blanks(end);
    if (*p > end && take_parameters(&c, p) < 0)
        return malformed("has malformed, duplicate or too many parameters", err);
    if (**p != '\0' && *p == end && *end != ',')
        return malformed("is malformed", err);
    c.scheme = scheme_of(name, (size_t)(end - name));
    if (c.scheme == CHALLENGE_BEARER && (!c.realm || c.realm[0] == '\0'))
        return malformed("requires a token but names no token server", err);
    keep_better(best, &c);
    *p = skip_commas(*p);
    return 0;
}

int
challenge_read(struct challenge *best, const char *value, struct err *err)
{
    CLEANUP(challenge_release) struct challenge found = CHALLENGE_INIT;
    const char *p = skip_commas(value);

    if (strlen(value) > VALUE_MAX)
        return malformed("is too long", err);
    for (int count = 0; *p != '\0'; count++) {
        if (count == CHALLENGES_MAX)
            return malformed("has too many challenges", err);
        if (parse_challenge(&found, &p, err) < 0)
            return -1;
    }
    keep_better(best, &found);
    return 0;
}

int
challenge_of_response(struct challenge *out, const struct http_response *r,
                      struct err *err)
{
    const char *value;

    for (size_t i = 0; (value = http_header(r, "www-authenticate", i)); i++) {
        if (i == CHALLENGES_MAX)
            return malformed("is repeated too often", err);
        if (challenge_read(out, value, err) < 0)
            return -1;
    }
    return 0;
}
