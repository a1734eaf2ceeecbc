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

#include "io/crypto/hash.h"
#include "registry/exchange.h"
#include "registry/push.h"

#define UPLOAD_SMALL_MAX    (1U << 20) /* up to here the bytes go with the PUT */
#define UPLOAD_PIECE_FIRST  (UINT64_C(50) << 20)  /* where larger requests are refused */
#define UPLOAD_PIECE_MIN    (UINT64_C(512) << 10) /* no proxy is narrower than this */
#define UPLOAD_SILENCES_MAX 2                     /* then a blob is given up */
#define UPLOAD_RESUME_MIN   (UINT64_C(64) << 20)  /* from here on a broken one goes on */

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
    const struct blob_source *source;

    struct hash hash;
    uint64_t hashed; /* bytes from the start that are in it */
    uint64_t base;   /* where the body under way begins */

    char *location;     /* the newest URL of the session, NULL: there is none */
    uint64_t at;        /* bytes that the registry has */
    uint64_t piece_min; /* bytes a request but the last must have, 0: any number */

    struct upload_quirks habits; /* as they were known when this try began */
    enum upload_remedy remedy;
    bool maybe_there; /* the commit failed, but the registry may have done it */
    bool is_late;     /* ... or be about to do it */
    bool was_silent;  /* ... or there was no answer at all */
    bool must_resync; /* ask what the registry has before going on */
    bool was_damaged; /* it got other bytes than we sent */
    bool is_broken;   /* what the registry has under this digest is not the blob */
    unsigned restarts;
    unsigned silences; /* requests that the registry took and never answered */
};

/* Ends its session, if one is open, without waiting long. */
void upload_release(struct upload *up);

/* Does the registry have it now?  1, 0, -1. */
int upload_is_there(struct upload *up, struct err *err);

/* ---- upload_session.c ---- */

/* Ask for a session.  Sets up->location. */
MUST_USE int upload_open(struct upload *up, struct err *err);

/*
 * Ask for the blob of another repository.  1 it is there; 0 it is not, perhaps with a
 * session opened; -1 only when work should stop.
 */
int upload_mount(struct upload *up, const char *from, struct err *err);

/* The newest Location counts; an answer without one leaves it as it was. */
MUST_USE int upload_take_location(struct upload *up, const struct answer *a,
                                  struct err *err);

/*
 * The Range of an answer, "0-99" or "bytes=0-99": that many bytes are there.  0 for
 * anything else, also NULL.
 */
uint64_t upload_bytes_of_range(const char *range);

/* How much does the registry have?  Sets up->at; false when it does not say for sure. */
bool upload_resync(struct upload *up);

/* Done with the session.  cancel: tell the registry, which may not listen. */
void upload_close(struct upload *up, bool cancel);

/* How long to wait for the answer to the bytes of a blob, and to its commit. */
uint64_t upload_answer_ms(uint64_t size);

/* A request for either came to nothing: was it for lack of an answer? */
void upload_judge_silence(struct upload *up, const struct answer *a, struct err *err);

/* ---- upload_body.c ---- */

/* Is what the source has the blob?  Reads what was not read yet.  Errors: ERR_INTEGRITY.
 */
MUST_USE int upload_check_digest(struct upload *up, struct err *err);

/* Bytes of the blob, hashed as they go; the last one only when all were right. */
struct http_source upload_body(struct upload *up, uint64_t from, uint64_t len);

/* ---- upload_send.c ---- */

/*
 * All that is missing, in the way this registry takes it, and the commit; opens a session
 * when there is none.  On failure up->remedy says what may help.
 */
MUST_USE int upload_send(struct upload *up, struct err *err);

/* ---- upload_commit.c ---- */

MUST_USE int upload_commit(struct upload *up, bool with_body, struct err *err);

/* ---- upload_quirks.c: what is known of a host ---- */

struct upload_quirks upload_quirks(const struct upload *up);

/* PATCH is refused, or a PUT with a body is: what to do, if that was not known before. */
enum upload_remedy upload_learn_no_patch(struct upload *up);
enum upload_remedy upload_learn_no_put_body(struct upload *up);

/* So many bytes are too much for one request.  false: there is no smaller piece. */
bool upload_learn_too_large(struct upload *up, uint64_t len);

#endif
