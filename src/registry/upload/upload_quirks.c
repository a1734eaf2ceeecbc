/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "registry/upload/upload_quirks.h"

struct upload_quirks
upload_quirks(const struct upload *up)
{
    struct client *c = up->session->client;
    struct upload_quirks habits;

    pthread_mutex_lock(&c->lock);
    habits = up->host->upload;
    pthread_mutex_unlock(&c->lock);
    return habits;
}

/* Retry if this try could not know the quirk. */
static enum upload_remedy
learn(struct upload *up, bool *fact, bool was_known)
{
    struct client *c = up->session->client;

    pthread_mutex_lock(&c->lock);
    *fact = true;
    pthread_mutex_unlock(&c->lock);
    return was_known ? UPLOAD_GIVE_UP : UPLOAD_REOPEN;
}

enum upload_remedy
upload_learn_no_patch(struct upload *up)
{
    return learn(up, &up->host->upload.no_patch, up->habits.no_patch);
}

enum upload_remedy
upload_learn_no_put_body(struct upload *up)
{
    return learn(up, &up->host->upload.no_put_body, up->habits.no_put_body);
}

/* Half as much, but not less than the minimum, nor than the registry requires. */
static uint64_t
smaller_piece(const struct upload *up, uint64_t len)
{
    uint64_t piece = len / 2 < UPLOAD_PIECE_FIRST ? len / 2 : UPLOAD_PIECE_FIRST;
    uint64_t least = up->piece_min > UPLOAD_PIECE_MIN ? up->piece_min : UPLOAD_PIECE_MIN;

    return piece > least ? piece : least;
}

bool
upload_learn_too_large(struct upload *up, uint64_t len)
{
    struct client *c = up->session->client;
    struct upload_quirks *habits = &up->host->upload;
    uint64_t piece = smaller_piece(up, len);

    if (piece >= len)
        return false;
    pthread_mutex_lock(&c->lock);
    if (habits->piece == 0 || habits->piece > piece)
        habits->piece = piece;
    pthread_mutex_unlock(&c->lock);
    return true;
}
