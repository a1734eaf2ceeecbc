/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "registry/credentials/credentials_match.h"

#include "base/mem.h"
#include "base/text.h"
#include "base/text_safe.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char hub_key[] = "https://index.docker.io/v1/"; /* docker's own */

struct source *
credentials_source_new(const char *name)
{
    struct source *s = xcalloc(1, sizeof(*s));

    s->name = xstrdup(name);
    return s;
}

void
credentials_source_free(struct source *s)
{
    for (size_t i = 0; i < s->count; i++) {
        free(s->entries[i].key);
        free(s->entries[i].host);
        free(s->entries[i].path);
        free(s->entries[i].helper);
        credential_release(&s->entries[i].credential);
    }
    free(s->entries);
    free(s->store);
    free(s->name);
    free(s);
}

/* ---- keys ---- */

static const char *
without_scheme(const char *key)
{
    if (text_starts(key, "https://"))
        return key + strlen("https://");
    return text_starts(key, "http://") ? key + strlen("http://") : key;
}

/* Whether it is an API path rather than a namespace.  docker ignores the path of a key
 * with a scheme. */
static bool
is_api_path(const char *path)
{
    static const char *const paths[] = {"", "/", "/v1", "/v1/", "/v2", "/v2/"};

    for (size_t i = 0; i < COUNT_OF(paths); i++) {
        if (strcmp(path, paths[i]) == 0)
            return true;
    }
    return false;
}

/* In lower case, with all names of Docker Hub mapped to one. */
static char *
host_of(const char *text, size_t len)
{
    static const char *const hub[] = {"index.docker.io", "registry-1.docker.io"};
    char *host = xstrndup(text, len);

    for (char *p = host; *p != '\0'; p++)
        *p = text_lower(*p);
    for (size_t i = 0; i < COUNT_OF(hub); i++) {
        if (strcmp(host, hub[i]) == 0) {
            free(host);
            return xstrdup("docker.io");
        }
    }
    return host;
}

/* "/team/" -> "team" */
static char *
path_of(const char *text)
{
    size_t len = strlen(text);

    while (len > 0 && text[len - 1] == '/')
        len--;
    return len > 0 ? xstrndup(text + 1, len - 1) : xstrdup("");
}

struct entry *
credentials_source_add(struct source *s, const char *key)
{
    const char *host = without_scheme(key);
    size_t len = strcspn(host, "/");
    bool whole = host != key || is_api_path(host + len);
    struct entry *e;

    if (len == 0)
        return NULL;
    s->entries = mem_grow(s->entries, s->count, &s->cap, sizeof(*e));
    e = &s->entries[s->count++];
    *e = (struct entry){.key = xstrdup(key),
                        .host = host_of(host, len),
                        .path = whole ? xstrdup("") : path_of(host + len)};
    return e;
}

bool
credentials_key_is_for(const char *key, const char *host)
{
    struct source *s = credentials_source_new("");
    const struct entry *e = credentials_source_add(s, key);
    bool is_for = e && e->path[0] == '\0' && strcmp(e->host, host) == 0;

    credentials_source_free(s);
    return is_for;
}

void
source_key_text(char out[SOURCE_KEY_MAX], const char *key)
{
    const char *at = strrchr(key, '@');
    char safe[TEXT_SAFE_MAX];

    text_safe(safe, at ? at : key, strlen(at ? at : key));
    snprintf(out, SOURCE_KEY_MAX, "%s%s", at ? "..." : "", safe);
}

/* ---- lookup ---- */

/* Whether a repository is below a namespace, or equals it.  "team" does not contain
 * "teams/x". */
static bool
is_below(const char *path, const char *namespace)
{
    size_t len = strlen(namespace);

    return len == 0 || (strncmp(path, namespace, len) == 0 &&
                        (path[len] == '\0' || path[len] == '/'));
}

/* Whether the key is the host itself, or docker's key for its hub. */
static bool
is_exact(const struct entry *e)
{
    return strcmp(e->host, "docker.io") == 0
               ? strcmp(e->key, hub_key) == 0
               : text_same_nocase(e->key, strcspn(e->key, "/"), e->host);
}

/* Order of preference: the longest namespace; then the exact key; then the first. */
static bool
is_better(const struct entry *e, const struct entry *than)
{
    size_t len = strlen(e->path), other = strlen(than->path);

    return len != other ? len > other : is_exact(e) && !is_exact(than);
}

const char *
credentials_source_helper(const struct source *s, const char *host, bool *only)
{
    const struct entry *best = NULL;

    for (size_t i = 0; i < s->count; i++) {
        const struct entry *e = &s->entries[i];

        if (e->helper && e->path[0] == '\0' && strcmp(e->host, host) == 0 &&
            (!best || is_better(e, best)))
            best = e;
    }
    *only = best != NULL;
    return best ? best->helper : s->store;
}

struct entry *
credentials_source_find(const struct source *s, const char *host, const char *path)
{
    struct entry *best = NULL;

    for (size_t i = 0; i < s->count; i++) {
        struct entry *e = &s->entries[i];

        if (e->credential.user && strcmp(e->host, host) == 0 && is_below(path, e->path) &&
            (!best || is_better(e, best)))
            best = e;
    }
    return best;
}
