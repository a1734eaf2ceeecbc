/* SPDX-License-Identifier: Apache-2.0 */
/* places.h - where container tools keep their configuration.
 *
 * Layer: registry.
 */
#ifndef REGISTRY_CONFIG_PLACES_H
#define REGISTRY_CONFIG_PLACES_H

#define PLACES_SYSTEM "/etc/containers"

/*
 * A place of the user: $XDG_CONFIG_HOME/containers/REST, else the same below ~/.config.
 * NULL when there is no home.  The caller frees it.
 */
char *places_user(const char *rest);

#endif
