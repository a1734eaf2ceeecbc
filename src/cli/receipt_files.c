/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "cli/receipt_files.h"

#include "base/mem.h"
#include "io/file/output.h"

static char *
receipt_beside(const char *report)
{
    return xasprintf("%s.receipt.json", report);
}

void
receipt_files_add(struct files *f, const char *report)
{
    CLEANUP(mem_free_string) char *json = NULL, *signature = NULL;

    if (!report)
        return;
    json = receipt_beside(report);
    signature = receipt_signature_path(json);
    files_add(f, FILE_WRITTEN, "the receipt", json);
    files_add(f, FILE_WRITTEN, "the signature of the receipt", signature);
}

int
receipt_files_save(const struct receipt *receipt, const char *report, struct err *err)
{
    CLEANUP(mem_free_string) char *json = NULL, *signature = NULL;

    if (receipt->json.len == 0 || !report)
        return 0;
    json = receipt_beside(report);
    signature = receipt_signature_path(json);
    if (file_put(json, receipt->json.data, receipt->json.len, 0644, false, err) < 0)
        return -1;
    return file_put(signature, receipt->signature.data, receipt->signature.len, 0644,
                    false, err);
}
