/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "ops/doctor/doctor_registry.h"

#include "base/clock.h"
#include "base/text.h"
#include "oci/document.h"
#include "oci/referrer_list.h"
#include "registry/catalog.h"
#include "registry/login_check.h"
#include "registry/pull.h"
#include "registry/referrers.h"
#include "registry/tags.h"
#include "registry/upload/upload_probe.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- an image that is there ---- */

/* Found by searching; parts that are not known are empty. */
struct doctor_image {
    const char *prefix;
    char path[REFERENCE_PATH_MAX + 1]; /* "": no repository */
    char tag[REFERENCE_TAG_MAX + 1];
    bool has_manifest, has_blob;
    struct digest manifest, blob; /* the blob is a part of the manifest or of a child */
};

/* Ends a search that was successful. */
static int
end_search(struct err *err)
{
    return err_set(err, ERR_CONFLICT, "found");
}

static int
take_repository(void *ctx, const char *name, struct err *err)
{
    struct doctor_image *image = ctx;
    size_t len = strlen(image->prefix);

    if (len > 0 && (strncmp(name, image->prefix, len) != 0 ||
                    (name[len] != '\0' && name[len] != '/')))
        return 0;
    snprintf(image->path, sizeof(image->path), "%s", name);
    return end_search(err);
}

static int
take_tag(void *ctx, const char *name, struct err *err)
{
    struct doctor_image *image = ctx;

    snprintf(image->tag, sizeof(image->tag), "%s", name);
    return end_search(err);
}

/* The first tag of a repository.  Failures mean that there is none. */
static bool
find_tag(struct doctor_image *image, const struct doctor_registry *r, const char *path)
{
    const struct repository repo = {.host = r->target->host, .path = path};
    const struct name_sink sink = {
        .take = take_tag, .ctx = image, .pages_max = DOCTOR_NAMES_MAX};

    if (path[0] != '\0')
        (void)!tags_list(r->session, &repo, &sink, err_ignored());
    return image->tag[0] != '\0';
}

/* The first blob of a manifest; of an index, of its first child. */
static void
find_blob(struct doctor_image *image, const struct doctor_registry *r,
          const struct pulled *top)
{
    const struct repository repo = {.host = r->target->host, .path = image->path};
    CLEANUP(document_release) struct document doc = DOCUMENT_INIT, child = DOCUMENT_INIT;
    CLEANUP(pulled_release) struct pulled below = PULLED_INIT;
    const struct document *manifest = &doc;

    if (document_parse(&doc, top->bytes.data, top->bytes.len, top->media_type,
                       ERR_PROTOCOL, err_ignored()) < 0 ||
        doc.count == 0)
        return;
    if (doc.kind == MEDIA_INDEX) {
        if (pull_by_digest(r->session, &repo, &doc.edges[0].digest, doc.edges[0].size,
                           &below, err_ignored()) < 0 ||
            document_parse(&child, below.bytes.data, below.bytes.len, below.media_type,
                           ERR_PROTOCOL, err_ignored()) < 0)
            return;
        manifest = &child;
    }
    if (manifest->kind != MEDIA_MANIFEST || manifest->count == 0)
        return;
    image->blob = manifest->edges[0].digest;
    image->has_blob = true;
}

/* At the prefix, or in the first repository that the registry lists at or below it. */
static void
find_image(struct doctor_image *image, const struct doctor_registry *r)
{
    const char *prefix = r->target->prefix;
    const struct name_sink sink = {
        .take = take_repository, .ctx = image, .pages_max = DOCTOR_NAMES_MAX};
    CLEANUP(pulled_release) struct pulled top = PULLED_INIT;
    struct repository repo = {.host = r->target->host, .path = image->path};

    *image = (struct doctor_image){.prefix = prefix};
    if (find_tag(image, r, prefix))
        snprintf(image->path, sizeof(image->path), "%s", prefix);
    else
        (void)!catalog_read(r->session, r->target->host, &sink, err_ignored());
    if (image->tag[0] == '\0' && !find_tag(image, r, image->path))
        return;
    if (pull_by_tag(r->session, &repo, image->tag, &top, err_ignored()) < 0)
        return;
    image->manifest = top.digest;
    image->has_manifest = true;
    find_blob(image, r, &top);
}

/* ---- login ---- */

static void
say_login(struct findings *f, const struct doctor_registry *r, const struct greeting *g)
{
    CLEANUP(credential_release) struct credential used = CREDENTIAL_INIT;
    const char *source = credentials_source_name(r->credentials, r->target->host, &used);

    if (!g->was_asked)
        findings_say(f, "login", FINDING_NOTE, "%s does not ask for a login",
                     r->target->host);
    else if (!source)
        findings_say(f, "login", FINDING_NOTE, "none for %s: access is anonymous",
                     r->target->host);
    else if (used.user && used.user[0] != '\0')
        findings_say(f, "login", FINDING_OK, "accepted: '%s', from %s", used.user,
                     source);
    else
        findings_say(f, "login", FINDING_OK, "accepted: a token, from %s", source);
}

static void
say_skew(struct findings *f, const struct greeting *g)
{
    uint64_t here = clock_now(), there = g->date < 0 ? here : (uint64_t)g->date;
    uint64_t skew = here > there ? here - there : there - here;
    struct err why = ERR_INIT;

    if (skew <= DOCTOR_SKEW_MAX)
        return;
    err_because(&why, ERR_LOCAL, REASON_CLOCK,
                "this clock is %" PRIu64 " seconds %s that of the registry", skew,
                here > there ? "ahead of" : "behind");
    err_hint(&why, "compare both with a third one");
    findings_add(f, "clock", FINDING_WARNING, &why);
}

