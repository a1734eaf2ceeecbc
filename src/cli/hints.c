/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "cli/hints.h"

#include "base/text.h"

#include <stdio.h>
#include <string.h>

#define REGISTRY                                                                         \
    "copy diff doctor export import list" /* commands that talk to registries */
#define CONNECTS REGISTRY " login"     /* the same, and those without other credentials */
#define JUDGES   "verify import diff"  /* commands that verify bundles */
#define STORE    "trust status doctor" /* commands for the trust store */
#define BUNDLES  "verify import inspect sign attach payload digest"
/* Commands that open or make private keys. */
#define SIGNERS "export sign import copy trust keygen key"

/* What the owner of a missing signature types. */
#define SIGN_BUNDLE "a signer runs 'sealift sign --key THEIR.key BUNDLE'"
#define SIGN_IT                                                                          \
    SIGN_BUNDLE ", or sends the file of 'sealift sign --key THEIR.key --sig-out FILE "   \
                "BUNDLE' for --signature FILE"
#define SIGN_UPDATE "a signer runs 'sealift trust sign --key THEIR.key UPDATE'"

/*
 * In a text, {} is the subject of the error; without a subject the hint is omitted.
 * {--name} is that option as given, preceded by a blank, or nothing.  Other commands are
 * quoted whole, with their options: 'sealift verify --signature FILE'.
 */
