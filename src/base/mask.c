/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "base/mask.h"

#include "base/mem.h"
#include "base/secret.h"
#include "base/text.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

static const char veil[] = "***";

/* All forms of one secret. */
struct masked {
    struct secret forms[MASK_FORMS_MAX]; /* at most MASK_BYTES_MAX of each */
    size_t count;
};

static struct {
    pthread_mutex_t lock;
    struct masked
        *secrets[MASK_SECRETS_MAX]; /* guarded; the most recently used is first */
    atomic_size_t count;            /* written under the lock */
} kept = {.lock = PTHREAD_MUTEX_INITIALIZER};

/* ---- the list ---- */

static void
masked_free(struct masked *m)
{
    for (size_t i = 0; i < m->count; i++)
        secret_release(&m->forms[i]);
    free(m);
}

static size_t
kept_bytes(const struct mask_form *form)
{
    return form->len < MASK_BYTES_MAX ? form->len : MASK_BYTES_MAX;
}

/* Caller holds the lock.  Move the secret at i to the front. */
static void
move_to_front(size_t i)
{
    struct masked *m = kept.secrets[i];

    memmove(kept.secrets + 1, kept.secrets, i * sizeof(m));
    kept.secrets[0] = m;
}

bool
mask_knows(const struct mask_form *first)
{
    size_t len = kept_bytes(first), i = 0;

    pthread_mutex_lock(&kept.lock);
    while (i < kept.count && (kept.secrets[i]->forms[0].len != len ||
                              memcmp(kept.secrets[i]->forms[0].bytes, first->bytes, len)))
        i++;
    if (i < kept.count)
        move_to_front(i);
    len = kept.count;
    pthread_mutex_unlock(&kept.lock);
    return i < len;
}

void
mask_add(const struct mask_form *forms, size_t count)
{
    struct masked *m = xcalloc(1, sizeof(*m));

    for (size_t i = 0; i < count && m->count < MASK_FORMS_MAX; i++) {
        if (forms[i].len > 0)
            secret_set(&m->forms[m->count++], forms[i].bytes, kept_bytes(&forms[i]));
    }
    if (m->count == 0) {
        free(m);
        return;
    }
    pthread_mutex_lock(&kept.lock);
    if (kept.count == MASK_SECRETS_MAX)
        masked_free(kept.secrets[--kept.count]);
    kept.secrets[kept.count++] = m;
    move_to_front(kept.count - 1);
    pthread_mutex_unlock(&kept.lock);
}

void
mask_forget_all(void)
{
    pthread_mutex_lock(&kept.lock);
    while (kept.count > 0)
        masked_free(kept.secrets[--kept.count]);
    pthread_mutex_unlock(&kept.lock);
}

/* ---- looking for them ---- */

/* The byte that "%XX" encodes, or -1. */
static int
percent_byte(const char *text, size_t len)
{
    static const char digits[] = "0123456789abcdef";
    const char *high, *low;

    if (len < 3 || text[0] != '%' || text[1] == '\0' || text[2] == '\0')
        return -1;
    high = strchr(digits, text_lower(text[1]));
    low = strchr(digits, text_lower(text[2]));
    return high && low ? (int)((high - digits) << 4 | (low - digits)) : -1;
}

/* Number of bytes at text that encode c, 0 when they do not. */
static size_t
stands_for(const char *text, size_t len, char c)
{
    int decoded = percent_byte(text, len);

    if (decoded >= 0 && text_lower((char)decoded) == text_lower(c))
        return 3;
    if (text[0] == '\\' && len > 1 && text[1] == c)
        return 2;
    return text_lower(text[0]) == text_lower(c) || (text[0] == '+' && c == ' ') ? 1 : 0;
}

/* Number of bytes at text that repeat a form, or enough of its beginning. */
static size_t
repeats(const char *text, size_t len, const struct secret *form)
{
    size_t at = 0, same = 0;

    while (at < len && same < form->len) {
        size_t n = stands_for(text + at, len - at, form->bytes[same]);

        if (n == 0)
            break;
        at += n;
        same++;
    }
    if (same < form->len && same < MASK_PREFIX)
        return 0;
    return same == MASK_BYTES_MAX ? len : at;
}

/* Caller holds the lock.  Length of the longest piece at text that repeats a secret;
 * *is_short: the secret is too short to search for in every text. */
static size_t
longest(const char *text, size_t len, bool *is_short)
{
    size_t most = 0;

    for (size_t i = 0; i < kept.count; i++) {
        for (size_t k = 0; k < kept.secrets[i]->count; k++) {
            const struct secret *form = &kept.secrets[i]->forms[k];
            size_t n = repeats(text, len, form);

            if (n > 0 && form->len < MASK_SHORT)
                *is_short = true;
            else if (n > most)
                most = n;
        }
    }
    return most;
}

