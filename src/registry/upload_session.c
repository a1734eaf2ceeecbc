#include "config.h"
#include "registry/upload.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

/*
 * Uploads stay at the registry.  Behind a proxy that ends TLS some registries call
 * themselves http://: that is raised to what we really talk to.
 */
static int
keep_at_home(const struct http_origin *home, char **url, struct err *err)
{
    char server[HTTP_ORIGIN_TEXT_MAX];
    struct http_origin o;
    char *raised;

    if (http_url_origin(*url, &o, err) < 0)
        return -1;
    if (http_origin_equal(&o, home))
        return 0;
    if (strcmp(o.host, home->host) != 0 || o.tls || !home->tls ||
        (o.port != home->port && o.port != 80)) {
        http_origin_text(&o, server);
        return err_set(err, ERR_PROTOCOL,
                       "the registry wants the upload to go to another server, %s",
                       server);
    }
    raised = http_url_build(home, http_url_path(*url));
    free(*url);
    *url = raised;
    return 0;
}

int
upload_take_location(struct upload *up, const struct answer *a, struct err *err)
{
    const char *location = http_header(&a->http, "location", 0);
    char *next;

    if (!location)
        return up->location ? 0
                            : err_set(err, ERR_PROTOCOL,
                                      "the registry accepts an upload "
                                      "without saying where to");
    if (http_url_resolve(a->url, location, &next, err) < 0)
        return err_wrap(err, "the upload's location");
    if (keep_at_home(&up->host->origin, &next, err) < 0) {
        free(next);
        return -1;
    }
    free(up->location);
    up->location = next;
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
        if (a.http.status == 201)
            return 1;
        if (a.http.status == 202 && upload_take_location(up, &a, &why) == 0)
            return 0;
    }
    return cancel_wanted(up->session->client->config.cancel) ? cancel_error(err) : 0;
}
