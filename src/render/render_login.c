/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "render/render_login.h"

#include "io/json/json_write.h"

/* "kept in 'FILE'", or the helper. */
static void
put_place(struct result *r, const char *host, const char *phrase,
          const struct login_result *place)
{
    jsout_put_text(r->json, "registry", host);
    if (place->helper) {
        jsout_put_text(r->json, "helper", place->helper);
        result_say(r, "%s docker-credential-%s\n", phrase, place->helper);
    } else {
        jsout_put_text(r->json, "file", place->path);
        result_say(r, "%s '%s'\n", phrase, place->path);
    }
}

void
render_login(struct result *r, const char *host, const char *user,
             const struct login_result *kept)
{
    jsout_put_text(r->json, "user", user);
    result_say(r, "logged in to %s as %s: ", host, user);
    put_place(r, host, "kept in", kept);
}

void
render_logout(struct result *r, const char *host, const struct login_result *had)
{
    result_say(r, "logged out of %s: ", host);
    put_place(r, host, "removed from", had);
}
