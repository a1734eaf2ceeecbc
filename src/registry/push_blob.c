#include "config.h"
#include "registry/upload.h"

#include <stdlib.h>

enum { RESTARTS_MAX = 3 }; /* new sessions because a way or a session was refused */

/* Some registries answer first and store later.  1 it is there, 0, -1. */
static int
look_for_it(struct upload *up, struct err *err)
{
    struct cancel *cancel = up->session->client->config.cancel;
    static const uint64_t pauses_ms[] = {500, 1000, 2000};
    int found = push_blob_exists(up->session, up->repo, up->digest, err);

    for (size_t i = 0; found == 0 && up->is_late && i < COUNT_OF(pauses_ms); i++) {
        if (cancel_sleep(cancel, pauses_ms[i], err) < 0)
            return -1;
        found = push_blob_exists(up->session, up->repo, up->digest, err);
    }
    return found;
}

/* After a failure: 1 it is there all the same, 0 try again, -1 give up with *err. */
static int
recover(struct upload *up, struct retry *retry, struct err *err)
{
    struct err why = ERR_INIT;
    int found = up->maybe_there ? look_for_it(up, &why) : 0;

    if (found < 0)
        *err = why;
    if (found != 0)
        return found;
    free(up->location); /* what became of that session nobody knows */
    up->location = NULL;
    if (up->again) {
        if (++up->restarts > RESTARTS_MAX)
            return -1;
        *err = (struct err)ERR_INIT;
        return 0;
    }
    return retry_wait(up->session, retry, err);
}

static int
upload(struct upload *up, struct err *err)
{
    struct retry retry = RETRY_INIT(up->text);

    while (upload_send(up, err) < 0) {
        int rc = recover(up, &retry, err);

        if (rc != 0)
            return rc < 0 ? -1 : 0;
    }
    return 0;
}

int
push_blob(struct session *s, const struct repository *repo, const struct digest *digest,
          uint64_t size, const char *mount_from, const struct blob_source *source,
          enum push_outcome *outcome, struct err *err)
{
    CLEANUP(upload_release)
    struct upload up = {
        .session = s, .repo = repo, .digest = digest, .size = size, .source = source};
    int mounted = 0;

    digest_text(digest, up.text);
    if (client_host(s, repo->host, &up.host, err) < 0)
        return -1;
    if (size == 0 &&
        (hash_start(&up.hash, digest->alg, err) < 0 || upload_check_digest(&up, err) < 0))
        return err_wrap(err, "blob %s", up.text);
    if (mount_from)
        mounted = upload_mount(&up, mount_from, err);
    if (mounted < 0)
        return -1;
    if (mounted == 0 && upload(&up, err) < 0)
        return err->kind == ERR_SIGNAL ? -1 : err_wrap(err, "blob %s", up.text);
    *outcome = mounted == 1 ? PUSH_MOUNTED : PUSH_UPLOADED;
    return 0;
}
