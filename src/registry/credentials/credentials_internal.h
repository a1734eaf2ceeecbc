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
    char *name;      /* for messages */
    bool is_by_hand; /* of credentials_add() */
    char *store;     /* "credsStore", the helper that may have any host; or NULL */
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
    struct run *run;
    pthread_mutex_t lock;          /* held while a helper runs: one at a time */
    struct helper_answer *answers; /* guarded */
};

#endif
