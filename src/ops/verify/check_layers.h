/* SPDX-License-Identifier: Apache-2.0 */
/* check_layers.h - unpack layers and check their diff ids.
 *
 * Layer: ops.
 */
#ifndef OPS_VERIFY_CHECK_LAYERS_H
#define OPS_VERIFY_CHECK_LAYERS_H

#include "base/run.h"
#include "bundle/reader/bundle_content.h"
#include "ops/verify/damage.h"

/* A layer, and the digest of its tar according to a config. */
struct layer_wish {
    size_t member;
    struct digest diff_id;
};

/*
 * All layers of images, each once per diff_id; the caller frees.  Malformed configs are
 * damage.
 */
MUST_USE int check_gather_layers(const struct bundle_content *c, struct layer_wish **out,
                                 size_t *count, struct damage_list *damage,
                                 struct err *err);

/* Errors: those of tar_layer_look(); ERR_INTEGRITY "layer" - another digest. */
MUST_USE int check_layer(const struct bundle_content *c, const struct layer_wish *wish,
                         struct run *run, struct err *err);

/* Layers of a bundle: those that are unpacked, and those that are not and why. */
struct layer_counts {
    size_t unpacked;
    size_t artifact;   /* of a chart, a signature or another artifact, not an image */
    size_t other_type; /* of an image, but of no type that is a tar: nothing to unpack */
    size_t absent;     /* left out of the bundle */
};

/* Count each layer once, also where several images have it. */
void check_count_layers(const struct bundle_content *content, struct layer_counts *out);

#endif
