/* SPDX-License-Identifier: Apache-2.0 */
/* doctor_machine.h - whether this machine has what an export or an import needs.
 *
 * Layer: ops.
 */
#ifndef OPS_DOCTOR_DOCTOR_MACHINE_H
#define OPS_DOCTOR_DOCTOR_MACHINE_H

#include "ops/doctor/findings.h"

#include <stdint.h>

#define DOCTOR_ROOM_MIN (UINT64_C(1) << 30) /* bytes; with less there is a warning */

/* The year of this code: a clock before it is wrong. */
#define DOCTOR_TIME_MIN UINT64_C(1767225600) /* 2026-01-01T00:00:00Z */

/* The trust store in dir, or the default one: its keys, and whether imports can be
 * recorded. */
void doctor_look_at_trust(struct findings *f, const char *dir);

/* now: epoch seconds. */
void doctor_look_at_clock(struct findings *f, uint64_t now);

/* The CA certificates: of that file, or of the system. */
void doctor_look_at_cas(struct findings *f, const char *ca_file);

/* The files of podman with mirrors, and the variables with proxies: mistakes only. */
void doctor_look_at_routes(struct findings *f);

/* The files with credentials: that file, or those of podman and docker. */
void doctor_look_at_credentials(struct findings *f, const char *authfile);

/* A folder that needs room; what: "for a bundle in the current folder". */
void doctor_look_at_room(struct findings *f, const char *folder, const char *what);

#endif
