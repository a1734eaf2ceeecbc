/* SPDX-License-Identifier: Apache-2.0 */
/* docker_blobs.h - configs and layers of a docker-archive: its members, by digest.
 *
 * Layer: archive.
 */
#ifndef ARCHIVE_DOCKER_BLOBS_H
#define ARCHIVE_DOCKER_BLOBS_H

#include "base/byte_stream.h"
#include "base/digest_map.h"
#include "base/run.h"
#include "io/archive/tar_index.h"

#define DOCKER_CONFIG_BYTES_MAX  (8U << 20)
#define DOCKER_CONFIGS_BYTES_MAX (256U << 20) /* of all images together */

/* A config or a layer: the bytes of a member. */
struct docker_blob {
    const struct tar_member *member;
    struct digest digest;
    const char *media_type; /* OCI's */
    bool is_config;
    struct digest diff_id; /* of a layer */
};

struct docker_blobs {
    struct tar_index *tar;
    struct run *run;
    struct docker_blob **by_body; /* by the number of the member that has the bytes */
    struct digest_map by_digest;
    uint64_t config_bytes; /* parsed so far */
};

/* Takes ownership of the archive; run is borrowed. */
void docker_blobs_init(struct docker_blobs *out, struct tar_index *tar, struct run *run);
void docker_blobs_release(struct docker_blobs *b);

/* A member that is being read. */
struct docker_member {
    const struct docker_blobs *blobs;
    const struct tar_member *member; /* NULL: nothing has the digest */
    struct digest digest;
};

/* A source of its bytes.  Errors: ERR_NOT_FOUND; cancel_error(); tar_index_read(). */
struct byte_source docker_member_source(struct docker_member *m);

/* What a manifest needs of a config. */
struct docker_config {
    const struct docker_blob *blob;
    struct digest *diff_ids; /* owned */
    size_t count;
};

#define DOCKER_CONFIG_INIT                                                               \
    {                                                                                    \
        .blob = NULL                                                                     \
    }
void docker_config_release(struct docker_config *c);

/*
 * Read the config that the member of that name is.
 * Errors: ERR_INTEGRITY - no such member, or several; other bytes than the digest in its
 * name; malformed.  ERR_PROTOCOL - diff_ids of sha512.  ERR_LIMIT.
 */
MUST_USE int docker_blobs_config(struct docker_blobs *all, const char *name,
                                 struct docker_config *out, struct err *err);

/*
 * The layer in the member of that name.  A compressed one is read here, to compare
 * its diff_id.  The digest of an uncompressed one is its diff_id, which
 * is compared when it is read.
 * Errors: ERR_INTEGRITY - no such member, or several; another diff_id; it cannot be
 * decompressed.  ERR_PROTOCOL - compressed with neither gzip nor zstd.
 */
MUST_USE int docker_blobs_layer(struct docker_blobs *all, const char *name,
                                const struct digest *diff_id,
                                const struct docker_blob **out, struct err *err);

#endif
