/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "registry/upload/upload_session.h"

#include "base/mem.h"
#include "base/patience.h"
#include "base/text.h"
#include "io/http/http_url.h"
#include "registry/connection/redirect.h"
#include "registry/exchange_error.h"

#include <stdlib.h>
#include <string.h>

/*
 * Uploads stay at the registry.  Behind a proxy that terminates TLS some registries name
 * themselves http://: the actual scheme is used instead.
 */
static int
keep_at_home(const struct http_origin *home, char **url, struct err *err)
{
    struct http_origin o;
    char *raised;

    if (http_url_origin(*url, &o, err) < 0)
        return -1;
    if (http_origin_equal(&o, home))
        return 0;
    if (strcmp(o.host, home->host) != 0 || o.tls || !home->tls ||
        (o.port != home->port && o.port != 80))
        return redirect_refuse_upload(home, &o, err);
    raised = http_url_build(home, http_url_path(*url));
    free(*url);
    *url = raised;
    return 0;
}

int
upload_take_location(struct upload *up, const struct answer *a, struct err *err)
{
    const char *location = http_header(&a->http, "location", 0);
    const char *least;
    char *next;

    if (!location)
        return up->location
                   ? 0
                   : err_set(err, ERR_PROTOCOL,
                             "the registry accepts an upload without a location");
    if (http_url_resolve(a->url, location, &next, err) < 0)
        return err_wrap(err, "the upload's location");
    if (keep_at_home(&up->host->origin, &next, err) < 0) {
        free(next);
        return -1;
    }
    free(up->location);
    up->location = next;
    least = http_header(&a->http, "oci-chunk-min-length", 0);
    if (least)
        (void)!text_u64(least, strlen(least), UINT64_MAX, &up->piece_min);
    return 0;
}

int
upload_open(struct upload *up, struct err *err)
{
    CLEANUP(answer_release) struct answer a = ANSWER_INIT;
    CLEANUP(mem_free_string)
    char *url = client_url(up->host, up->repo->path, "blobs/uploads/");
    struct call call = {
        .repo = up->repo,
        .request = {.method = "POST", .url = url, .body_max = HTTP_ERROR_BODY_MAX}};

    if (exchange_once(up->session, &call, &a, err) < 0)
        return -1;
    return answer_is_success(&a) ? upload_take_location(up, &a, err)
                                 : exchange_error(&call, &a, err);
}

/* 201 means mounted, except where every POST is answered so: then it is a session. */
static bool
is_mounted(const struct answer *a)
{
    const char *location = http_header(&a->http, "location", 0);

    return a->http.status == 201 && !(location && strstr(location, "/blobs/uploads/"));
}

int
upload_mount(struct upload *up, const char *from, struct err *err)
{
    CLEANUP(answer_release) struct answer a = ANSWER_INIT;
    CLEANUP(mem_free_string)
    char *start = client_url(up->host, up->repo->path, "blobs/uploads/");
    CLEANUP(mem_free_string)
    char *with_digest = http_url_add_query(start, "mount", up->text);
    CLEANUP(mem_free_string) char *url = http_url_add_query(with_digest, "from", from);
    struct err why = ERR_INIT;
    struct call call = {
        .repo = up->repo,
        .mount_from = strcmp(from, up->repo->path) == 0 ? NULL : from,
        .request = {.method = "POST", .url = url, .body_max = HTTP_ERROR_BODY_MAX}};

    if (exchange_once(up->session, &call, &a, &why) == 0) {
        if (is_mounted(&a))
            return 1;
        if (answer_is_success(&a) && upload_take_location(up, &a, &why) == 0)
            return 0;
    }
    return cancel_wanted(&up->session->client->config.run->cancel) ? cancel_error(err)
                                                                   : 0;
}

/* ---- state of the session ---- */

uint64_t
upload_bytes_of_range(const char *range)
{
    static const char unit[] = "bytes=", first[] = "0-";
    uint64_t last;

    if (!range)
        return 0;
    if (text_starts(range, unit))
        range += strlen(unit);
    if (!text_starts(range, first) ||
        text_u64(range + strlen(first), strlen(range + strlen(first)), UINT64_MAX - 1,
                 &last) < 0)
        return 0;
    return last + 1;
}

bool
upload_resync(struct upload *up)
{
    CLEANUP(answer_release) struct answer a = ANSWER_INIT;
    CLEANUP(mem_free_string) char *url = xstrdup(up->location);
    struct call call = {
        .repo = up->repo,
        .request = {.method = "GET", .url = url, .body_max = HTTP_ERROR_BODY_MAX}};
    uint64_t there;

    if (exchange_once(up->session, &call, &a, err_ignored()) < 0 ||
        !answer_is_success(&a) || upload_take_location(up, &a, err_ignored()) < 0)
        return false;
    there = upload_bytes_of_range(http_header(&a.http, "range", 0));
    if (there < 2 || there > up->size) /* an empty session reports "0-0" too */
        return false;
    up->at = there;
    return true;
}

uint64_t
upload_answer_ms(uint64_t size)
{
    return patience.store_ms + size / (patience.store_mib << 20) * 1000;
}

void
upload_judge_silence(struct upload *up, const struct answer *a, struct err *err)
{
    up->was_silent = a->http.is_silence;
    if (!up->was_silent || ++up->silences < UPLOAD_SILENCES_MAX)
        return;
    up->remedy = UPLOAD_GIVE_UP;
    err_wrap(err, "gave up after %u uploads without an answer", up->silences);
}

void
upload_close(struct upload *up, bool cancel)
{
    struct call call = {.repo = up->repo,
                        .request = {.method = "DELETE",
                                    .url = up->location,
                                    .parting_ms = patience.parting_ms,
                                    .body_max = HTTP_ERROR_BODY_MAX}};

    if (up->location && cancel)
        exchange_parting(up->session, up->host, &call);
    free(up->location);
    up->location = NULL;
    up->at = up->piece_min = 0;
}

void
upload_release(struct upload *up)
{
    upload_close(up, true);
    hash_release(&up->hash);
    for (size_t i = 0; i < up->mark_count; i++)
        hash_release(&up->marks[i].hash);
}