static const struct hint {
    enum err_reason reason;
    const char *commands;
    const char *text;
} hints[] = {
    /* ---- registries ---- */
    {REASON_CERTIFICATE, CONNECTS,
     "for a private CA use --ca-file FILE; dates are checked against the clock of this "
     "machine"},
    {REASON_NO_CA, CONNECTS, "or use --ca-file FILE"},
    {REASON_NOT_STATIC, "export",
     "'make static' builds the static program; --include-tool FILE names it"},
    {REASON_NOT_TLS, CONNECTS, "for a registry without TLS: --plain-http HOST"},
    {REASON_NO_CATALOG, "list",
     "many registries list their repositories only to administrators, or not at all; "
     "'sealift list {}/REPOSITORY' lists tags"},
    {REASON_TRANSPORT, "list", "'sealift inspect BUNDLE' lists what is in a bundle"},
    {REASON_NO_CERTIFICATE, CONNECTS, "pass one with --tls-cert FILE --tls-key FILE"},
    {REASON_LOGIN, REGISTRY,
     "log in with 'sealift login {}', --authfile FILE or --creds-stdin {}"},
    {REASON_NO_LOGIN, REGISTRY,
     "log in with 'sealift login {}', --authfile FILE or --creds-stdin {}"},
    {REASON_NO_HELPER, REGISTRY,
     "or pass the credentials with --creds-stdin HOST or --authfile FILE"},
    {REASON_PLAIN_HTTP, CONNECTS, "if the network is trusted: --plain-http {}"},
    {REASON_TOKEN_SERVER, CONNECTS,
     "if {} belongs to the operator of the registry: --trust-realm {}"},
    {REASON_USER_IN_NAME, REGISTRY,
     "pass credentials with --authfile FILE or --creds-stdin HOST"},
    {REASON_USER_IN_NAME, "login",
     "pass the user name with --username USER, and the password with --password-stdin"},
    {REASON_PROXY_PASSWORD, CONNECTS,
     "put the whole URL into the variable https_proxy, then use --proxy env"},

    /* ---- export ---- */
    {REASON_TRANSPORT, "copy diff export",
     "sources are registries, bundle:FILE, oci:FOLDER, oci-archive:FILE and "
     "docker-archive:FILE; 'skopeo copy' converts others"},
    {REASON_ARCHIVE_OPERAND, "copy export", "did you mean '{}'?"},
    {REASON_LIST_OPERAND, "copy export", "'{}' is a file: did you mean --from {}?"},
    {REASON_COMPOSE, "copy export images",
     "'docker compose config' resolves this: pipe its output to 'sealift images -f -'"},
    {REASON_VARIABLE, "copy export",
     "set it in the environment, or in the file .env beside the compose file"},
    {REASON_VARIABLE, "images",
     "set it in the environment, or in a file for --env-file FILE"},
    {REASON_TEMPLATE, "copy export images",
     "'helm template NAME CHART' renders it: pipe its output to 'sealift images -f -'"},
    {REASON_NO_NAME, "copy diff export", "give it one with --name NAME"},
    {REASON_EXISTS, "export",
     "choose another name, or replace the existing file with --force"},
    {REASON_FILE_TOO_LARGE, "export", "or cut the bundle with --volume-size fat32"},
    {REASON_FOREIGN_LAYER, "copy export",
     "it is a foreign layer, which the registry only links to: --foreign-layers fetches "
     "it from there"},
    {REASON_INCOMPLETE, "export", "--allow-incomplete writes a bundle of the rest"},
    {REASON_INCOMPLETE_BUNDLE, "export",
     "the bundle lists what is missing: 'sealift verify --allow-incomplete', 'sealift "
     "import --allow-incomplete' and, as a source, 'sealift export --allow-incomplete' "
     "accept it"},
    {REASON_SPARSE_INDEX, "export",
     "--index rebuild writes indexes of the exported images, under new digests; 'sealift "
     "import --index rebuild' does so later; --index keep silences this warning"},
    {REASON_NO_ROOM, "copy export", "--work-dir DIR chooses it"},
    {REASON_ALSO_LAYOUT, "copy export",
     "oci-archive:FILE takes these, with the digests they have there"},
    {REASON_ONE_PLATFORM, "copy",
     "choose one with --platform OS/ARCH, or copy all to oci-archive:FILE"},
    {REASON_NO_PLATFORM, "copy export", "--platform-missing skip leaves such images out"},
    {REASON_LACKS_PLATFORM, "copy export",
     "without --platform-missing all, an image needs only one of the platforms"},
    {REASON_FEWER_PLATFORMS, "copy export", "--platform-missing all makes this an error"},
    {REASON_REFERRERS, "copy export",
     "--no-referrers leaves out what is attached to the images"},
    {REASON_DROPPED_REFERRERS, "export",
     "--index keep exports them unchanged, if the target registry accepts such an index"},
    {REASON_EXPIRED, "export",
     "choose a later time with --expires TIME; for a source that has expired, "
     "--allow-expired REASON"},
    {REASON_SERIAL, "export", "number the bundles of a stream with --serial N"},
    {REASON_INCOMPLETE_INDEX, "copy export",
     "an index lists it, but the source does not have it: --platform selects some of the "
     "images in an index"},

    /* ---- import ---- */
    {REASON_RECEIPT, "copy import", "run the same command again to make the receipt"},
    {REASON_COLLISION, "copy import",
     "keep the source host, or map them to different names with --map FROM=TO"},
    {REASON_UNTAGGED, "copy import", "--tag-digests gives it one"},
    {REASON_UNUSED_MAP, "import",
     "FROM of --map is the registry of a name, or the beginning of its path: 'sealift "
     "inspect' lists the names"},
    {REASON_UNMAPPABLE, "copy diff import",
     "drop the host with --strip-host, or map it with --map {}=PATH"},
    {REASON_EXISTS, "copy import",
     "--on-existing=overwrite replaces what is there; where a name is taken, "
     "--on-existing=skip leaves such images out"},
    {REASON_INCOMPLETE_INDEX, "import",
     "this registry seems to reject an index with a missing child: export it "
     "again "
     "when the child is available; --index rebuild pushes an index of the others, "
     "--keep-going the other images"},
    {REASON_REFUSED, "import",
     "--keep-going pushes the other images; to leave {} out for good, export again "
     "without it ('sealift export --tags REGEX' chooses tags)"},
    {REASON_REFUSED, "import",
     "--keep-going pushes the other images; to leave this one out for good, export again "
     "without it ('sealift export --tags REGEX' chooses tags)"},
    {REASON_REFUSED, "copy",
     "--keep-going pushes the other images; to leave {} out for good, do not select it "
     "(--tags REGEX chooses tags)"},
    {REASON_REFUSED, "copy",
     "--keep-going pushes the other images; to leave this one out for good, do not "
     "select "
     "it (--tags REGEX chooses tags)"},
    {REASON_SPARSE_INDEX, "import",
     "many registries reject an index with platforms left out: --index rebuild pushes "
     "one of the available platforms, under a new digest; or export it again with all "
     "platforms"},

    {REASON_SPARSE_INDEX, "copy",
     "many registries reject an index with platforms left out: --index rebuild pushes "
     "one of the available platforms, under a new digest"},

    /* ---- trust ---- */
    {REASON_NO_TRUST, JUDGES,
     "obtain the exporter's public key out of band, then run 'sealift trust add{--trust} "
     "exporter.pub' (or use --key exporter.pub once)"},
    {REASON_NO_TRUST, STORE, "'sealift trust add{--trust} KEY.pub' adds the first one"},
    {REASON_UNKNOWN_KEY, JUDGES,
     "if the exporter confirms it and gives you the public key out of band: run 'sealift "
     "trust add{--trust} THEIR.pub', and add it to policy.json if there is one (or use "
     "--key THEIR.pub once)"},
    {REASON_UNKNOWN_KEY, "verify-receipt",
     "if the importing host has that key, pass its public half with --key HOST.pub"},
    {REASON_UNKNOWN_KEY, "trust",
     "an update must be signed by the signers of \"root\" in policy.json"},
    {REASON_NO_TRUST, "copy export",
     "obtain the exporter's public key out of band, then run 'sealift trust add{--trust} "
     "exporter.pub' (or use --source-key exporter.pub once)"},
    {REASON_UNKNOWN_KEY, "copy export",
     "if the exporter confirms it and gives you the public key out of band: run 'sealift "
     "trust add{--trust} THEIR.pub' (or use --source-key THEIR.pub once)"},
    {REASON_THRESHOLD, JUDGES, SIGN_IT},
    {REASON_NO_SIGNER, "copy export", SIGN_BUNDLE},
    {REASON_THRESHOLD, "copy export", SIGN_BUNDLE},
    {REASON_NO_SIGNER, JUDGES, SIGN_IT},
    {REASON_THRESHOLD, "trust", SIGN_UPDATE},
    {REASON_UNKNOWN_SIGNER, "trust", SIGN_UPDATE},
    {REASON_EXPIRED, JUDGES " copy",
     "--allow-expired REASON accepts it, where the policy allows that"},
    {REASON_ROLLBACK, JUDGES " copy export",
     "--allow-rollback accepts an older bundle on purpose, unless a policy forbids it; "
     "use separate streams for separate series: 'sealift export --stream NAME'"},
    {REASON_EQUIVOCATION, JUDGES " copy export",
     "use separate streams for separate series: 'sealift export --stream NAME'"},
    {REASON_INCOMPLETE_BUNDLE, JUDGES " copy",
     "'sealift inspect' lists what is missing; --allow-incomplete accepts the rest"},
    {REASON_IN_FORCE, "trust",
     "--update changes it, as its next version; 'sealift trust check{--trust}' says what "
     "it means now"},
    {REASON_IN_USE, "trust", "to revoke it at once: 'sealift trust revoke'"},

    /* ---- other files than bundles ---- */
    {REASON_REPACKED, BUNDLES,
     "docs/bundle-format.md, 'Packed again', has the line of bsdtar that restores the "
     "exact bytes"},
    {REASON_IMAGE_ARCHIVE, BUNDLES,
     "'sealift export' makes a bundle of these images: their name there is "
     "oci-archive:FILE or docker-archive:FILE"},
    {REASON_IMAGE_ARCHIVE, "diff",
     "name its transport: oci-archive:FILE or docker-archive:FILE"},
    {REASON_PUBLIC_KEY_FILE, BUNDLES, "'sealift trust add FILE' adds a public key"},
    {REASON_SIGNATURE_FILE, "verify import",
     "--signature FILE checks the bundle with it, 'sealift attach BUNDLE FILE' adds it"},
    {REASON_SIGNATURE_FILE, BUNDLES, "'sealift attach BUNDLE FILE' adds a signature"},
    {REASON_RECEIPT_FILE, BUNDLES,
     "'sealift verify-receipt --key HOST.pub FILE' checks a receipt"},
    {REASON_UPDATE_FILE, BUNDLES, "'sealift trust apply FILE' applies an update"},
    {REASON_LIST_FILE, BUNDLES, "'sealift export --from FILE' reads a list"},

    /* ---- signatures ---- */
    {REASON_NO_SIGNING_KEY, "export",
     "'sealift keygen NAME' creates a key pair; --unsigned writes a bundle without a "
     "signature, which the other side rejects by default"},
    {REASON_NO_SIGNING_KEY, "sign",
     "for a key that cannot be used here: 'sealift payload BUNDLE', then 'sealift "
     "attach'"},
    {REASON_NO_PASSPHRASE, SIGNERS,
     "pass it with --passphrase-fd N, --passphrase-file FILE or the variable "
     "SEALIFT_PASSPHRASE"},
    {REASON_NO_NEW_PASSPHRASE, "key",
     "pass it with --new-passphrase-fd N, --new-passphrase-file FILE or the variable "
     "SEALIFT_NEW_PASSPHRASE"},
    {REASON_EMPTY_PASSPHRASE, "keygen key",
     "to leave the key unencrypted: --no-passphrase"},
    {REASON_IN_PLACE, "sign",
     "--sig-out FILE writes the signature to a separate file, for 'sealift verify "
     "--signature FILE'"},
    {REASON_IN_PLACE, "attach",
     "a sigstore bundle or CMS may be kept as a separate file, for 'sealift verify "
     "--signature FILE'"},
    {REASON_CUT_AREA, "sign",
     "--sig-out FILE writes the signature to a separate file, for 'sealift verify "
     "--signature FILE'; or join the volumes: cat BUNDLE.[0-9]*"},
    {REASON_CUT_AREA, "attach", "join the volumes: cat BUNDLE.[0-9]*"},
    {REASON_NO_KEY, "attach", "give the public key with --key PUB"},
    {REASON_OTHER_BYTES, "attach",
     "'sealift payload BUNDLE' writes the exact bytes to sign"},
};

