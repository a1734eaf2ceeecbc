/* SPDX-License-Identifier: Apache-2.0 */
/* render_policy.h - what a policy means, in words.
 *
 * Layer: render.
 */
#ifndef RENDER_RENDER_POLICY_H
#define RENDER_RENDER_POLICY_H

#include "render/result.h"
#include "trust/policy.h"

/* One sentence after the other, and the array "meaning" of the same. */
void render_policy(struct result *r, const struct policy *p);

#endif
