/* SPDX-License-Identifier: Apache-2.0 */
/* credentials_match.h - the entries of one file, and which of them a repository gets.
 *
 * Layer: registry.
 */
#ifndef REGISTRY_CREDENTIALS_CREDENTIALS_MATCH_H
#define REGISTRY_CREDENTIALS_CREDENTIALS_MATCH_H

#include "base/text_safe.h"
#include "registry/credentials/credentials_internal.h"

/* An empty source, not in any list. */
struct source *credentials_source_new(const char *name);
void credentials_source_free(struct source *s);

/* Take a key apart; NULL when it names no host.  The entry is the source's. */
struct entry *credentials_source_add(struct source *s, const char *key);

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
