/* SPDX-License-Identifier: Apache-2.0 */
/* credentials_match.h - the entries of one file, and which one applies to a repository.
 *
 * Layer: registry.
 */
#ifndef REGISTRY_CREDENTIALS_CREDENTIALS_MATCH_H
#define REGISTRY_CREDENTIALS_CREDENTIALS_MATCH_H

#include "base/text_safe.h"
#include "registry/credentials/credential.h"

#include <stdbool.h>
#include <stddef.h>

/* One key of a file. */
struct entry {
    char *key;    /* as in the file */
    char *host;   /* lower case; "docker.io" for all names of Docker Hub */
    char *path;   /* the repository or namespace it is for, "" for the whole host */
    char *helper; /* the helper that stores it, or NULL: */
    struct credential credential; /* empty: only marks that docker logged in */
    bool told;                    /* guarded: its use was logged */
};

/* One file or equivalent.  Immutable once it is in the list. */
struct source {
    struct source *next;
    char *name;      /* for messages */
    bool is_by_hand; /* of credentials_add() */
    char *store;     /* "credsStore", the helper for all hosts; or NULL */
    struct entry *entries;
    size_t count, cap;
};

/* An empty source, not in a list. */
struct source *credentials_source_new(const char *name);
void credentials_source_free(struct source *s);

/* Parse a key; NULL when it has no host.  The entry is owned by the source. */
struct entry *credentials_source_add(struct source *s, const char *key);

/* Whether a key stands for a whole host, in whatever spelling. */
bool credentials_key_is_for(const char *key, const char *host);

/* A key for a message: without anything before an '@', which valid keys do not
 * contain. */
#define SOURCE_KEY_MAX (TEXT_SAFE_MAX + 4)
void source_key_text(char out[SOURCE_KEY_MAX], const char *key);

/* The helper to query for a host; *only: no other entry of this source applies. */
const char *credentials_source_helper(const struct source *s, const char *host,
                                      bool *only);

/* The best entry with credentials of its own, or NULL. */
struct entry *credentials_source_find(const struct source *s, const char *host,
                                      const char *path);

#endif
