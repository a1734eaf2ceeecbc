/* SPDX-License-Identifier: Apache-2.0 */
/* login.h - keep the credentials of a registry where other tools find them, and remove
 * them.
 *
 * Layer: ops.
 */
#ifndef OPS_LOGIN_LOGIN_H
#define OPS_LOGIN_LOGIN_H

#include "base/run.h"
#include "registry/credentials/credential.h"

struct login_options {
    const char *host; /* as in references */
    const char *file; /* the file to use, or NULL */
    struct run *run;
};

/* Where credentials are, or were. */
struct login_result {
    char *path;   /* owned; the file, NULL when only a helper is involved */
    char *helper; /* owned; the helper that has them instead of the file, or NULL */
    char *others; /* owned; where other credentials for the host are, which are found
                   * first after a login, and at all after a logout; or NULL */
};

#define LOGIN_RESULT_INIT                                                                \
    {                                                                                    \
        .path = NULL                                                                     \
    }
void login_result_release(struct login_result *r);

/*
 * Keep credentials, which were checked, instead of earlier ones.
 * Errors: those of auth_file.h, credential_helper.h and login_place_find().
 */
MUST_USE int login_keep(struct login_result *out, const struct login_options *options,
                        const struct credential *credential, struct err *err);

/*
 * Remove the credentials of a registry.
 * Errors: as login_keep(); ERR_NOT_FOUND - there are none in that place.
 */
MUST_USE int login_forget(struct login_result *out, const struct login_options *options,
                          struct err *err);

#endif