/* Whether it is one of these words, which are separated by blanks. */
static bool
is_listed(const char *words, const char *name)
{
    size_t len = strlen(name);

    for (const char *at = words; (at = strstr(at, name)); at += len) {
        if ((at == words || at[-1] == ' ') && (at[len] == '\0' || at[len] == ' '))
            return true;
    }
    return false;
}

static const struct hint *
find_hint(const char *command, enum err_reason reason, const char *subject)
{
    for (size_t i = 0; i < COUNT_OF(hints); i++) {
        if (hints[i].reason == reason && is_listed(hints[i].commands, command) &&
            (subject[0] != '\0' || !strstr(hints[i].text, "{}")))
            return &hints[i];
    }
    return NULL;
}

static void
append_word(char *out, size_t size, const char *text, size_t len)
{
    size_t used = strlen(out);

    snprintf(out + used, size - used, "%.*s", (int)len, text);
}

/* Append the option whose name is in braces, without dashes. */
static void
append_option(char *out, size_t size, const struct command *c, const void *options,
              const char *name, size_t len)
{
    const char *value = opt_text(c->table, options, name, len);

    if (!value)
        return;
    append_word(out, size, " --", 3);
    append_word(out, size, name, len);
    append_word(out, size, " ", 1);
    append_word(out, size, value, strlen(value));
}

void
hint_add(char hint[HINT_MAX], const struct command *command, const void *options,
         enum err_reason reason, const char *subject)
{
    const struct hint *found = find_hint(command->name, reason, subject);
    char whole[2 * HINT_MAX] = "";

    if (!found)
        return;
    if (hint[0] != '\0')
        snprintf(whole, sizeof(whole), "%s; ", hint);
    for (const char *p = found->text; *p != '\0';) {
        size_t len = strcspn(p, "{");

        append_word(whole, sizeof(whole), p, len);
        p += len;
        if (*p == '\0')
            break;
        len = strcspn(p, "}");
        if (len == 1)
            append_word(whole, sizeof(whole), subject, strlen(subject));
        else
            append_option(whole, sizeof(whole), command, options, p + strlen("{--"),
                          len - strlen("{--"));
        p += len + 1;
    }
    text_line(hint, HINT_MAX, whole, strlen(whole));
}

void
hint_add_to(struct err *err, const struct command *command, const void *options)
{
    hint_add(err->hint, command, options, err->reason, err->subject);
}
