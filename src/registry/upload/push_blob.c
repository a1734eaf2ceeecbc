/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "registry/upload/push_blob.h"

#include "base/patience.h"
#include "io/crypto/hash.h"
#include "registry/presence.h"
#include "registry/upload/upload_send.h"
#include "registry/upload/upload_session.h"

#include <string.h>

enum { RESTARTS_MAX = 3 }; /* new sessions because a method or a session was refused */

/* Check once and briefly at a host that stopped answering.  1 present, 0, -1. */
static int
look_once(struct upload *up, struct err *err)
{
    CLEANUP(allowance_end) struct allowance allowance = ALLOWANCE_INIT;

    allowance_begin(&allowance, up->session, patience.answer_ms);
    return upload_is_there(up, err);
}

/* Some registries answer first and store later.  1 present, 0, -1. */
static int
look_for_it(struct upload *up, struct err *err)
{
    static const uint64_t pauses_ms[] = {500, 1000, 2000, 4000, 8000};
    size_t looks = up->size < UPLOAD_RESUME_MIN ? 3 : COUNT_OF(pauses_ms);
    int found = upload_is_there(up, err);

    for (size_t i = 0; found == 0 && up->is_late && i < looks; i++) {
        if (session_pause(up->session, pauses_ms[i], err) < 0)
            return -1;
        found = upload_is_there(up, err);
    }
    return found;
}

/* After a failed try.  1 present, 0, -1. */
static int
look_after_failure(struct upload *up, struct err *err)
{
    int found = 0;

    if (up->was_silent)
        return look_once(up, err);
    if (up->maybe_there)
        return look_for_it(up, err);
    if (up->was_refused)
        found = upload_is_there(up, err);
    return found < 0 && err->kind != ERR_SIGNAL
               ? 0
               : found; /* the refusal is more informative */
}

/* After a failure: 0 retry, -1 give up with *err. */
static int
try_remedy(struct upload *up, struct retry *retry, struct err *err)
{
    bool is_unsure = up->maybe_there; /* a session that may be committing is left alone */

    if (up->remedy == UPLOAD_GIVE_UP)
        return -1;
    if (up->remedy == UPLOAD_PAUSE)
        return retry_wait(up->session, retry, err);
    if (up->remedy == UPLOAD_ASK_ERR) {
        if (retry_wait(up->session, retry, err) < 0)
            return -1;
        if (!up->must_resync)
            upload_close(up, !is_unsure);
        return 0;
    }
    if (up->remedy == UPLOAD_REOPEN) {
        if (++up->restarts > RESTARTS_MAX)
            return -1;
        upload_close(up, !is_unsure);
    }
    *err = (struct err)ERR_INIT;
    return 0;
}

static int
upload(struct upload *up, struct err *err)
{
    struct retry retry = RETRY_INIT(up->text);
    uint64_t furthest = 0;

    while (upload_send(up, err) < 0) {
        struct err why = ERR_INIT;
        int found = look_after_failure(up, &why);

        if (up->at > furthest)
            retry_forget(&retry);
        furthest = up->at > furthest ? up->at : furthest;
        if (found == 1) {
            upload_close(up, false);
            return 0;
        }
        if (found < 0)
            *err = why;
        if (found < 0 || try_remedy(up, &retry, err) < 0)
            return -1;
    }
    return 0;
}

/*
 * Mount another repository's blob, or our own when the registry reports it.  The other
 * one was checked by the caller; our own is checked now.  1 present, 0, -1.
 */
static int
mount(struct upload *up, const char *from, struct err *err)
{
    int rc = upload_mount(up, from, err);

    if (rc != 1 || (strcmp(from, up->repo->path) != 0 && !up->is_broken))
        return rc;
    rc = upload_is_there(up, err);
    up->is_broken = up->is_broken || rc == 0;
    return rc;
}

/* A registry may receive the bytes, find a file of that name, and discard them. */
static int
upload_for_good(struct upload *up, struct err *err)
{
    int rc = upload(up, err);

    if (rc == 0 && up->is_broken)
        rc = upload_is_there(up, err);
    else if (rc == 0)
        rc = 1;
    if (rc == 0)
        return presence_error("blob", up->digest, err);
    if (rc < 0)
        return err->kind == ERR_SIGNAL ? -1 : err_wrap(err, "blob %s", up->text);
    return 0;
}

int
push_blob(struct session *s, const struct repository *repo, const struct digest *digest,
          const struct byte_source *source, const char *mount_from, bool is_broken,
          enum push_outcome *outcome, struct err *err)
{
    CLEANUP(allowance_end) struct allowance allowance = ALLOWANCE_INIT;
    CLEANUP(upload_release)
    struct upload up = {.session = s,
                        .repo = repo,
                        .digest = digest,
                        .size = source->size,
                        .source = source,
                        .is_broken = is_broken};
    int mounted = 0;

    allowance_begin(&allowance, s, allowance_ms(source->size, &s->client->config));
    digest_text(digest, up.text);
    if (client_host(s, repo, &up.host, err) < 0)
        return -1;
    if (mount_from)
        mounted = mount(&up, mount_from, err);
    if (mounted < 0)
        return -1;
    if (mounted == 0 && upload_for_good(&up, err) < 0)
        return -1;
    *outcome = mounted == 1 ? PUSH_MOUNTED : PUSH_UPLOADED;
    return 0;
}

int
push_bytes(struct session *s, const struct repository *repo, const void *bytes,
           size_t len, struct digest *digest, struct err *err)
{
    struct byte_block body = {bytes, len};
    const struct byte_source source = byte_block_source(&body);
    enum push_outcome outcome;

    if (hash_bytes(DIGEST_SHA256, bytes, len, digest, err) < 0)
        return -1;
    return push_blob(s, repo, digest, &source, repo->path, false, &outcome, err);
}
