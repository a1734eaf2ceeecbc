/* export_result.h - what an export found, wrote, and could not have.
 *
 * Layer: cli.
 */
#ifndef CLI_EXPORT_RESULT_H
#define CLI_EXPORT_RESULT_H

#include "cli/result.h"
#include "ops/export.h"

/* key_name: the file of the key that signed it, as the user gave it. */
void result_export(struct result *r, const struct export_options *options,
                   const struct export_result *x, const char *key_name);

/* Volumes of a larger set that are gone, also when the export failed after that. */
void result_removed(struct result *r, const struct export_result *x);

#endif
