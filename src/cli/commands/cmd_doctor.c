/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "cli/commands/commands.h"

#include "base/clock.h"
#include "cli/hints.h"
#include "cli/settings_report.h"
#include "io/file/scratch.h"
#include "ops/doctor/doctor_machine.h"
#include "ops/doctor/doctor_registry.h"
#include "render/render_doctor.h"

struct doctor_command {
    struct common_options common;
    struct registry_options registry;
    const char *dir;
};

#define T struct doctor_command
static const struct opt table[] = {
    GROUP("Trust"),
    FILE_TEXT(T, dir, 0, "trust", "DIR", OPT_BY_COMMAND,
              "the trust store (default " STORE_DEFAULTS ")", .from = OPT_FROM_SYSTEM),
    REGISTRY_OPTIONS(T),
    COMMON_OPTIONS(T),
    {.kind = OPT_END},
};
#undef T

static void
look_at_machine(const struct doctor_command *o, struct findings *f, struct result *r)
{
    settings_report(f, r);
    doctor_look_at_trust(f, o->dir);
    doctor_look_at_clock(f, clock_now());
    doctor_look_at_cas(f, o->registry.ca_file);
    doctor_look_at_routes(f);
    doctor_look_at_credentials(f, o->registry.authfile);
    doctor_look_at_room(f, ".", "for bundles in this folder");
    doctor_look_at_room(f, scratch_folder(NULL), "for compressed archives");
}

/* Options that cannot be used are a finding like any other. */
static int
look_at_registry(const struct doctor_command *o, const struct target *target,
                 struct runtime *rt, struct findings *f, struct err *err)
{
    CLEANUP(registry_access_release)
    struct registry_access access = REGISTRY_ACCESS_INIT;
    struct err why = ERR_INIT;

    if (registry_access_open(&access, &o->registry, rt, true, &why) < 0 ||
        registry_access_check_target(&access, &o->registry, target, &why) < 0) {
        findings_add(f, "registry", FINDING_ERROR, &why);
        return 0;
    }
    return doctor_look_at_registry(
        f,
        &(const struct doctor_registry){.session = client_session(access.client, 0),
                                        .credentials = access.credentials,
                                        .target = target},
        err);
}

static int
run_doctor(const void *options, char **operands, size_t count, struct runtime *rt,
           struct result *r, struct err *err)
{
    const struct doctor_command *o = options;
    CLEANUP(findings_release) struct findings f = FINDINGS_INIT;
    struct target target;
    int rc;

    if (count > 0 && target_parse(&target, operands[0], err) < 0)
        return -1;
    look_at_machine(o, &f, r);
    if (count > 0 && look_at_registry(o, &target, rt, &f, err) < 0)
        return -1;
    rc = findings_judge(&f, err);
    for (size_t i = 0; i < f.count; i++)
        hint_add_to(&f.items[i].err, &cmd_doctor, options);
    render_findings(r, &f);
    return rc;
}

static void
files(const void *options, char **operands, size_t count, struct files *f)
{
    const struct doctor_command *o = options;

    (void)operands;
    (void)count;
    files_add_store(f, o->dir);
    registry_options_files(f);
}

const struct command cmd_doctor = {
    .name = "doctor",
    .group = COMMAND_HELP,
    .operands = "[REGISTRY[/PREFIX]]",
    .summary = "check this machine, its settings, and a registry",
    .about =
        "Check what an export or an import needs: settings and where each came from, "
        "keys,\ntrust store, clock, CA certificates, credentials, space.  With REGISTRY, "
        "also\nwhether it answers, accepts the login, lists referrers, mounts blobs and "
        "takes\nuploads in pieces; nothing is left there.  The exit status is that of "
        "the first\nerror; warnings and notes have none.",
    .examples =
        {
            {"Check this machine", "sealift doctor"},
            {"Check also the registry that images will be pushed to",
             "sealift doctor registry.corp:5000/mirror"},
        },
    .table = table,
    .options_size = sizeof(struct doctor_command),
    .operands_max = 1,
    .files = files,
    .needs_no_settings = true,
    .run = run_doctor,
};
