/* SPDX-License-Identifier: Apache-2.0 */
/* pki_lists.h - revocation lists by the authority of pki_key_forms.h, made once by a
 * script.
 *
 * The certificates there have the number 0x1234, and authorities below it 2.
 */
#ifndef TESTS_UNIT_PKI_LISTS_H
#define TESTS_UNIT_PKI_LISTS_H

/* Number 9, of 2025-06. */
static const char EMPTY[] =
    "-----BEGIN X509 CRL-----\n"
    "MIGmME4CAQEwCgYIKoZIzj0EAwIwDzENMAsGA1UEAwwEcm9vdBcNMjUwNjAxMDAw\n"
    "MDAwWhcNNDkxMjMxMjM1OTU5WqAOMAwwCgYDVR0UBAMCAQkwCgYIKoZIzj0EAwID\n"
    "SAAwRQIgD/hlWegEXg0Lfl5+EUBcrz1Y+QRkNCgo+zGxOIJ4dd0CIQDPIzxP1Bi0\n"
    "QzpiQ56dW+7rvGGn6gQaK2JL/+iP2dEJag==\n"
    "-----END X509 CRL-----\n";
/* Number 3, of 2025-01. */
static const char REVOKING[] =
    "-----BEGIN X509 CRL-----\n"
    "MIG8MGUCAQEwCgYIKoZIzj0EAwIwDzENMAsGA1UEAwwEcm9vdBcNMjUwMTAxMDAw\n"
    "MDAwWhcNNDkxMjMxMjM1OTU5WjAVMBMCAhI0Fw0yNDEyMzEwMDAwMDBaoA4wDDAK\n"
    "BgNVHRQEAwIBAzAKBggqhkjOPQQDAgNHADBEAiAKUX/2opdB8sL4QL8clRHBygo6\n"
    "KwageSax1mrZP4C3AwIgHuVSLetUhN57YZ2c09wh18cidsWfG95Qap0SIsBW6a8=\n"
    "-----END X509 CRL-----\n";
static const char HOLDING[] =
    "-----BEGIN X509 CRL-----\n"
    "MIHLMHMCAQEwCgYIKoZIzj0EAwIwDzENMAsGA1UEAwwEcm9vdBcNMjUwMTAxMDAw\n"
    "MDAwWhcNNDkxMjMxMjM1OTU5WjAjMCECAhI0Fw0yNDEyMzEwMDAwMDBaMAwwCgYD\n"
    "VR0VBAMKAQagDjAMMAoGA1UdFAQDAgEDMAoGCCqGSM49BAMCA0gAMEUCIG0ZlGvF\n"
    "yJ7j2m41OE1BvgdA1i3XwDn3z65ibz3TuNq8AiEAqXEMXaKDjc2F9CF//vnVIUb4\n"
    "yj/8lCM6+r80HbKk4MY=\n"
    "-----END X509 CRL-----\n";
static const char REMOVING[] =
    "-----BEGIN X509 CRL-----\n"
    "MIHLMHMCAQEwCgYIKoZIzj0EAwIwDzENMAsGA1UEAwwEcm9vdBcNMjUwMTAxMDAw\n"
    "MDAwWhcNNDkxMjMxMjM1OTU5WjAjMCECAhI0Fw0yNDEyMzEwMDAwMDBaMAwwCgYD\n"
    "VR0VBAMKAQigDjAMMAoGA1UdFAQDAgEDMAoGCCqGSM49BAMCA0gAMEUCIQDcDhzp\n"
    "m0jsmtjaS7GemOe8rRkqzpms7w9nHFBMG3RpewIgPGfDg06rGkT+2856/DoNsEu5\n"
    "gds+651kinK8whwKTT4=\n"
    "-----END X509 CRL-----\n";
