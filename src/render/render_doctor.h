/* SPDX-License-Identifier: Apache-2.0 */
/* render_doctor.h - findings as lines and as JSON.
 *
 * Layer: render.
 */
#ifndef RENDER_RENDER_DOCTOR_H
#define RENDER_RENDER_DOCTOR_H

#include "ops/doctor/findings.h"
#include "render/result.h"

/*
 * One line for each finding: its state, its subject, what was found, and what to do.
 * "findings": [{"subject","state","message"}], with "reason" and "hint" where there are
 * any.
 */
void render_findings(struct result *r, const struct findings *f);

#endif
