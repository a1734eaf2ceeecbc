/* SPDX-License-Identifier: Apache-2.0 */
/* registries_conf.h - which registry configuration files of container tools apply.
 *
 * Layer: registry.
 * Source: containers-registries.conf(5), containers-registries.conf.d(5).
 */
#ifndef REGISTRY_CONFIG_REGISTRIES_CONF_H
#define REGISTRY_CONFIG_REGISTRIES_CONF_H

#include "base/err.h"

#include <stddef.h>

/* Parses one of them; name is that of the file, for messages. */
typedef int registries_conf_fn(void *ctx, const char *name, const char *bytes, size_t len,
                               struct err *err);

/*
 * Pass all files that apply to fn, in order: only the one $CONTAINERS_REGISTRIES_CONF
 * names; or that of the user, else that of the system with its drop-ins; then the
 * drop-ins of the user.
 * Errors: those of fn; ERR_NOT_FOUND - the one that the variable names; ERR_LOCAL,
 *         ERR_LIMIT.
 */
MUST_USE int registries_conf_read(registries_conf_fn *fn, void *ctx, struct err *err);

#define PLACES_SYSTEM "/etc/containers"

/*
 * A file of the user: $XDG_CONFIG_HOME/containers/REST, else the same below ~/.config.
 * NULL when there is no home.  The caller frees it.
 */
char *places_user(const char *rest);

#endif