/* With reason and date, both critical. */
static const char REASONED[] =
    "-----BEGIN X509 CRL-----\n"
    "MIHtMIGTAgEBMAoGCCqGSM49BAMCMA8xDTALBgNVBAMMBHJvb3QXDTI1MDEwMTAw\n"
    "MDAwMFoXDTQ5MTIzMTIzNTk1OVowQzBBAgISNBcNMjQxMjMxMDAwMDAwWjAsMA0G\n"
    "A1UdFQEB/wQDCgEBMBsGA1UdGAEB/wQRGA8yMDI0MDEwMTAwMDAwMFqgDjAMMAoG\n"
    "A1UdFAQDAgEDMAoGCCqGSM49BAMCA0kAMEYCIQCQykoxjtZwYpf88rHJFaYnRl01\n"
    "084FGnuQ+wS87YgQ5gIhAN2i5CvLt3BQ9Y74M8cmDAKMZpwP3bRipAki+RkW7ODW\n"
    "-----END X509 CRL-----\n";
static const char REVOKING_OTHERS[] =
    "-----BEGIN X509 CRL-----\n"
    "MIHTMHoCAQEwCgYIKoZIzj0EAwIwDzENMAsGA1UEAwwEcm9vdBcNMjUwMTAxMDAw\n"
    "MDAwWhcNNDkxMjMxMjM1OTU5WjAqMBMCAhI1Fw0yNDEyMzEwMDAwMDBaMBMCAhIz\n"
    "Fw0yNDEyMzEwMDAwMDBaoA4wDDAKBgNVHRQEAwIBCjAKBggqhkjOPQQDAgNJADBG\n"
    "AiEAxLXW2OLCX16XmLtkjsubU1evPaN68lIeyaLSjRIVF6gCIQDd7ysIEMxKfPkZ\n"
    "F7Pig8k7uLTgw+AwBePIJgwmKStqyQ==\n"
    "-----END X509 CRL-----\n";
static const char REVOKING_BETWEEN[] =
    "-----BEGIN X509 CRL-----\n"
    "MIG9MGQCAQEwCgYIKoZIzj0EAwIwDzENMAsGA1UEAwwEcm9vdBcNMjUwMTAxMDAw\n"
    "MDAwWhcNNDkxMjMxMjM1OTU5WjAUMBICAQIXDTI0MTIzMTAwMDAwMFqgDjAMMAoG\n"
    "A1UdFAQDAgEKMAoGCCqGSM49BAMCA0kAMEYCIQCCmMHdjGm5WSAKYhZ0uAzhYQjI\n"
    "8/78b53xfD2rHN+muwIhAPmZpVVztxqIHTDLbYgfbKsOqC7W5/xvA8Im35cG6qJ+\n"
    "-----END X509 CRL-----\n";
/* Issued by another authority. */
static const char OF_OTHER[] =
    "-----BEGIN X509 CRL-----\n"
    "MIG+MGYCAQEwCgYIKoZIzj0EAwIwEDEOMAwGA1UEAwwFb3RoZXIXDTI1MDEwMTAw\n"
    "MDAwMFoXDTQ5MTIzMTIzNTk1OVowFTATAgISNBcNMjQxMjMxMDAwMDAwWqAOMAww\n"
    "CgYDVR0UBAMCAQowCgYIKoZIzj0EAwIDSAAwRQIgOlr997A6sx4rGZV4646QOuzg\n"
    "5FHtYUEOk0ScqQYqpmgCIQCJN4sa0A0KF0+cQeV3zEEfOBN9psqD4kXj2VPO8fyd\n"
    "sw==\n"
    "-----END X509 CRL-----\n";
/* Issued by another key of the same name. */
static const char NAMESAKE[] =
    "-----BEGIN X509 CRL-----\n"
    "MIGnME4CAQEwCgYIKoZIzj0EAwIwDzENMAsGA1UEAwwEcm9vdBcNMjUwMTAxMDAw\n"
    "MDAwWhcNNDkxMjMxMjM1OTU5WqAOMAwwCgYDVR0UBAMCAQowCgYIKoZIzj0EAwID\n"
    "SQAwRgIhAMpkcbzOc9Zu2lf8A1jnc4yyo6HwqizfFcMfrfPvZzvZAiEA/P+Qhi69\n"
    "poWpC2YuMi4RA7yWQt4qsYypeKGNyLdVVJ8=\n"
    "-----END X509 CRL-----\n";
