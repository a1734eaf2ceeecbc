/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "ops/doctor/doctor_machine.h"

#include "base/clock.h"
#include "base/run.h"
#include "base/text.h"
#include "io/file/file.h"
#include "io/http/http_cas.h"
#include "io/http/http_proxy.h"
#include "ops/store/policy_review.h"
#include "registry/config/mirrors_file.h"
#include "registry/credentials/credentials_default.h"
#include "trust/place.h"
#include "trust/state.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

/* ---- trust ---- */

/* What does not work, or will not for long.  How much a policy risks is a choice. */
static void
look_at_policy(struct findings *f, const struct policy_look *look)
{
    CLEANUP(findings_release) struct findings found = FINDINGS_INIT;

    policy_review(look, clock_now(), &found);
    for (size_t i = 0; i < found.count; i++) {
        const struct finding *x = &found.items[i];
        bool is_decay =
            strcmp(x->subject, "signer") == 0 || strcmp(x->subject, "store") == 0;
        struct err e = x->err;

        if (x->state != FINDING_ERROR && !(x->state == FINDING_WARNING && is_decay))
            continue;
        err_wrap(&e, "%s", x->subject);
        findings_add(f, "trust", x->state, &e);
    }
}

static void
look_at_state(struct findings *f, const struct trust_store *store)
{
    CLEANUP(state_list_release) struct state_list list = STATE_LIST_INIT;
    struct err why = ERR_INIT;
    char streams[TEXT_COUNT_MAX];

    if (access(store->state, W_OK) < 0 && errno != ENOENT) {
        err_errno(&why, "imports cannot be recorded in '%s'", store->state);
        err_hint(&why, "import as the owner of that folder");
        findings_add(f, "state", FINDING_WARNING, &why);
        return;
    }
    if (state_list(store->state, &list, &why) < 0) {
        findings_add(f, "state", FINDING_ERROR, &why);
        return;
    }
    for (size_t i = 0; i < list.damaged_count; i++) {
        err_because(&why, ERR_TRUST, REASON_STATE, "%s", list.damaged[i].why);
        findings_add(f, "state", FINDING_ERROR, &why);
    }
    findings_say(f, "state", FINDING_OK, "the last import of %s, in '%s'",
                 text_count(streams, list.count, "stream", "streams"), store->state);
}

void
doctor_look_at_trust(struct findings *f, const char *dir)
{
    CLEANUP(policy_look_release) struct policy_look look = POLICY_LOOK_INIT;
    const struct trust_store *store = &look.store;
    struct err why = ERR_INIT;
    char keys[TEXT_COUNT_MAX];

    if (trust_store_open(&look.store, dir, &why) < 0) {
        findings_add(f, "trust",
                     why.reason == REASON_NO_TRUST ? FINDING_WARNING : FINDING_ERROR,
                     &why);
        return;
    }
    look.has_files = true;
    findings_say(f, "trust", FINDING_OK, "%s%s in '%s'",
                 text_count(keys, store->keys.count, "key", "keys"),
                 store->has_policy ? " and a policy" : "", store->dir);
    look_at_policy(f, &look);
    look_at_state(f, store);
}

/* ---- clock ---- */

void
doctor_look_at_clock(struct findings *f, uint64_t now)
{
    struct err why = ERR_INIT;
    char text[CLOCK_TEXT_MAX];

    clock_format(text, now);
    if (now >= DOCTOR_TIME_MIN) {
        findings_say(f, "clock", FINDING_OK, "%s", text);
        return;
    }
    err_because(&why, ERR_LOCAL, REASON_CLOCK,
                "the clock of this machine is wrong: it is at %s", text);
    err_hint(&why, "set it: certificates and the age of bundles depend on it");
    findings_add(f, "clock", FINDING_ERROR, &why);
}

/* ---- CA certificates ---- */

