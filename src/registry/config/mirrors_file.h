/* SPDX-License-Identifier: Apache-2.0 */
/* mirrors_file.h - read the files that name mirrors.
 *
 * Layer: registry.
 */
#ifndef REGISTRY_CONFIG_MIRRORS_FILE_H
#define REGISTRY_CONFIG_MIRRORS_FILE_H

#include "registry/config/mirrors.h"

/*
 * Use the [[registry]] tables of a file; one with a prefix that is known replaces it.
 *
 * Shape:  prefix (HOST[:PORT][/PATH] or *.DOMAIN), location, insecure, blocked,
 *         mirror-by-digest-only; [[registry.mirror]] with location, insecure,
 *         pull-from-mirror.  Short-name settings are read over; anything else, also
 *         version 1 of the format, is refused.  name is that of the file, for messages.
 * Errors: ERR_USAGE, ERR_LIMIT, with file and line.  *r is then as before.
 */
MUST_USE int mirrors_add(struct mirrors *r, const char *name, const char *bytes,
                         size_t len, struct err *err);

/*
 * The files of this machine, as registries_conf_read().
 * Errors: of that and of mirrors_add().
 */
MUST_USE int mirrors_load_default(struct mirrors *r, struct err *err);

#endif