bool
mask_repeats(const char *bytes, size_t len)
{
    bool found = false;

    pthread_mutex_lock(&kept.lock);
    for (size_t i = 0; i < kept.count && !found; i++) {
        for (size_t k = 0; k < kept.secrets[i]->count && !found; k++) {
            const struct secret *form = &kept.secrets[i]->forms[k];

            found = form->len >= MASK_PREFIX && len > 0 &&
                    memmem(bytes, len, form->bytes, form->len);
        }
    }
    pthread_mutex_unlock(&kept.lock);
    return found;
}

/* true: something was hidden. */
static bool
hide_secrets(const char *text, size_t len, bool is_remote, struct buf *out)
{
    bool is_hidden = false, has_short = false;

    pthread_mutex_lock(&kept.lock);
    for (size_t i = 0; i < len;) {
        size_t n = longest(text + i, len - i, &has_short);

        is_hidden = is_hidden || n > 0;
        (void)!buf_add(out, n > 0 ? veil : text + i, n > 0 ? strlen(veil) : 1);
        i += n > 0 ? n : 1;
    }
    pthread_mutex_unlock(&kept.lock);
    if (!has_short || !is_remote)
        return is_hidden;
    buf_clear(out);
    (void)!buf_add_text(out, veil);
    return true;
}

/* ---- user names and passwords in URLs ---- */

/* Whether an '@' begins a digest. */
static bool
is_before_digest(const char *at, const char *end)
{
    static const char *const algorithms[] = {"@sha256:", "@sha512:"};

    for (size_t i = 0; i < COUNT_OF(algorithms); i++) {
        size_t len = strlen(algorithms[i]);

        if ((size_t)(end - at) >= len && memcmp(at, algorithms[i], len) == 0)
            return true;
    }
    return false;
}

/* The last '@' that does not begin a digest, or NULL. */
static const char *
last_at(const char *text, size_t len)
{
    const char *at = len > 0 ? memrchr(text, '@', len) : NULL;

    while (at && is_before_digest(at, text + len))
        at = at > text ? memrchr(text, '@', (size_t)(at - text)) : NULL;
    return at;
}

static bool
is_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/* A word, with or without a "USER:PASSWORD" before its last '@'.  true: hidden. */
static bool
add_word(const char *word, size_t len, struct buf *out)
{
    const char *at = last_at(word, len);
    size_t user = at ? (size_t)(at - word) : 0;
    const char *colon = user > 0 ? memchr(word, ':', user) : NULL;
    bool is_user = colon && !memchr(word, '/', (size_t)(colon - word));

    if (is_user)
        (void)!buf_add_text(out, veil);
    (void)!buf_add(out, is_user ? at : word, is_user ? len - user : len);
    return is_user;
}

static bool
add_words(const char *text, size_t len, struct buf *out)
{
    bool is_hidden = false;

    for (size_t i = 0; i < len; i++) {
        size_t word = i;

        while (i < len && !is_blank(text[i]))
            i++;
        is_hidden = add_word(text + word, i - word, out) || is_hidden;
        if (i < len)
            (void)!buf_add(out, text + i, 1);
    }
    return is_hidden;
}

/* true: something was hidden. */
static bool
hide_users(const char *text, size_t len, struct buf *out)
{
    const char *at = last_at(text, len);
    const char *scheme = at ? memmem(text, (size_t)(at - text), "://", 3) : NULL;
    size_t before = scheme ? (size_t)(scheme - text) + 3 : len;
    bool is_hidden;

    if (!at)
        return false;
    is_hidden = add_words(text, before, out);
    if (!scheme)
        return is_hidden;
    (void)!buf_add_text(out, veil);
    (void)!buf_add(out, at, len - (size_t)(at - text));
    return true;
}

bool
mask_text(const char *text, size_t len, bool is_remote, struct buf *out)
{
    CLEANUP(buf_release) struct buf first = BUF_INIT(2 * len + sizeof(veil)); /* ":@" */
    bool has_user = hide_users(text, len, &first), is_cut;

    if (!has_user && kept.count == 0)
        return false;
    if (has_user) {
        text = first.data;
        len = first.len;
    }
    is_cut = len > MASK_TEXT_MAX;
    len = is_cut ? MASK_TEXT_MAX : len;
    out->max = len + 2 * sizeof(veil);
    has_user = hide_secrets(text, len, is_remote, out) || has_user;
    if (has_user && is_cut)
        (void)!buf_add_text(out, "...");
    return has_user;
}
