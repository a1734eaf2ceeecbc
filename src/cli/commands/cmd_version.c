/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "cli/commands/commands.h"

#include "base/mem.h"
#include "io/archive/tar_unpack.h"
#include "io/crypto/hash.h"
#include "io/crypto/pki_pkcs11.h"
#include "io/http/http.h"
#include "io/json/json.h"
#include "io/json/json_write.h"
#include "io/yaml/yml.h"

#include <stdlib.h>
#include <string.h>
#ifdef __GLIBC__
#include <gnu/libc-version.h>
#endif

struct version_options {
    struct common_options common;
    bool build;
};

static const struct opt table[] = {
    GROUP("Version"),
    FLAG(struct version_options, build, 0, "build",
         "list what this program was built with"),
    COMMON_OPTIONS(struct version_options),
    {.kind = OPT_END},
};

static void
say_part(const char *name, const char *version, struct jsout *build, struct result *r)
{
    jsout_put_text(build, name, version);
    result_say(r, "%-12s %s\n", name, version);
}

/* "libarchive 3.6.2 zlib/1.2.13 liblzma/5.4.1" is a line for each. */
static void
say_archive_parts(struct jsout *build, struct result *r)
{
    CLEANUP(mem_free_string) char *text = xstrdup(tar_unpack_library_versions());
    char *rest = NULL, *word = strtok_r(text, " ", &rest);

    if (word && rest)
        say_part(word, strtok_r(NULL, " ", &rest), build, r);
    while ((word = strtok_r(NULL, " ", &rest)) != NULL) {
        char *slash = strchr(word, '/');

        if (slash)
            *slash = '\0';
        say_part(word, slash ? slash + 1 : "yes", build, r);
    }
}

/* What a list of vulnerabilities is compared with. */
static void
say_build(struct result *r)
{
    struct jsout *build = jsout_object();

#ifdef __GLIBC__
    say_part("glibc", gnu_get_libc_version(), build, r);
#else
    say_part("libc", "musl", build, r);
#endif
    say_part("openssl", hash_library_version(), build, r);
    say_part("libcurl", http_library_version(), build, r);
    say_archive_parts(build, r);
    say_part("jansson", js_library_version(), build, r);
    say_part("libyaml", yml_library_version(), build, r);
    say_part("compiler", __VERSION__, build, r);
    jsout_put_bool(build, "pkcs11", pki_token_possible());
    result_say(r, "%-12s %s\n", "pkcs11",
               pki_token_possible() ? "yes" : "no: a static program");
    jsout_put(r->json, "build", build);
}

static int
run_version(const void *options, char **operands, size_t count, struct runtime *rt,
            struct result *r, struct err *err)
{
    const struct version_options *o = options;

    (void)operands;
    (void)count;
    (void)rt;
    (void)err;
    jsout_put_text(r->json, "version", PACKAGE_VERSION);
    result_say(r, "%s\n", PACKAGE_STRING);
    if (o->build)
        say_build(r);
    return 0;
}

const struct command cmd_version = {
    .name = "version",
    .group = COMMAND_HELP,
    .operands = "",
    .summary = "show the version",
    .about = "Show the version of this program, and of the libraries that run with it.",
    .examples =
        {
            {"Print the version", "sealift version"},
            {"List the libraries and their versions, as JSON",
             "sealift version --build --json"},
        },
    .table = table,
    .options_size = sizeof(struct version_options),
    .needs_no_settings = true,
    .run = run_version,
};
