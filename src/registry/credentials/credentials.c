/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "registry/credentials/credentials_internal.h"

#include "base/mem.h"
#include "base/text.h"
#include "oci/reference.h"
#include "registry/credentials/credential_helper.h"
#include "registry/credentials/credentials_file.h"
#include "registry/credentials/credentials_match.h"

#include <stdlib.h>
#include <string.h>

struct credentials *
credentials_new(struct run *run)
{
    struct credentials *c = xcalloc(1, sizeof(*c));

    c->end = &c->first;
    c->run = run;
    pthread_mutex_init(&c->lock, NULL);
    return c;
}

static void
free_answers(struct helper_answer *a)
{
    while (a) {
        struct helper_answer *next = a->next;

        credential_release(&a->credential);
        free(a->helper);
        free(a->host);
        free(a);
        a = next;
    }
}

void
credentials_release(struct credentials **at)
{
    struct credentials *c = *at;

    if (!c)
        return;
    while (c->first) {
        struct source *next = c->first->next;

        credentials_source_free(c->first);
        c->first = next;
    }
    free_answers(c->answers);
    pthread_mutex_destroy(&c->lock);
    free(c);
    *at = NULL;
}

/* ---- sources ---- */

static void
append_source(struct credentials *c, struct source *s)
{
    *c->end = s;
    c->end = &s->next;
}

static int
add_pair(struct source *s, const char *host, const char *text, size_t len,
         struct err *err)
{
    struct entry *e;

    if (reference_refuse_user(host, strlen(host), err) < 0)
        return -1;
    e = credentials_source_add(s, host);
    if (!e || e->path[0] != '\0')
        return err_set(err, ERR_USAGE, "'%s' is not a registry host", host);
    if (credential_set_pair(&e->credential, text, len) < 0 ||
        (!credential_has_password(&e->credential) &&
         !secret_is_set(&e->credential.identity_token)))
        return err_set(err, ERR_USAGE, "the credentials for '%s' are not USER:PASSWORD",
                       host);
    return 0;
}

int
credentials_add(struct credentials *c, const char *host, const char *text, size_t len,
                struct err *err)
{
    struct source *s = credentials_source_new("standard input");

    s->is_by_hand = true;
    if (len > 0 && text[len - 1] == '\n')
        len--;
    if (add_pair(s, host, text, len, err) < 0) {
        credentials_source_free(s);
        return -1;
    }
    append_source(c, s);
    return 0;
}

bool
credentials_are_added(const struct credentials *c, const char *host)
{
    for (const struct source *s = c->first; s && s->is_by_hand; s = s->next) {
        if (credentials_source_find(s, host, ""))
            return true;
    }
    return false;
}

int
credentials_parse(struct credentials *c, const char *name, const void *bytes, size_t len,
                  struct err *err)
{
    struct source *s = credentials_source_new(name);

    if (credentials_source_parse(s, bytes, len, err) < 0) {
        credentials_source_free(s);
        return -1;
    }
    append_source(c, s);
    return 0;
}

void
credentials_add_helper(struct credentials *c, const char *name, const char *from)
{
    struct source *s = credentials_source_new(from);

    s->store = xstrdup(name);
    append_source(c, s);
}

/* ---- helpers ---- */

static struct helper_answer *
find_answer(const struct credentials *c, const char *helper, const char *host)
{
    struct helper_answer *a = c->answers;

    while (a && (strcmp(a->helper, helper) != 0 || strcmp(a->host, host) != 0))
        a = a->next;
    return a;
}

/* docker stores its hub under a URL, podman under the name. */
static int
ask_helper(struct credentials *c, const char *helper, const char *host,
           struct credential *out, struct err *err)
{
    bool is_hub = strcmp(host, "docker.io") == 0;
    int rc = is_hub ? helper_get(helper, "https://index.docker.io/v1/", &c->run->cancel,
                                 out, err)
                    : 0;

    if (rc == 0)
        rc = helper_get(helper, host, &c->run->cancel, out, err);
    if (rc >= 0)
        events_debug(&c->run->events, "docker-credential-%s has %s for %s", helper,
                     rc == 1 ? "credentials" : "no credentials", host);
    return rc;
}

/* Caller holds the lock.  The helper's answer, queried once.  NULL with *err set on
 * failure. */
