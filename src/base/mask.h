/* SPDX-License-Identifier: Apache-2.0 */
/* mask.h - what no message shows, whoever says it: secrets that were sent to a server,
 * which may repeat them, and the user name and password in a URL.
 *
 * One list for the process, because a server may repeat what another one was told.
 * text_safe() and text_safe_in() apply it, so all text from outside goes through here.
 *
 * Layer: base.
 */
#ifndef BASE_MASK_H
#define BASE_MASK_H

#include "base/buf.h"

#include <stdbool.h>
#include <stddef.h>

#define MASK_SECRETS_MAX 256 /* kept: those used last */
#define MASK_FORMS_MAX   4   /* of one secret */
#define MASK_BYTES_MAX                                                                   \
    1024               /* kept of a form; where more follows, all of it is hidden        \
                        */
#define MASK_PREFIX 16 /* bytes of its beginning that are hidden by themselves */
#define MASK_SHORT  8  /* bytes; a shorter secret may be part of any word */

/* One way to write a secret. */
struct mask_form {
    const char *bytes;
    size_t len;
};

/* Is it kept?  Then it is now the one used last.  first: its first form. */
bool mask_knows(const struct mask_form *first);

/* Keep a secret in all of its forms, at most MASK_FORMS_MAX; empty ones are ignored. */
void mask_add(const struct mask_form *forms, size_t count);

/* Wipe all of them. */
void mask_forget_all(void);

/*
 * A text with "***" for what must not be shown: these forms, whatever the case of
 * letters, also percent-encoded or with backslashes; "USER:PASSWORD" before an '@', and
 * all between "://" and the last '@'.
 *
 * is_remote: a server chose the text, or most of it.  One that has a short secret in it
 * is then hidden as a whole: blanks within words would tell what is missing.  Else short
 * ones are not looked for: a file may well be called like a password.
 *
 * Returns: false when there is nothing to hide.  Else true and the text in *out, which
 * must be empty; what is behind MASK_TEXT_MAX bytes is cut off.
 */
#define MASK_TEXT_MAX (8U << 10)
bool mask_text(const char *text, size_t len, bool is_remote, struct buf *out);

/* Does a document repeat a secret of at least MASK_PREFIX bytes, in one of its forms?  A
 * shorter one may be there for other reasons. */
bool mask_repeats(const char *bytes, size_t len);

#endif
