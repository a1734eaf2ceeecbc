/* SPDX-License-Identifier: Apache-2.0 */
/* credentials_match.h - the entries of one file, and which one applies to a repository.
 *
 * Layer: registry.
 */
#ifndef REGISTRY_CREDENTIALS_CREDENTIALS_MATCH_H
#define REGISTRY_CREDENTIALS_CREDENTIALS_MATCH_H

#include "base/text_safe.h"
#include "registry/credentials/credentials_internal.h"

/* An empty source, not in a list. */
struct source *credentials_source_new(const char *name);
void credentials_source_free(struct source *s);

/* Parse a key; NULL when it has no host.  The entry is owned by the source. */
struct entry *credentials_source_add(struct source *s, const char *key);

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
