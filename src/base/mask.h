/* SPDX-License-Identifier: Apache-2.0 */
/* mask.h - what no message shows: secrets that were sent to a server, which may repeat
 * them, and the user name and password in a URL.
 *
 * One list for the process, because a server may repeat a secret that another server
 * received. text_safe() and text_safe_in() apply it, so all text from outside passes
 * through here.
 *
 * Layer: base.
 */
#ifndef BASE_MASK_H
#define BASE_MASK_H

#include "base/buf.h"

#include <stdbool.h>
#include <stddef.h>

#define MASK_SECRETS_MAX 256  /* the most recently used are kept */
#define MASK_FORMS_MAX   4    /* per secret */
#define MASK_BYTES_MAX   1024 /* kept of a form; what follows it is hidden too */
#define MASK_PREFIX      16   /* a beginning of this many bytes is hidden by itself */
#define MASK_SHORT       8    /* bytes; a shorter secret may be part of any word */

/* One encoding of a secret. */
struct mask_form {
    const char *bytes;
    size_t len;
};

/* Whether the secret with this first form is kept; marks it as most recently used. */
bool mask_knows(const struct mask_form *first);

/* Keep a secret in all of its forms, at most MASK_FORMS_MAX; empty forms are ignored. */
void mask_add(const struct mask_form *forms, size_t count);

/* Wipe all kept secrets. */
void mask_forget_all(void);

/*
 * Replace what must not be shown by "***": kept secrets, in any letter case, also
 * percent-encoded or with backslashes; "USER:PASSWORD" before an '@', and everything
 * between "://" and the last '@'.
 *
 * is_remote: a server chose the text, or most of it.  If it contains a short secret, it
 * is hidden as a whole: gaps within words would reveal what is missing.  In other text
 * short secrets are not searched for: a file may have the name of a password.
 *
 * Returns: false when there is nothing to hide; else true and the text in *out, which
 * must be empty; everything beyond MASK_TEXT_MAX bytes is cut off.
 */
#define MASK_TEXT_MAX (8U << 10)
bool mask_text(const char *text, size_t len, bool is_remote, struct buf *out);

/* Whether a document repeats a secret of at least MASK_PREFIX bytes, in one of its forms.
 * A shorter secret may occur by coincidence. */
bool mask_repeats(const char *bytes, size_t len);

#endif
