/* upload.h - the steps of bringing a blob to a registry: its bytes, the session, the way.
 *
 * Layer:  registry.
 * Source: OCI distribution-spec v1.1, "Pushing blobs".
 */
#ifndef REGISTRY_UPLOAD_H
#define REGISTRY_UPLOAD_H

#include "io/hash.h"
#include "registry/exchange.h"
#include "registry/push.h"

#define UPLOAD_SMALL_MAX (1U << 20) /* bytes: up to here the body goes with the PUT */

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
    uint64_t hashed; /* bytes sent in this try */
    char *location;  /* the newest URL of the upload session, or NULL */
    unsigned restarts;
    bool again;       /* the failure is one to begin a new session for, at once */
    bool maybe_there; /* the commit failed, but the registry may have done it */
    bool is_late;     /* ... or be about to do it */
};

void upload_release(struct upload *up);

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

/* ---- upload_body.c ---- */

/* Are the bytes hashed so far the blob?  Errors: ERR_INTEGRITY. */
MUST_USE int upload_check_digest(struct upload *up, struct err *err);

/* Its bytes from the start, hashed as they go. */
struct http_source upload_body(struct upload *up);

/* ---- upload_send.c ---- */

/* All of it, in the way this registry takes it; opens a session when there is none. */
MUST_USE int upload_send(struct upload *up, struct err *err);

#endif
