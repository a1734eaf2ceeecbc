/* SPDX-License-Identifier: Apache-2.0 */
/* upload_probe.h - which ways of uploading a registry supports, without leaving anything
 * there.
 *
 * Layer: registry.
 * Source: OCI distribution-spec v1.1, "Pushing a blob in chunks", "Mounting a blob from
 *         another repository".
 */
#ifndef REGISTRY_UPLOAD_UPLOAD_PROBE_H
#define REGISTRY_UPLOAD_UPLOAD_PROBE_H

#include "registry/connection/client.h"
#include "registry/connection/client_config.h"
#include "base/digest.h"
#include "base/err.h"

#include <stdbool.h>
#include <stdint.h>

struct upload_probe {
    uint64_t piece_min; /* minimum bytes of a piece, as stated; 0: any */
    bool takes_pieces;  /* two pieces, one after the other */
    bool counts_them;   /* it reports how much it has, so an upload can be resumed */
    bool was_cancelled; /* on request; else it removes the upload by itself later */
    long refusal;       /* status of the refused piece, 0: none */
};

/*
 * Open an upload, send some bytes in two pieces, and cancel it: nothing is committed.
 * Errors: as push.h, when no upload can be opened.
 */
MUST_USE int upload_probe(struct session *s, const struct repository *repo,
                          struct upload_probe *out, struct err *err);

/*
 * Request to mount a blob into the repository that has it already, so that nothing
 * changes.
 * Returns: 1: that works, 0: it does not, -1: work should stop.
 */
int upload_probe_mount(struct session *s, const struct repository *repo,
                       const struct digest *blob, struct err *err);

#endif