static struct helper_answer *
helper_says(struct credentials *c, const char *helper, const char *host, struct err *err)
{
    CLEANUP(credential_release) struct credential found = CREDENTIAL_INIT;
    struct helper_answer *a = find_answer(c, helper, host);

    if (a)
        return a;
    if (ask_helper(c, helper, host, &found, err) < 0)
        return NULL;
    a = xcalloc(1, sizeof(*a));
    a->helper = xstrdup(helper);
    a->host = xstrdup(host);
    credential_copy(&a->credential, &found);
    a->next = c->answers;
    c->answers = a;
    return a;
}

static int
from_helper(struct credentials *c, const char *helper, const char *host,
            struct credential *out, struct err *err)
{
    const struct helper_answer *a;
    int rc = -1;

    pthread_mutex_lock(&c->lock);
    a = helper_says(c, helper, host, err);
    if (a) {
        credential_copy(out, &a->credential);
        rc = out->user ? 1 : 0;
    }
    pthread_mutex_unlock(&c->lock);
    return rc;
}

/* ---- lookup ---- */

static void
tell_once(struct credentials *c, const struct source *s, struct entry *e)
{
    char safe[SOURCE_KEY_MAX];

    pthread_mutex_lock(&c->lock);
    source_key_text(safe, e->key);
    if (!e->told)
        events_debug(&c->run->events, "using the credentials for '%s' from %s", safe,
                     s->name);
    e->told = true;
    pthread_mutex_unlock(&c->lock);
}

static int
from_source(struct credentials *c, const struct source *s, const char *host,
            const char *path, struct credential *out, struct err *err)
{
    bool only;
    const char *helper = credentials_source_helper(s, host, &only);
    int rc = helper ? from_helper(c, helper, host, out, err) : 0;
    struct entry *e = rc == 0 && !only ? credentials_source_find(s, host, path) : NULL;

    if (!e)
        return rc;
    tell_once(c, s, e);
    credential_copy(out, &e->credential);
    return 1;
}

int
credentials_find(struct credentials *c, const char *host, const char *path,
                 struct credential *out, struct err *err)
{
    int rc = 0;

    for (const struct source *s = c->first; s && rc == 0; s = s->next)
        rc = from_source(c, s, host, path, out, err);
    return rc;
}

const char *
credentials_source_name(struct credentials *c, const char *host, struct credential *out)
{
    for (const struct source *s = c->first; s; s = s->next) {
        int rc = from_source(c, s, host, "", out, err_ignored());

        if (rc != 0)
            return rc == 1 ? s->name : NULL;
    }
    return NULL;
}

/* Caller holds the lock. */
static int
ask_again(struct credentials *c, struct helper_answer *a, struct err *err)
{
    CLEANUP(credential_release) struct credential fresh = CREDENTIAL_INIT;

    if (ask_helper(c, a->helper, a->host, &fresh, err) < 0)
        return -1;
    a->repeated = credential_equal(&a->credential, &fresh);
    credential_release(&a->credential);
    credential_copy(&a->credential, &fresh);
    return 0;
}

int
credentials_renew(struct credentials *c, const char *host, const char *path,
                  const struct credential *refused, struct credential *out,
                  struct err *err)
{
    int rc = 0;

    pthread_mutex_lock(&c->lock);
    for (struct helper_answer *a = c->answers; a && rc == 0; a = a->next) {
        if (!a->repeated && strcmp(a->host, host) == 0 &&
            credential_equal(&a->credential, refused))
            rc = ask_again(c, a, err);
    }
    pthread_mutex_unlock(&c->lock);
    if (rc == 0)
        rc = credentials_find(c, host, path, out, err);
    if (rc == 1 && credential_equal(out, refused)) {
        credential_release(out);
        return 0;
    }
    return rc;
}

char *
credentials_silent_helper(struct credentials *c, const char *host)
{
    const struct helper_answer *a;
    char *name;

    pthread_mutex_lock(&c->lock);
    a = c->answers;
    while (a && (a->credential.user || strcmp(a->host, host) != 0))
        a = a->next;
    name = a ? xasprintf("docker-credential-%s", a->helper) : NULL;
    pthread_mutex_unlock(&c->lock);
    return name;
}
