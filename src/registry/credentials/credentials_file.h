/* SPDX-License-Identifier: Apache-2.0 */
/* credentials_file.h - parse one credentials file.
 *
 * Layer: registry.
 */
#ifndef REGISTRY_CREDENTIALS_CREDENTIALS_FILE_H
#define REGISTRY_CREDENTIALS_CREDENTIALS_FILE_H

#include "registry/credentials/credentials_match.h"

/*
 * Fill a source from a file's bytes.
 * Errors: ERR_USAGE, naming the source and the key, never a value.
 */
MUST_USE int credentials_source_parse(struct source *s, const void *bytes, size_t len,
                                      struct err *err);

#endif
