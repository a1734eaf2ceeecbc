/* SPDX-License-Identifier: Apache-2.0 */
/* bundle_content.h - the content of a bundle, once parsed.
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
    uint32_t *member_of_object; /* the inverse; GRAPH_NONE for omitted objects */
    uint64_t total;             /* bytes, including the two zero blocks */
    struct volumes file;        /* borrowed */
};

#endif
