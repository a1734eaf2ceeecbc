/* SPDX-License-Identifier: Apache-2.0 */
/* settings_report.h - all settings of this machine, where each came from, and which are
 * wrong.
 *
 * Layer: cli.
 */
#ifndef CLI_SETTINGS_REPORT_H
#define CLI_SETTINGS_REPORT_H

#include "ops/doctor/findings.h"
#include "render/result.h"

/*
 * A finding for each value in a file or a variable, for each mistake, and for keys and
 * other files that values name.  JSON: "settings": [{"option","command","value","place",
 * "used"}]; the command is null for a value that is for all of them.
 */
void settings_report(struct findings *f, struct result *r);

#endif
