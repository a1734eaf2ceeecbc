/* SPDX-License-Identifier: Apache-2.0 */
/* credentials_internal.h - the sources of credentials, in order.
 *
 * Layer: registry.
 */
#ifndef REGISTRY_CREDENTIALS_CREDENTIALS_INTERNAL_H
#define REGISTRY_CREDENTIALS_CREDENTIALS_INTERNAL_H

#include "base/text.h"
#include "registry/credentials/credentials.h"

#include <pthread.h>
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

/* The answer of a helper, kept for the run. */
struct helper_answer {
    struct helper_answer *next;
    char *helper, *host;          /* host as in references */
    struct credential credential; /* empty: it has none */
    bool repeated;                /* queried again, with the same answer */
};

struct credentials {
    struct source *first, **end;
    struct run *run;
    pthread_mutex_t lock;          /* held while a helper runs: one at a time */
    struct helper_answer *answers; /* guarded */
};

#endif