void
doctor_look_at_cas(struct findings *f, const char *ca_file)
{
    const char *file = ca_file ? ca_file : http_cas_file();
    const char *place = file ? file : http_cas_folder();
    struct err why = ERR_INIT;
    struct stat st;

    if (place && stat(place, &st) == 0 && access(place, R_OK) == 0 &&
        (S_ISDIR(st.st_mode) || st.st_size > 0)) {
        findings_say(f, "ca", FINDING_OK, "certificates in '%s'", place);
        return;
    }
    if (file)
        err_set(&why, ERR_LOCAL, "cannot use the CA file '%s'", file);
    else
        err_because(&why, ERR_LOCAL, REASON_NO_CA, "this machine has no CA certificates");
    if (!file)
        err_hint(&why, "install the package ca-certificates");
    findings_add(f, "ca", file ? FINDING_ERROR : FINDING_WARNING, &why);
}

/* ---- mirrors and proxies ---- */

void
doctor_look_at_routes(struct findings *f)
{
    CLEANUP(mirrors_release) struct mirrors *routes = mirrors_new();
    struct err why = ERR_INIT;

    if (mirrors_load_default(routes, &why) < 0)
        findings_add(f, "mirrors", FINDING_ERROR, &why);
    why = (struct err)ERR_INIT;
    if (http_proxy_check_environment(&why) < 0)
        findings_add(f, "proxy", FINDING_ERROR, &why);
}

/* ---- credentials ---- */

/* Returns whether there is such a file. */
static bool
look_at_auth_file(struct findings *f, const char *path, bool is_given)
{
    struct run run = RUN_INIT;
    struct credentials *c = credentials_new(&run);
    struct err why = ERR_INIT;
    struct stat st;
    bool is_there = true;

    if (credentials_load(c, path, &why) < 0) {
        is_there = is_given || why.kind != ERR_NOT_FOUND;
        if (is_there)
            findings_add(f, "credentials", FINDING_ERROR, &why);
    } else if (stat(path, &st) == 0 && (st.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
        err_set(&why, ERR_NONE, "other users have access to '%s'", path);
        err_hint(&why, "chmod 600 '%s'", path);
        findings_add(f, "credentials", FINDING_WARNING, &why);
    } else {
        findings_say(f, "credentials", FINDING_OK, "'%s'", path);
    }
    credentials_release(&c);
    return is_there;
}

void
doctor_look_at_credentials(struct findings *f, const char *authfile)
{
    CLEANUP(secure_dir_names_release)
    struct secure_dir_names names = SECURE_DIR_NAMES_INIT;
    bool found = false;

    if (authfile) {
        look_at_auth_file(f, authfile, true);
        return;
    }
    credentials_default_files(&names);
    for (size_t i = 0; i < names.count; i++)
        found |= look_at_auth_file(f, names.items[i], false);
    if (!found)
        findings_say(f, "credentials", FINDING_NOTE,
                     "none: registries are used without a login");
}

/* ---- space ---- */

void
doctor_look_at_room(struct findings *f, const char *folder, const char *what)
{
    struct err why = ERR_INIT;
    struct statvfs vfs;
    char room[TEXT_HUMAN_MAX];
    uint64_t bytes;

    if (access(folder, W_OK | X_OK) < 0 || statvfs(folder, &vfs) < 0) {
        err_errno(&why, "cannot write to '%s', %s", folder, what);
        err_hint(&why, "use another folder, or the variable TMPDIR for temporary files");
        findings_add(f, "space", FINDING_WARNING, &why);
        return;
    }
    bytes = (uint64_t)vfs.f_bavail * vfs.f_frsize;
    text_human(room, bytes);
    if (bytes >= DOCTOR_ROOM_MIN || vfs.f_blocks == 0) {
        findings_say(f, "space", FINDING_OK, "%s in '%s', %s", room, folder, what);
        return;
    }
    err_because(&why, ERR_LOCAL, REASON_NO_ROOM, "only %s in '%s', %s", room, folder,
                what);
    err_hint(&why, "make room: bundles and archives need their whole size");
    findings_add(f, "space", FINDING_WARNING, &why);
}