static bool
greet(struct findings *f, const struct doctor_registry *r)
{
    struct greeting g;
    struct err why = ERR_INIT;

    if (login_check(r->session, r->target->host, &g, &why) < 0) {
        if (!strstr(why.msg, r->target->host))
            err_wrap(&why, "%s", r->target->host);
        findings_add(f, "registry", FINDING_ERROR, &why);
        return false;
    }
    findings_say(f, "registry", FINDING_OK, "%s answers%s%s", r->target->host,
                 g.version[0] != '\0' ? ", API version " : "", g.version);
    if (g.version[0] == '\0')
        findings_say(f, "registry", FINDING_NOTE,
                     "its answer has no header Docker-Distribution-Api-Version");
    say_login(f, r, &g);
    say_skew(f, &g);
    return true;
}

/* ---- what it supports ---- */

static void
ask_for_referrers(struct findings *f, const struct doctor_registry *r,
                  const struct doctor_image *image)
{
    const struct repository repo = {.host = r->target->host, .path = image->path};
    CLEANUP(referrers_release) struct referrers list = REFERRERS_INIT;
    struct err why = ERR_INIT;
    int rc;

    if (!image->has_manifest) {
        findings_say(f, "referrers", FINDING_NOTE, "not checked: no image to ask about");
        return;
    }
    rc = referrers_ask(r->session, &repo, &image->manifest, &list, &why);
    if (rc < 0)
        findings_add(f, "referrers", FINDING_ERROR, &why);
    else if (rc == 1)
        findings_say(f, "referrers", FINDING_OK, "the API lists them");
    else
        findings_say(f, "referrers", FINDING_NOTE,
                     "no API: lists are kept under tags sha256-HEX");
}

static int
try_mount(struct findings *f, const struct doctor_registry *r,
          const struct doctor_image *image, struct err *err)
{
    const struct repository repo = {.host = r->target->host, .path = image->path};
    int rc;

    if (!image->has_blob) {
        findings_say(f, "mounts", FINDING_NOTE, "not checked: no blob to mount");
        return 0;
    }
    rc = upload_probe_mount(r->session, &repo, &image->blob, err);
    if (rc < 0)
        return -1;
    if (rc == 1)
        findings_say(f, "mounts", FINDING_OK, "blobs are mounted");
    else
        findings_say(f, "mounts", FINDING_NOTE,
                     "none: what another repository has is uploaded again");
    return 0;
}

static void
say_one_request(struct findings *f, long refusal)
{
    struct err why = ERR_INIT;

    err_set(&why, ERR_NONE, "not in pieces (status %ld): each blob is one long request",
            refusal);
    err_hint(&why, "let the registry, and proxies in front of it, accept PATCH, or large "
                   "and long requests");
    findings_add(f, "uploads", FINDING_WARNING, &why);
}

static void
say_pieces(struct findings *f, const struct upload_probe *p)
{
    char least[TEXT_HUMAN_MAX];

    if (p->takes_pieces)
        findings_say(f, "uploads", FINDING_OK, "in pieces%s",
                     p->counts_them ? ", and resumable" : "");
    else if (p->refusal == 0 && p->piece_min > 0)
        findings_say(f, "uploads", FINDING_OK, "in pieces of at least %s",
                     text_human(least, p->piece_min));
    else
        say_one_request(f, p->refusal);
    if (p->takes_pieces && !p->counts_them)
        findings_say(f, "uploads", FINDING_NOTE,
                     "the registry does not report how much it has: an interrupted "
                     "upload starts over");
    if (!p->was_cancelled)
        findings_say(f, "uploads", FINDING_NOTE,
                     "an upload cannot be cancelled: the registry removes it later");
}

/* Without permission to push, this may still be the right registry to fetch from. */
static int
try_upload(struct findings *f, const struct doctor_registry *r,
           const struct doctor_image *image, struct err *err)
{
    char path[2 * REFERENCE_PATH_MAX];
    const char *prefix = r->target->prefix;
    const struct repository repo = {.host = r->target->host,
                                    .path = image->path[0] != '\0' ? image->path : path};
    struct upload_probe probe;
    struct err why = ERR_INIT;

    snprintf(path, sizeof(path), "%s%s" DOCTOR_REPOSITORY, prefix,
             prefix[0] != '\0' ? "/" : "");
    if (upload_probe(r->session, &repo, &probe, &why) == 0) {
        say_pieces(f, &probe);
        return 0;
    }
    if (why.kind == ERR_SIGNAL) {
        *err = why;
        return -1;
    }
    err_wrap(&why, "no upload to %s", repo.path);
    findings_add(f, "uploads", why.kind == ERR_AUTH ? FINDING_WARNING : FINDING_ERROR,
                 &why);
    return 0;
}

int
doctor_look_at_registry(struct findings *f, const struct doctor_registry *r,
                        struct err *err)
{
    struct doctor_image image;

    if (!greet(f, r))
        return 0;
    find_image(&image, r);
    ask_for_referrers(f, r, &image);
    return try_mount(f, r, &image, err) < 0 || try_upload(f, r, &image, err) < 0 ? -1 : 0;
}
