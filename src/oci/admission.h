/* SPDX-License-Identifier: Apache-2.0 */
/* admission.h - the permission to read a bundle: which index bytes may be parsed, and
 * why.
 *
 * Only trust/ fills it; bundle/ requires it.  It is here because the two are siblings.
 *
 * Layer: oci.
 */
#ifndef OCI_ADMISSION_H
#define OCI_ADMISSION_H

#include "base/digest.h"

enum admission_basis {
    ADMISSION_NONE = 0,
    ADMISSION_SIGNED,  /* a key the user trusts signed these bytes */
    ADMISSION_SKIPPED, /* the user skipped the check: recorded in every result */
};

struct admission {
    enum admission_basis basis;
    struct digest index; /* of the exact bytes of index.json that were checked */
};

#endif
