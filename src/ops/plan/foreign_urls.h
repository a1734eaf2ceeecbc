/* SPDX-License-Identifier: Apache-2.0 */
/* foreign_urls.h - the "urls" of layers that a registry only links to.
 *
 * Layer: ops.
 */
#ifndef OPS_PLAN_FOREIGN_URLS_H
#define OPS_PLAN_FOREIGN_URLS_H

#include "oci/document.h"

struct foreign_urls;

struct foreign_urls *foreign_urls_new(void);
void foreign_urls_free(struct foreign_urls *l); /* NULL is allowed */

/* Record the URLs of a descriptor. */
void foreign_urls_note(struct foreign_urls *l, const struct descriptor *d);

/* The URLs of a digest, without duplicates, in the order recorded; *count may be 0. */
char *const *foreign_urls_find(const struct foreign_urls *l, const struct digest *digest,
                               size_t *count);

#endif
