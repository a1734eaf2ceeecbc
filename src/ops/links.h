/* links.h - where the layers are that a registry only links to: "urls" of descriptors.
 *
 * Layer: ops.
 */
#ifndef OPS_LINKS_H
#define OPS_LINKS_H

#include "oci/document.h"

struct links;

struct links *links_new(void);
void links_free(struct links *l); /* NULL is fine */

/* Note the URLs of a descriptor. */
void links_note(struct links *l, const struct descriptor *d);

/* Those of a digest, each once, in the order they were noted; *count may be 0. */
char *const *links_find(const struct links *l, const struct digest *digest,
                        size_t *count);

#endif
