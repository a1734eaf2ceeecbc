/* SPDX-License-Identifier: Apache-2.0 */
/* mirrors_file.h - parse the files that configure mirrors.
 *
 * Layer: registry.
 */
#ifndef REGISTRY_CONFIG_MIRRORS_FILE_H
#define REGISTRY_CONFIG_MIRRORS_FILE_H

#include "registry/config/mirrors.h"

/*
 * Use the [[registry]] tables of a file; a rule replaces an earlier one with the same
 * prefix.
 *
 * Shape:  prefix (HOST[:PORT][/PATH] or *.DOMAIN), location, insecure, blocked,
 *         mirror-by-digest-only; [[registry.mirror]] with location, insecure,
 *         pull-from-mirror.  Short-name settings are ignored; anything else, also
 *         version 1 of the format, is rejected.  name is that of the file, for messages.
 * Errors: ERR_USAGE, ERR_LIMIT, with file and line.  *r is then unchanged.
 */
MUST_USE int mirrors_add(struct mirrors *r, const char *name, const char *bytes,
                         size_t len, struct err *err);

/*
 * Read the files of this machine, see registries_conf_read().
 * Errors: those of registries_conf_read() and mirrors_add().
 */
MUST_USE int mirrors_load_default(struct mirrors *r, struct err *err);

#endif
