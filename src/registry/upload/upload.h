/* SPDX-License-Identifier: Apache-2.0 */
/* upload.h - the parts of a blob upload: its bytes, the session, the methods.
 *
 * A blob is uploaded in a session: POST opens it, PATCH sends bytes, PUT commits.  Not
 * every registry, or proxy in front of one, supports every method; refusals are recorded
 * in struct upload_quirks of the host, so each costs one request per run.
 *
 * Layer: registry.
 * Source: OCI distribution-spec v1.1, "Pushing blobs".
 */
#ifndef REGISTRY_UPLOAD_UPLOAD_H
#define REGISTRY_UPLOAD_UPLOAD_H

#include "base/byte_stream.h"
#include "io/crypto/hash.h"
#include "registry/exchange.h"
#include "registry/push.h"

#define UPLOAD_SMALL_MAX (1U << 20) /* bytes up to which a blob is sent with the PUT */
#define UPLOAD_PIECE_FIRST                                                               \
    (UINT64_C(50) << 20) /* first size tried when larger requests are refused */
#define UPLOAD_PIECE_MIN    (UINT64_C(512) << 10) /* smallest size tried */
#define UPLOAD_SILENCES_MAX 2 /* unanswered requests after which a blob is given up */
#define UPLOAD_RESUME_MIN                                                                \
    (UINT64_C(64) << 20) /* size from which an interrupted upload is resumed */

/* The hash of the first bytes of a blob, kept so that going back costs little. */
#define UPLOAD_MARKS_MAX  32
#define UPLOAD_MARKS_STEP (UINT64_C(16) << 20) /* bytes, at least, between two */
struct upload_mark {
    struct hash hash;
    uint64_t at;
};

/* The remedy after a failure. */
enum upload_remedy {
    UPLOAD_ASK_ERR, /* if transient: wait and start over; else give up */
    UPLOAD_GO_ON,   /* the session is valid, and a quirk was learnt: continue at once */
    UPLOAD_PAUSE,   /* the session is valid: wait and continue */
    UPLOAD_REOPEN,  /* the session is gone or unusable: start over at once, a few times */
    UPLOAD_GIVE_UP,
};

/* An upload in progress. */
struct upload {
    struct session *session;
    struct host *host;
    const struct repository *repo;
    const struct digest *digest;
    char text[DIGEST_TEXT_MAX];
    uint64_t size;
    const struct byte_source *source; /* of size bytes */

    struct hash hash;
    uint64_t hashed;                            /* bytes hashed, from the start */
    uint64_t base;                              /* offset of the current request's body */
    struct upload_mark marks[UPLOAD_MARKS_MAX]; /* in order */
    size_t mark_count;

    char *location;     /* the newest URL of the session, NULL: no session */
    uint64_t at;        /* bytes that the registry has */
    uint64_t piece_min; /* minimum bytes per request except the last, 0: none */

    struct upload_quirks habits; /* those of the host when this try began */
    enum upload_remedy remedy;
    bool maybe_there; /* the commit failed, but may have taken effect */
    bool was_refused; /* ... or it is present for another reason */
    bool is_late;     /* ... or may still be in progress */
    bool was_silent;  /* ... or was not answered */
    bool must_resync; /* query the registry's offset before continuing */
    bool was_damaged; /* the registry received other bytes than we sent */
    bool is_broken;   /* the registry's copy is not the blob */
    unsigned restarts;
    unsigned silences; /* requests that were sent completely and never answered */
};

#endif
