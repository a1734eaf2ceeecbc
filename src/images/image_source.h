/* SPDX-License-Identifier: Apache-2.0 */
/* image_source.h - sources of images: registries, a bundle.
 *
 * A plan requests names, documents and referrers from a source; export and push read the
 * bytes of the objects in the plan, or in a bundle.  None of them depends on where the
 * bytes are stored.
 *
 * Layer: images.
 */
#ifndef IMAGES_IMAGE_SOURCE_H
#define IMAGES_IMAGE_SOURCE_H

#include "base/byte_stream.h"
#include "base/digest.h"
#include "io/crypto/hash.h"
#include "oci/document.h"
#include "oci/reference.h"
#include "oci/referrer_list.h"

#include <sys/types.h>

/* A document: the exact bytes. */
struct image_document {
    struct buf bytes;
    struct digest digest;                /* of the bytes, computed here */
    char media_type[MEDIA_TYPE_MAX + 1]; /* as given by the source; "" when unknown */
};

#define IMAGE_DOCUMENT_INIT                                                              \
    {                                                                                    \
        .bytes = BUF_INIT(DOCUMENT_BYTES_MAX)                                            \
    }
void image_document_release(struct image_document *d);

/* One object; all is borrowed. */
struct image_object {
    const struct reference *in; /* a name in whose repository it is; a bundle has none */
    const struct digest *digest;
    uint64_t size;          /* bytes, as in its descriptor */
    const char *media_type; /* as that says, of a document whose type we may not know; or
                             * NULL */
    const char *url;        /* of a foreign layer: fetch it from there; or NULL */
    /* URLs of a foreign layer, for open_blob(): tried in order where the repository lacks
     * it. */
    char *const *urls;
    size_t url_count;
};

/* Takes one name after the other, tags or repositories, in the order of the source, some
 * perhaps twice. */
struct name_sink {
    int (*take)(void *ctx, const char *name, struct err *err);
    void *ctx;
    size_t pages_max; /* a longer list is ERR_LIMIT, after so many; 0: no such bound */
};

/* The first bytes of a blob, at hand from an earlier run; the digest decides. */
struct blob_prefix {
    uint64_t len;     /* less than the blob's size; 0: no bytes */
    struct hash hash; /* of them; taken over by fetch_blob() */
};

#define BLOB_PREFIX_INIT                                                                 \
    {                                                                                    \
        .len = 0                                                                         \
    }
void blob_prefix_release(struct blob_prefix *p);

/* Where an object is; borrowed. */
struct image_origin {
    const char *archive;        /* "oci:folder"; or NULL: in a registry */
    const struct reference *in; /* a name in whose repository it is */
};

/* Why the source lacks a child of an index. */
enum image_absence {
    ABSENCE_UNKNOWN,  /* it may have it */
    ABSENCE_LEFT_OUT, /* on purpose, when the source was made */
    ABSENCE_MISSING,  /* it could not be fetched then */
};

/*
 * All functions may be called by many threads at once, each with the number of its own
 * worker (pool.h).  A source has the functions that its users need; the others are NULL.
 * Errors: as registry/pull.h and bundle/reader/member_read.h.
 */
struct image_source {
    void *ctx;
    bool is_remote; /* reading costs requests, so nothing is read only to compare */

    /* The tags of a repository.  take() must not parse JSON. */
    int (*list_tags)(void *ctx, unsigned worker, const struct reference *repository,
                     const struct name_sink *sink, struct err *err);
    /* The document of a name: by its digest if it has one, else by its tag. */
    int (*resolve)(void *ctx, unsigned worker, const struct reference *name,
                   struct image_document *out, struct err *err);
    /* What is attached to a document: referrers, and artifacts under tags of cosign.  The
     * list is not trustworthy. */
    int (*list_referrers)(void *ctx, unsigned worker, const struct reference *in,
                          const struct digest *subject, struct referrers *out,
                          struct err *err);
    /* A document by digest, which is checked.  *out is empty before, and on failure. */
    int (*fetch_document)(void *ctx, unsigned worker, const struct image_object *what,
                          struct image_document *out, struct err *err);
    /* A blob, hashed and compared on the way; the sink gets what follows the prefix,
     * which may be NULL.  Its offset goes back to 0 when a blob is fetched again. */
    int (*fetch_blob)(void *ctx, unsigned worker, const struct image_object *what,
                      struct blob_prefix *prefix, const struct byte_sink *sink,
                      struct err *err);
    /* Open a blob for reading, unchecked, from any offset; reading in order is cheap.
     * One at a time for each worker, which closes it. */
    void (*open_blob)(void *ctx, unsigned worker, const struct image_object *what,
                      struct byte_source *out);
    void (*close_blob)(struct byte_source *blob);
    /* Where an object comes from, for messages; or NULL. */
    struct image_origin (*origin)(void *ctx, const struct image_object *what);
    /* Whether a document was made by the source itself, as what it reads has none: no
     * registry has that digest.  NULL: none was. */
    bool (*is_made)(void *ctx, const struct digest *document);
    /* Whether a child of an index is known to be absent, so that a plan leaves it out.
     * NULL: that is not known of any. */
    enum image_absence (*absence)(void *ctx, const struct digest *child);
};

enum image_absence image_source_absence(const struct image_source *s,
                                        const struct digest *child);

#endif
