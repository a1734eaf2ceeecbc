/* SPDX-License-Identifier: Apache-2.0 */
/* environment.h - variables of the environment, for lower layers that must not read them.
 *
 * Layer: cli.
 */
#ifndef CLI_ENVIRONMENT_H
#define CLI_ENVIRONMENT_H

/* The text of a variable, or NULL: not set. */
const char *environment_text(const char *name);

#endif
