/* SPDX-License-Identifier: Apache-2.0 */
/* upload.h - the steps of bringing a blob to a registry: its bytes, the session, the
 * ways.
 *
 * A blob goes up in a session: POST opens it, PATCH brings bytes, PUT commits.  There are
 * ways that not every registry, or proxy before one, takes; what a refusal teaches is
 * kept in struct upload_quirks of the host, so each lesson is had once in a run.
 *
 * Layer:  registry.
 * Source: OCI distribution-spec v1.1, "Pushing blobs".
 */
#ifndef REGISTRY_UPLOAD_UPLOAD_H
#define REGISTRY_UPLOAD_UPLOAD_H

#include "base/byte_stream.h"
#include "io/crypto/hash.h"
#include "registry/exchange.h"
#include "registry/push.h"

#define UPLOAD_SMALL_MAX    (1U << 20) /* up to here the bytes go with the PUT */
#define UPLOAD_PIECE_FIRST  (UINT64_C(50) << 20)  /* where larger requests are refused */
#define UPLOAD_PIECE_MIN    (UINT64_C(512) << 10) /* no proxy is narrower than this */
#define UPLOAD_SILENCES_MAX 2                     /* then a blob is given up */
#define UPLOAD_RESUME_MIN   (UINT64_C(64) << 20)  /* from here on a broken one goes on */

/* The hash of the first bytes of a blob, kept so that going back costs little. */
#define UPLOAD_MARKS_MAX  32
#define UPLOAD_MARKS_STEP (UINT64_C(16) << 20) /* bytes, at least, between two */
struct upload_mark {
    struct hash hash;
    uint64_t at;
};

/* What to do after a failure. */
enum upload_remedy {
    UPLOAD_ASK_ERR, /* if it may pass: wait and begin anew.  Else give up */
    UPLOAD_GO_ON,   /* the session is good, and something was learnt: go on at once */
    UPLOAD_PAUSE,   /* the session is good: wait and go on */
    UPLOAD_REOPEN, /* the session is gone or in the way: begin anew, at once, not often */
    UPLOAD_GIVE_UP,
};

/* An upload under way. */
struct upload {
    struct session *session;
    struct host *host;
    const struct repository *repo;
    const struct digest *digest;
    char text[DIGEST_TEXT_MAX];
    uint64_t size;
    const struct byte_source *source; /* of size bytes */

    struct hash hash;
    uint64_t hashed;                            /* bytes from the start that are in it */
    uint64_t base;                              /* where the body under way begins */
    struct upload_mark marks[UPLOAD_MARKS_MAX]; /* in order */
    size_t mark_count;

    char *location;     /* the newest URL of the session, NULL: there is none */
    uint64_t at;        /* bytes that the registry has */
    uint64_t piece_min; /* bytes a request but the last must have, 0: any number */

    struct upload_quirks habits; /* as they were known when this try began */
    enum upload_remedy remedy;
    bool maybe_there; /* the commit failed, but the registry may have done it */
    bool was_refused; /* ... or it is there for another reason */
    bool is_late;     /* ... or be about to do it */
    bool was_silent;  /* ... or there was no answer at all */
    bool must_resync; /* ask what the registry has before going on */
    bool was_damaged; /* it got other bytes than we sent */
    bool is_broken;   /* what the registry has under this digest is not the blob */
    unsigned restarts;
    unsigned silences; /* requests that the registry took and never answered */
};

#endif