static const char NAMESAKE_REVOKING[] =
    "-----BEGIN X509 CRL-----\n"
    "MIG9MGUCAQEwCgYIKoZIzj0EAwIwDzENMAsGA1UEAwwEcm9vdBcNMjUwMTAxMDAw\n"
    "MDAwWhcNNDkxMjMxMjM1OTU5WjAVMBMCAhI0Fw0yNDEyMzEwMDAwMDBaoA4wDDAK\n"
    "BgNVHRQEAwIBCjAKBggqhkjOPQQDAgNIADBFAiEAzDjXqxggeaD58bDBOH6GBMDY\n"
    "RaxI/wOGC566rDAg2qgCIEVYa/YKKMB+uEprDeGyjFMZixZ87ih4xA9wS7P4VAkl\n"
    "-----END X509 CRL-----\n";
/* The same name with another key. */
static const char NAMESAKE_CERT[] =
    "-----BEGIN CERTIFICATE-----\n"
    "MIIBLjCB1qADAgECAgEBMAoGCCqGSM49BAMCMA8xDTALBgNVBAMMBHJvb3QwHhcN\n"
    "MjAwMTAxMDAwMDAwWhcNNDkxMjMxMjM1OTU5WjAPMQ0wCwYDVQQDDARyb290MFkw\n"
    "EwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEeJaV8L9MWs8aUmrOb27kdfwxaVrRZ+gf\n"
    "qxr6qp+WA5BTGQWsTYJ0PlKcBv5KmBcyHzn/XXSUSTLTmdOZHnlFX6MjMCEwDwYD\n"
    "VR0TAQH/BAUwAwEB/zAOBgNVHQ8BAf8EBAMCAQYwCgYIKoZIzj0EAwIDRwAwRAIg\n"
    "cAYcXSY7KCezbHnK/E7ISjbDHPJ3GnRd+wCoXECFG8gCIA3opFKo6RmI3gBLyH3f\n"
    "h+RdcMDrlwDlC498l5i8t4//\n"
    "-----END CERTIFICATE-----\n";

/* Not understood. */
static const char DELTA[] =
    "-----BEGIN X509 CRL-----\n"
    "MIG1MF0CAQEwCgYIKoZIzj0EAwIwDzENMAsGA1UEAwwEcm9vdBcNMjUwMTAxMDAw\n"
    "MDAwWhcNNDkxMjMxMjM1OTU5WqAdMBswCgYDVR0UBAMCAQkwDQYDVR0bAQH/BAMC\n"
    "AQMwCgYIKoZIzj0EAwIDSAAwRQIhAL6Q7D7tZg+H0d0wV+5t8iflGt5zwBbGwIgb\n"
    "R+k0c1EcAiAdodB36LmOCnNJHsr5hDBEPLsHCyO+AxnibzhfKkJ07g==\n"
    "-----END X509 CRL-----\n";
/* not critical */
static const char DELTA_ASIDE[] =
    "-----BEGIN X509 CRL-----\n"
    "MIHIMHECAQEwCgYIKoZIzj0EAwIwDzENMAsGA1UEAwwEcm9vdBcNMjUwMTAxMDAw\n"
    "MDAwWhcNNDkxMjMxMjM1OTU5WjAVMBMCAhI0Fw0yNDEyMzEwMDAwMDBaoBowGDAK\n"
    "BgNVHRQEAwIBCTAKBgNVHRsEAwIBAzAKBggqhkjOPQQDAgNHADBEAiBWo9B83VUW\n"
    "27TXXAmK9ELguA3/FpseM7Eb9iFE+EoQ8AIgJh/VeXrmUgtAbatjxj9K58xlgK41\n"
    "1IfbFxIWa281uz0=\n"
    "-----END X509 CRL-----\n";
static const char ONLY_USERS[] =
    "-----BEGIN X509 CRL-----\n"
    "MIG3MF8CAQEwCgYIKoZIzj0EAwIwDzENMAsGA1UEAwwEcm9vdBcNMjUwMTAxMDAw\n"
    "MDAwWhcNNDkxMjMxMjM1OTU5WqAfMB0wCgYDVR0UBAMCAQkwDwYDVR0cAQH/BAUw\n"
    "A4EB/zAKBggqhkjOPQQDAgNIADBFAiEAi/COCcZz1QrSF1m6a9zyFlvhWElNfnt1\n"
    "Z4IayyJkdAQCIEbCBuRxNO/76hiqt+tRDDGheKcbZ1lzAU600UFyOMT6\n"
    "-----END X509 CRL-----\n";
