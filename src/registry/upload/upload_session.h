/* SPDX-License-Identifier: Apache-2.0 */
/* upload_session.h - upload sessions: open, mount, resynchronise, close.
 *
 * Layer: registry.
 */
#ifndef REGISTRY_UPLOAD_UPLOAD_SESSION_H
#define REGISTRY_UPLOAD_UPLOAD_SESSION_H

#include "registry/upload/upload.h"

/* Cancel its session, if one is open, without waiting long. */
void upload_release(struct upload *up);

/* Open a session.  Sets up->location. */
MUST_USE int upload_open(struct upload *up, struct err *err);

/*
 * Request to mount the blob of another repository.  1 mounted; 0 not, possibly with a
 * session opened; -1 only when work should stop.
 */
int upload_mount(struct upload *up, const char *from, struct err *err);

/* Use the newest Location; without one in the answer it is unchanged. */
MUST_USE int upload_take_location(struct upload *up, const struct answer *a,
                                  struct err *err);

/*
 * The number of bytes in the Range of an answer, "0-99" or "bytes=0-99".  0 for anything
 * else, also NULL.
 */
uint64_t upload_bytes_of_range(const char *range);

/* Query how much the registry has.  Sets up->at; false without a reliable answer. */
bool upload_resync(struct upload *up);

/* End the use of the session.  cancel: also at the registry, whose answer is ignored. */
void upload_close(struct upload *up, bool cancel);

/* The time to wait for an answer to the bytes of a blob, and to its commit. */
uint64_t upload_answer_ms(uint64_t size);

/* Record whether such a request failed for lack of an answer. */
void upload_judge_silence(struct upload *up, const struct answer *a, struct err *err);

#endif
