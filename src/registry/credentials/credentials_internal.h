/* SPDX-License-Identifier: Apache-2.0 */
/* credentials_internal.h - the places that credentials come from, in order.
 *
 * Layer: registry.
 */
#ifndef REGISTRY_CREDENTIALS_CREDENTIALS_INTERNAL_H
#define REGISTRY_CREDENTIALS_CREDENTIALS_INTERNAL_H

#include "base/text.h"
#include "registry/credentials/credentials.h"

#include <pthread.h>
#include <stddef.h>

/* What one key of a file stands for. */
struct entry {
    char *key;    /* as the file has it */
    char *host;   /* lower case, Docker Hub always "docker.io" */
    char *path;   /* the repository or namespace it is for, "" for all of the host */
    char *helper; /* who keeps it, or NULL: */
    struct credential credential; /* empty: a mere mark that docker logged in */
    bool told;                    /* guarded: was it said that this one is used? */
};

/* One file, or what stands in its place.  Fixed once it is in the list. */
struct source {
    struct source *next;
    char *name;  /* for messages */
    char *store; /* "credsStore", the helper that may have any host; or NULL */
    struct entry *entries;
    size_t count, cap;
};

/* What a helper said, kept for the whole run. */
struct helper_answer {
    struct helper_answer *next;
    char *helper, *host;          /* host as references name it */
    struct credential credential; /* empty: it has none */
    bool repeated;                /* asked again, it said the same */
};

struct credentials {
    struct source *first, **end;
    struct events *events;
    struct cancel *cancel;
    pthread_mutex_t lock;          /* held while a helper runs: one at a time */
    struct helper_answer *answers; /* guarded */
};

/* An empty source, not in any list. */
struct source *credentials_source_new(const char *name);
void credentials_source_free(struct source *s);

/* Take a key apart; NULL when it names no host.  The entry is the source's. */
struct entry *credentials_source_add(struct source *s, const char *key);

/*
 * Fill a source from a file's bytes.
 * Errors: ERR_USAGE, naming the source and the key, never a value.
 */
MUST_USE int credentials_source_parse(struct source *s, const void *bytes, size_t len,
                                      struct err *err);

/* A key for a message: without what is before an '@', where no key has anything. */
#define SOURCE_KEY_MAX (TEXT_SAFE_MAX + 4)
void source_key_text(char out[SOURCE_KEY_MAX], const char *key);

/* The helper that has to be asked for a host; *only: nobody else in this source may. */
const char *credentials_source_helper(const struct source *s, const char *host,
                                      bool *only);

/* The best of the entries that hold a credential themselves, or NULL. */
struct entry *credentials_source_find(const struct source *s, const char *host,
                                      const char *path);

#endif
