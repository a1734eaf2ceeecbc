/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "lists/compose.h"

#include <string.h>

struct service_walk {
    struct finder *finder;
    const struct compose_options *options;
    struct err *err;
};

static void
refuse_parts(struct finder *f, const struct yml *at, const char *what)
{
    struct err why = ERR_INIT;

    err_because(&why, ERR_USAGE, REASON_COMPOSE, "'%s' refers to other services", what);
    finder_refuse(f, at, &why);
}

/* Whether a service runs with the profiles that were chosen. */
static bool
has_profile(const struct compose_options *o, const struct yml *profiles)
{
    if (!profiles || profiles->kind != YML_LIST || profiles->count == 0)
        return true;
    for (size_t i = 0; i < o->profile_count; i++) {
        if (strcmp(o->profiles[i], "*") == 0)
            return true;
        for (size_t k = 0; k < profiles->count; k++) {
            if (yml_is(profiles->of.items[k], o->profiles[i]))
                return true;
        }
    }
    return false;
}

/* A name, after its variables are replaced.  is_built: it may be only a name for what is
 * built; a name that can be pushed is taken. */
static int
take_service_image(const struct service_walk *w, const struct yml *at, bool is_built)
{
    struct finder *f = w->finder;
    const char *text;
    CLEANUP(buf_release) struct buf name = BUF_INIT(COMPOSE_TEXT_MAX);
    struct err why = ERR_INIT;

    if (at->kind != YML_TEXT || name_filter_matches(f->ignore, at->of.text))
        return 0;
    if (compose_text_replace(w->options->variables, at->of.text, at->count, &name, &why) <
        0) {
        finder_refuse(f, at, &why);
        return 0;
    }
    text = name.data ? name.data : "";
    return is_built && !strchr(text, '/') ? finder_maybe(f, at, text, w->err)
                                          : finder_sure(f, at, text, w->err);
}

/* volumes: [{type: image, source: NAME}] */
static int
take_image_volumes(const struct service_walk *w, const struct yml *volumes)
{
    for (size_t i = 0; volumes && volumes->kind == YML_LIST && i < volumes->count; i++) {
        const struct yml *volume = volumes->of.items[i],
                         *source = yml_get(volume, "source");

        if (yml_is(yml_get(volume, "type"), "image") && source &&
            take_service_image(w, source, false) < 0)
            return -1;
    }
    return 0;
}

/* Whether compose never pulls the image of a service. */
static bool
is_never_pulled(const struct yml *service)
{
    const struct yml *policy = yml_get(service, "pull_policy");

    return yml_is(policy, "build") || yml_is(policy, "never");
}

static int
take_service(void *ctx, const struct yml *key, const struct yml *service)
{
    const struct service_walk *w = ctx;
    const struct yml *image = yml_get(service, "image"),
                     *extends = yml_get(service, "extends"),
                     *build = yml_get(service, "build");
    const char *name = key->kind == YML_TEXT ? key->of.text : "";

    if (!has_profile(w->options, yml_get(service, "profiles"))) {
        finder_note(w->finder, key, "the service %s has another profile: left out", name);
        return 0;
    }
    if (image && is_never_pulled(service)) {
        finder_note(w->finder, key, "the image of the service %s is never pulled", name);
    } else if (image) {
        w->finder->kind = "service";
        w->finder->object = name;
        if (take_service_image(w, image, build != NULL) < 0)
            return -1;
    } else if (extends) {
        refuse_parts(w->finder, extends, "extends");
    } else if (build) {
        finder_note(w->finder, key, "the service %s is built: no image to pull", name);
    }
    return take_image_volumes(w, yml_get(service, "volumes"));
}

static int
walk_service(void *ctx, const struct yml *key, const struct yml *service)
{
    const struct service_walk *w = ctx;
    int rc;

    finder_enter_key(w->finder, key);
    rc = take_service(ctx, key, service);
    finder_leave(w->finder);
    w->finder->kind = w->finder->object = NULL;
    return rc;
}

int
compose_read(struct finder *f, const struct yml *document,
             const struct compose_options *options, struct err *err)
{
    struct service_walk w = {.finder = f, .options = options, .err = err};
    const struct yml *include = yml_get(document, "include");

    if (include)
        refuse_parts(f, include, "include");
    return yml_each(yml_get(document, "services"), walk_service, &w);
}
