/* SPDX-License-Identifier: Apache-2.0 */
/* registry_source.h - registries as an image source.
 *
 * Layer: registry.
 */
#ifndef REGISTRY_REGISTRY_SOURCE_H
#define REGISTRY_REGISTRY_SOURCE_H

#include "images/image_source.h"
#include "registry/connection/client.h"

/*
 * The client is borrowed and needs a session for each worker.  A blob that
 * is opened is fetched while it is read, from the offset that is read first and after
 * each jump.  url of an object: as pull_linked_blob() takes it.
 */
struct image_source registry_source(struct client *client);

#endif
