/* SPDX-License-Identifier: Apache-2.0 */
/* doctor_registry.h - what a registry supports, without leaving anything there.
 *
 * Layer: ops.
 */
#ifndef OPS_DOCTOR_DOCTOR_REGISTRY_H
#define OPS_DOCTOR_DOCTOR_REGISTRY_H

#include "oci/mapping.h"
#include "ops/doctor/findings.h"
#include "registry/connection/client.h"
#include "registry/credentials/credentials.h"

#define DOCTOR_SKEW_MAX  60 /* seconds between two clocks */
#define DOCTOR_NAMES_MAX 20 /* pages of a list that are searched for an image */

/* Where an upload is tried when the registry shows no repository there. */
#define DOCTOR_REPOSITORY "sealift-doctor"

struct doctor_registry {
    struct session *session;
    struct credentials *credentials;
    const struct target *target; /* the host, and where images would go */
};

/*
 * Log in, and find out about the API for referrers, mounts and uploads: in a repository
 * at or below the prefix if there is one.  Failures are findings.
 * Errors: that work should stop.
 */
MUST_USE int doctor_look_at_registry(struct findings *f, const struct doctor_registry *r,
                                     struct err *err);

#endif
