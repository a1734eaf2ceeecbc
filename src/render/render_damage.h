/* SPDX-License-Identifier: Apache-2.0 */
/* render_damage.h - what is damaged in a bundle.
 *
 * Layer: render.
 */
#ifndef RENDER_RENDER_DAMAGE_H
#define RENDER_RENDER_DAMAGE_H

#include "io/file/volumes.h"
#include "ops/verify/damage.h"
#include "render/result.h"

/*
 * "damaged ..." lines and the JSON array "damage"; nothing without damage.  err: the
 * error that the command ends with, which may name the only damaged place itself.
 */
void result_damage(struct result *r, const struct volumes *file,
                   const struct damage_list *damage, const struct err *err);

#endif
