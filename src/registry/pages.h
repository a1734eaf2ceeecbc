/* SPDX-License-Identifier: Apache-2.0 */
/* pages.h - pagination of lists.
 *
 * Layer: registry.
 * Source: OCI distribution-spec v1.1, "Listing Tags", "Listing Referrers".
 */
#ifndef REGISTRY_PAGES_H
#define REGISTRY_PAGES_H

#include "registry/exchange.h"

#define PAGES_MAX 1000 /* of one list */

struct pages {
    struct session *session;
    const struct repository *repo;
    const char *accept; /* an Accept header, or NULL */
    struct host *host;
    char *path;  /* of the list, without a query; owned */
    char *next;  /* URL of the next page, NULL after the last; owned */
    char **seen; /* URLs of the pages so far; owned */
    size_t count, cap;
    uint64_t received;          /* bytes of the pages so far */
    struct allowance allowance; /* of the whole list; extended with it */
};

/*
 * Start a list of a repository, or with path "" the catalog; rest as in client_url(),
 * query "n=1000" or NULL for none. Strings are borrowed.  To be released also on failure.
 * Errors: those of client_host().
 */
MUST_USE int pages_begin(struct pages *out, struct session *s,
                         const struct repository *repo, const char *rest,
                         const char *query, const char *accept, struct err *err);
void pages_release(struct pages *p);

/*
 * Request the next page.  Its query comes from the Link header; whatever host or path
 * that has, the list stays the same one at the same registry.  A sole link without "rel"
 * counts when it leads to the same list with a query.
 * Returns: 1 and the answer, whatever its status; 0 after the last page; -1.
 * Errors:  those of exchange(); ERR_PROTOCOL - a page occurs twice, or a Link
 *          header is malformed; ERR_LIMIT - more than
 *          PAGES_MAX.
 */
int pages_next(struct pages *p, struct answer *a, struct err *err);

/*
 * Continue with a query other than that of the Link header; false when that page was
 * seen.
 */
bool pages_go_to(struct pages *p, const char *query);

#endif
