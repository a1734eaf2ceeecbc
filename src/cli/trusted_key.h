/* SPDX-License-Identifier: Apache-2.0 */
/* trusted_key.h - a public key that the user wants to trust.
 *
 * Layer: cli.
 */
#ifndef CLI_TRUSTED_KEY_H
#define CLI_TRUSTED_KEY_H

#include "ops/store/store_edit.h"
#include "render/result.h"

/*
 * Look at a public key for the store in dir.  On a terminal the user confirms the key id;
 * a script has compared it before.
 * Errors: those of trust_look_at_key(); ERR_USAGE - not confirmed.
 */
MUST_USE int trusted_key_look(const char *dir, const char *path, struct trust_added *out,
                              struct err *err);

/* Say name, type and key id, and put them into the object. */
void trusted_key_put(struct result *r, struct jsout *obj, const struct trust_added *a);

#endif
