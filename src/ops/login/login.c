/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "ops/login/login.h"

#include "base/mem.h"
#include "registry/credentials/auth_file.h"
#include "registry/credentials/credential_helper.h"
#include "registry/credentials/credentials_default.h"

#include <stdlib.h>
#include <string.h>

static const char hub[] = "docker.io";
static const char hub_key[] = "https://index.docker.io/v1/"; /* docker's own */

void
login_result_release(struct login_result *r)
{
    free(r->path);
    free(r->helper);
    free(r->others);
    *r = (struct login_result)LOGIN_RESULT_INIT;
}

/* docker itself finds its hub only under a URL. */
static const char *
key_of(const struct login_place *place, const char *host)
{
    return place->is_docker && strcmp(host, hub) == 0 ? hub_key : host;
}

/* Other credentials for the host, as all commands look for them. */
static char *
find_others(const struct login_options *o, const struct credential *ours)
{
    CLEANUP(credential_release) struct credential found = CREDENTIAL_INIT;
    struct credentials *all = credentials_new(o->run);
    const char *name = NULL;
    char *others = NULL;

    if (credentials_load_default(all, err_ignored()) == 0)
        name = credentials_source_name(all, o->host, &found);
    if (name && (!ours || !credential_equal(&found, ours)))
        others = xstrdup(name);
    credentials_release(&all);
    return others;
}

/* ---- keeping ---- */

/* A helper has them, so the file must not. */
static int
keep_in_helper(struct login_result *out, const struct login_options *o, const char *key,
               const struct auth_file *file, const struct credential *c, struct err *err)
{
    if (helper_store(out->helper, key, c, &o->run->cancel, err) < 0)
        return -1;
    return file->has_password ? auth_file_set(file, o->host, key, NULL, err) : 0;
}

static int
keep_in_file(struct login_result *out, const struct login_options *o,
             const struct login_place *place, const struct credential *c, struct err *err)
{
    CLEANUP(auth_file_release) struct auth_file file = AUTH_FILE_INIT;
    const char *key = key_of(place, o->host);

    if (auth_file_open(&file, place->path, o->host, true, &o->run->cancel, err) < 0)
        return -1;
    out->path = xstrdup(file.path);
    out->helper = file.helper ? xstrdup(file.helper) : NULL;
    return file.helper ? keep_in_helper(out, o, key, &file, c, err)
                       : auth_file_set(&file, o->host, key, c, err);
}

int
login_keep(struct login_result *out, const struct login_options *o,
           const struct credential *credential, struct err *err)
{
    CLEANUP(login_place_release) struct login_place place = LOGIN_PLACE_INIT;
    int rc;

    if (login_place_find(&place, o->file, err) < 0)
        return -1;
    if (place.helper) {
        out->helper = xstrdup(place.helper);
        rc = helper_store(place.helper, o->host, credential, &o->run->cancel, err);
    } else {
        rc = keep_in_file(out, o, &place, credential, err);
    }
    if (rc == 0 && !place.is_named)
        out->others = find_others(o, credential);
    return rc;
}

/* ---- removing ---- */

/* 1: the helper had them; 0; -1. */
static int
erase_from_helper(const struct login_options *o, const char *helper, const char *server,
                  struct err *err)
{
    CLEANUP(credential_release) struct credential had = CREDENTIAL_INIT;
    int rc = helper_get(helper, server, &o->run->cancel, &had, err);

    if (rc != 1)
        return rc;
    return helper_erase(helper, server, &o->run->cancel, err) < 0 ? -1 : 1;
}

static int
forget_in_helper(const struct login_options *o, const char *helper, struct err *err)
{
    bool is_hub = strcmp(o->host, hub) == 0;
    int was_there = is_hub ? erase_from_helper(o, helper, hub_key, err) : 0;
    int rc = was_there < 0 ? -1 : erase_from_helper(o, helper, o->host, err);

    return rc < 0 ? -1 : was_there == 1 || rc == 1;
}

static int
forget_in_file(struct login_result *out, const struct login_options *o,
               const struct login_place *place, struct err *err)
{
    CLEANUP(auth_file_release) struct auth_file file = AUTH_FILE_INIT;
    struct err why = ERR_INIT;
    int rc;

    if (auth_file_open(&file, place->path, o->host, false, &o->run->cancel, &why) < 0) {
        out->path = xstrdup(place->path);
        if (why.kind == ERR_NOT_FOUND)
            return 0;
        *err = why;
        return -1;
    }
    out->path = xstrdup(file.path);
    out->helper = file.helper ? xstrdup(file.helper) : NULL;
    rc = file.helper ? forget_in_helper(o, file.helper, err) : 0;
    if (rc < 0 || (rc == 0 && !file.has_password))
        return rc;
    return auth_file_set(&file, o->host, o->host, NULL, err) < 0 ? -1 : 1;
}

int
login_forget(struct login_result *out, const struct login_options *o, struct err *err)
{
    CLEANUP(login_place_release) struct login_place place = LOGIN_PLACE_INIT;
    int rc;

    if (login_place_find(&place, o->file, err) < 0)
        return -1;
    if (place.helper) {
        out->helper = xstrdup(place.helper);
        rc = forget_in_helper(o, place.helper, err);
    } else {
        rc = forget_in_file(out, o, &place, err);
    }
    if (rc < 0)
        return -1;
    if (!place.is_named)
        out->others = find_others(o, NULL);
    if (rc == 1)
        return 0;
    if (out->helper)
        return err_set(err, ERR_NOT_FOUND,
                       "docker-credential-%s has no credentials for %s", out->helper,
                       o->host);
    return err_set(err, ERR_NOT_FOUND, "'%s' has no credentials for %s", out->path,
                   o->host);
}
