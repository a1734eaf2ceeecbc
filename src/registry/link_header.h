/* SPDX-License-Identifier: Apache-2.0 */
/* link_header.h - the Link header, which has the next page of a list.
 *
 * Layer: registry.
 * Source: RFC 8288 section 3; OCI distribution-spec v1.1, "Listing Tags".
 */
#ifndef REGISTRY_LINK_HEADER_H
#define REGISTRY_LINK_HEADER_H

enum link_found {
    LINK_NONE,      /* links, if any, to something else */
    LINK_NEXT,      /* the first one with rel="next" */
    LINK_UNNAMED,   /* the only one, without a relation */
    LINK_MALFORMED, /* links without a target or a rel, or malformed ones */
};

/*
 * Find the next page in the value of a Link header.  *target, set for LINK_NEXT and
 * LINK_UNNAMED, is unchanged; the caller frees it.
 * Trust: value is remote input; *target is not checked.
 */
enum link_found link_header_next(const char *value, char **target);

#endif