static const char ONLY_AUTHORITIES[] =
    "-----BEGIN X509 CRL-----\n"
    "MIG3MF8CAQEwCgYIKoZIzj0EAwIwDzENMAsGA1UEAwwEcm9vdBcNMjUwMTAxMDAw\n"
    "MDAwWhcNNDkxMjMxMjM1OTU5WqAfMB0wCgYDVR0UBAMCAQkwDwYDVR0cAQH/BAUw\n"
    "A4IB/zAKBggqhkjOPQQDAgNIADBFAiA6wzh8trXVtBTosrlvNn5jTxi25+N3tXbx\n"
    "dejSEtaYwgIhAIDl7x/PJGEOY1qQDdtrSgqIJafgT9peuQ/YaYG1D1e+\n"
    "-----END X509 CRL-----\n";
static const char ONLY_REASONS[] =
    "-----BEGIN X509 CRL-----\n"
    "MIG4MGACAQEwCgYIKoZIzj0EAwIwDzENMAsGA1UEAwwEcm9vdBcNMjUwMTAxMDAw\n"
    "MDAwWhcNNDkxMjMxMjM1OTU5WqAgMB4wCgYDVR0UBAMCAQkwEAYDVR0cAQH/BAYw\n"
    "BIMCBkAwCgYIKoZIzj0EAwIDSAAwRQIhANpqTNeRYBflpZLhR8e6AxUXuEobA8dD\n"
    "pcLc8zuKaAOjAiAJdv1mHDU6bADky6DgPmGMw8rkc827H96dQAzDVK5FWg==\n"
    "-----END X509 CRL-----\n";
static const char INDIRECT[] =
    "-----BEGIN X509 CRL-----\n"
    "MIG2MF8CAQEwCgYIKoZIzj0EAwIwDzENMAsGA1UEAwwEcm9vdBcNMjUwMTAxMDAw\n"
    "MDAwWhcNNDkxMjMxMjM1OTU5WqAfMB0wCgYDVR0UBAMCAQkwDwYDVR0cAQH/BAUw\n"
    "A4QB/zAKBggqhkjOPQQDAgNHADBEAiAVB26LFIbwrUNWvx0vJk27Se08Hq8C4SAT\n"
    "PJ8/JvrDhQIgTSGTvIuMiVJbV1cRPsSRjzmgWhHqcuAB059P0io7SUY=\n"
    "-----END X509 CRL-----\n";
static const char ONLY_ATTRIBUTES[] =
    "-----BEGIN X509 CRL-----\n"
    "MIG2MF8CAQEwCgYIKoZIzj0EAwIwDzENMAsGA1UEAwwEcm9vdBcNMjUwMTAxMDAw\n"
    "MDAwWhcNNDkxMjMxMjM1OTU5WqAfMB0wCgYDVR0UBAMCAQkwDwYDVR0cAQH/BAUw\n"
    "A4UB/zAKBggqhkjOPQQDAgNHADBEAiBuI5dvS+Mv9KXlXMFxzZqw414+vPjBa22y\n"
    "qOFL22KoDwIgJSw0TSzfkXvz5PHYocFu8ioXqvHA4Ak0l5cSgUcJQY4=\n"
    "-----END X509 CRL-----\n";
static const char ONLY_POINT[] =
    "-----BEGIN X509 CRL-----\n"
    "MIHTMHsCAQEwCgYIKoZIzj0EAwIwDzENMAsGA1UEAwwEcm9vdBcNMjUwMTAxMDAw\n"
    "MDAwWhcNNDkxMjMxMjM1OTU5WqA7MDkwCgYDVR0UBAMCAQkwKwYDVR0cAQH/BCEw\n"
    "H6AdoBuGGWh0dHA6Ly9hY21lLmV4YW1wbGUvYS5jcmwwCgYIKoZIzj0EAwIDSAAw\n"
    "RQIgNtsHqUa3F2U2bx2xGGD1qSH2t34R7Z2Ox90hJ850UwkCIQCzc2c8ISIlVTLM\n"
    "gt1WhD1BWI8LZxbEW68n/KtHhd1JYA==\n"
    "-----END X509 CRL-----\n";
