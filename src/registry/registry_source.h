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
 * The client is borrowed and needs a session for each worker.  An opened blob is fetched
 * while it is read, from the first offset read and after each seek.  url of an object: as
 * for pull_linked_blob().
 */
struct image_source registry_source(struct client *client);

#endif
