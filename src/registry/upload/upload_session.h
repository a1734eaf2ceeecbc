/* SPDX-License-Identifier: Apache-2.0 */
/* upload_session.h - upload sessions: open, mount, resynchronise, close.
 *
 * Layer: registry.
 */
#ifndef REGISTRY_UPLOAD_UPLOAD_SESSION_H
#define REGISTRY_UPLOAD_UPLOAD_SESSION_H

#include "registry/upload/upload.h"

/* Ends its session, if one is open, without waiting long. */
void upload_release(struct upload *up);

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

#endif
