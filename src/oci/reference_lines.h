/* SPDX-License-Identifier: Apache-2.0 */
/* reference_lines.h - list files: one reference a line.
 *
 * Layer: oci.
 */
#ifndef OCI_REFERENCE_LINES_H
#define OCI_REFERENCE_LINES_H

#include "base/err_list.h"
#include "oci/reference_list.h"

/*
 * Append all of a list: one reference a line, blanks around it and empty lines ignored,
 * '#' at the start of a line or after a blank begins a comment; "=TARGET" behind a
 * reference, as oc-mirror writes it, is ignored; CRLF and a byte order mark are fine.
 * name is the file's, borrowed as long as the list lives.
 * Every line that is wrong goes to *bad, "images.txt:7: ..."; UTF-16 and a NUL byte end
 * the file.
 * Errors: ERR_LIMIT - more than REFERENCE_LIST_MAX.
 */
MUST_USE int reference_lines_add(struct reference_list *list, const char *text,
                                 size_t len, const char *name, struct err_list *bad,
                                 struct err *err);

#endif