/* not critical */
static const char ONLY_USERS_ASIDE[] =
    "-----BEGIN X509 CRL-----\n"
    "MIHKMHMCAQEwCgYIKoZIzj0EAwIwDzENMAsGA1UEAwwEcm9vdBcNMjUwMTAxMDAw\n"
    "MDAwWhcNNDkxMjMxMjM1OTU5WjAVMBMCAhI0Fw0yNDEyMzEwMDAwMDBaoBwwGjAK\n"
    "BgNVHRQEAwIBCTAMBgNVHRwEBTADgQH/MAoGCCqGSM49BAMCA0cAMEQCIDh9nZrU\n"
    "5/lOluJpJNx96sbLbmUTN+aLZnG/qpwbHR4EAiBuzEV2A+Z9aNIeb5DTFSU8awez\n"
    "xtEnMjOJ5E+x9C8+yg==\n"
    "-----END X509 CRL-----\n";
static const char CRITICAL[] =
    "-----BEGIN X509 CRL-----\n"
    "MIG0MFwCAQEwCgYIKoZIzj0EAwIwDzENMAsGA1UEAwwEcm9vdBcNMjUwMTAxMDAw\n"
    "MDAwWhcNNDkxMjMxMjM1OTU5WqAcMBowCgYDVR0UBAMCAQkwDAYDKgMEAQH/BAIF\n"
    "ADAKBggqhkjOPQQDAgNIADBFAiAoT0ELULoMVyianFTMPQgt+AxvDXLJpllkENhL\n"
    "tV2EhwIhAK4ot6zttxVSv6QNJeKn8CGBKlck+BdMg6ltBx/yIlUj\n"
    "-----END X509 CRL-----\n";
static const char CRITICAL_ENTRY[] =
    "-----BEGIN X509 CRL-----\n"
    "MIHNMHUCAQEwCgYIKoZIzj0EAwIwDzENMAsGA1UEAwwEcm9vdBcNMjUwMTAxMDAw\n"
    "MDAwWhcNNDkxMjMxMjM1OTU5WjAlMCMCAhI1Fw0yNDEyMzEwMDAwMDBaMA4wDAYD\n"
    "KgMEAQH/BAIFAKAOMAwwCgYDVR0UBAMCAQkwCgYIKoZIzj0EAwIDSAAwRQIgYiHn\n"
    "w9qFXtzBd6/CP59FiZExi69r/yhrUVoqmw+vsSgCIQDOkRlE6x7Lkfe1O6a4axgq\n"
    "NzUYxqJwwfge7S6u4OUuHg==\n"
    "-----END X509 CRL-----\n";
/* certificateIssuer */
static const char FOREIGN_ENTRY[] =
    "-----BEGIN X509 CRL-----\n"
    "MIH3MIGeAgEBMAoGCCqGSM49BAMCMA8xDTALBgNVBAMMBHJvb3QXDTI1MDEwMTAw\n"
    "MDAwMFoXDTQ5MTIzMTIzNTk1OVowTjATAgISNRcNMjQxMjMxMDAwMDAwWjA3AgIS\n"
    "NhcNMjQxMjMxMDAwMDAwWjAiMCAGA1UdHQEB/wQWMBSkEjAQMQ4wDAYDVQQDDAVv\n"
    "dGhlcqAOMAwwCgYDVR0UBAMCAQkwCgYIKoZIzj0EAwIDSAAwRQIgfau+jDLjxEzg\n"
    "/eLfDNS0PNF33t2zcToMRZeocTMnhecCIQCVJ0WCybu/bVmFwuGKb8ej6pElt3me\n"
    "gx2q1WS8Cy1p/A==\n"
    "-----END X509 CRL-----\n";

#endif
