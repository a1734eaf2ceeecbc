/* SPDX-License-Identifier: Apache-2.0 */
/* bundle_content.h - what is in a bundle, once parsed.
 *
 * Layer: bundle.
 */
#ifndef BUNDLE_READER_BUNDLE_CONTENT_H
#define BUNDLE_READER_BUNDLE_CONTENT_H

#include "bundle/format/members.h"
#include "images/image_set.h"
#include "io/file/volumes.h"

struct bundle_content {
    struct bundle_meta meta;
    struct image_set set;
    struct bundle_member *members; /* in file order: documents, configs, others */
    size_t member_count;
    uint32_t *object_of_member; /* graph id of each member */
    uint32_t *member_of_object; /* and back; GRAPH_NONE of what is left out */
    uint64_t total;             /* bytes, the two zero blocks included */
    struct volumes file;        /* borrowed */
};

#endif
