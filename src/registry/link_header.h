/* SPDX-License-Identifier: Apache-2.0 */
/* link_header.h - where the next page of a list is: the Link header.
 *
 * Layer:  registry.
 * Source: RFC 8288 section 3; OCI distribution-spec v1.1, "Listing Tags".
 */
#ifndef REGISTRY_LINK_HEADER_H
#define REGISTRY_LINK_HEADER_H

/*
 * The target of the first link with rel="next" in the value of a Link header, as it
 * stands there; the caller frees it.  NULL when there is none, or before it something
 * that is no link.
 * Trust: value is remote input; what is returned was not looked at.
 */
char *link_header_next(const char *value);

#endif
