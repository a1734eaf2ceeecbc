/* SPDX-License-Identifier: Apache-2.0 */
/* upload_quirks.h - the upload methods that a host refuses.
 *
 * Layer: registry.
 */
#ifndef REGISTRY_UPLOAD_UPLOAD_QUIRKS_H
#define REGISTRY_UPLOAD_UPLOAD_QUIRKS_H

#include "registry/upload/upload.h"

struct upload_quirks upload_quirks(const struct upload *up);

/* PATCH, or a PUT with a body, was refused: the remedy, if that was not known before. */
enum upload_remedy upload_learn_no_patch(struct upload *up);
enum upload_remedy upload_learn_no_put_body(struct upload *up);

/* That many bytes are too much for one request.  false: there is no smaller size. */
bool upload_learn_too_large(struct upload *up, uint64_t len);

#endif
