/* SPDX-License-Identifier: Apache-2.0 */
/* render_login.h - results of login and logout: where credentials are, or were.
 *
 * Layer: render.
 */
#ifndef RENDER_RENDER_LOGIN_H
#define RENDER_RENDER_LOGIN_H

#include "ops/login/login.h"
#include "render/result.h"

void render_login(struct result *r, const char *host, const char *user,
                  const struct login_result *kept);
void render_logout(struct result *r, const char *host, const struct login_result *had);

#endif
