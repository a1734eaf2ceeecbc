/* SPDX-License-Identifier: Apache-2.0 */
/* credentials_internal.h - the sources of credentials, in order.
 *
 * Layer: registry.
 */
#ifndef REGISTRY_CREDENTIALS_CREDENTIALS_INTERNAL_H
#define REGISTRY_CREDENTIALS_CREDENTIALS_INTERNAL_H

#include "registry/credentials/credentials.h"
#include "registry/credentials/credentials_match.h"

#include <pthread.h>
#include <stddef.h>

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
