/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "base/patience.h"

/* In a file of its own, so that a program that defines this table is linked without
 * it. */
const struct patience patience = {
    .connect_ms = 30 * 1000,
    .local_ms = 2 * 1000,
    .stall_ms = 60 * 1000,
    .answer_ms = 60 * 1000,
    .store_ms = 300 * 1000, /* some registries copy the blob before they answer */
    .store_mib = 16,
    .slowest = 1024,
    .grace_ms = 10 * 60 * 1000,
    .parting_ms = 600, /* the program ends within a second of a signal */
    .warnings_ms = 5 * 1000,
    .helper_s = 30,
};
