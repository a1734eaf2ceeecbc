/* SPDX-License-Identifier: Apache-2.0 */
/* pki_keys.h - key files for tests, made once with OpenSSL 3.0 and cosign.
 *
 * None of them guards anything.  The passphrase of the encrypted ones is "harbour".
 */
#ifndef TESTS_UNIT_PKI_KEYS_H
#define TESTS_UNIT_PKI_KEYS_H

/* openssl ecparam -name prime256v1 -genkey */
static const char EC_SEC1[] =
    "-----BEGIN EC PARAMETERS-----\n"
    "BggqhkjOPQMBBw==\n"
    "-----END EC PARAMETERS-----\n"
    "-----BEGIN EC PRIVATE KEY-----\n"
    "MHcCAQEEICkjFB7867YMzAAAEYZFpgwD8Hbvpr4ymt/K2Lc8/2MRoAoGCCqGSM49\n"
    "AwEHoUQDQgAE8Yoc/p/k/RI0S+PqNF4Wz17y0kni4g4sENtKAYMhYImPbvvceFa7\n"
    "n5sdhG/zjXNJ2rme+3Y/rIZDBHTuLVmr1w==\n"
    "-----END EC PRIVATE KEY-----\n";

/* openssl ec -aes256 */
static const char EC_SEC1_SEALED[] =
    "-----BEGIN EC PRIVATE KEY-----\n"
    "Proc-Type: 4,ENCRYPTED\n"
    "DEK-Info: AES-256-CBC,129812A9B1FB41A988C33DC5CF2A4D96\n"
    "\n"
    "Fe5pM7vUYzgkYAApC63/ShSfweG0d/+HDvmjq3n9DyDHTcQYwlbQL10qWA4rV93i\n"
    "NAza9fBfX0ncX5OCjsrAfwL/wL7Od+ZKtX1zOKPaagg6V/ylfIGSesnkltDI28Za\n"
    "AcjFVP0dD7SgsOoUX5uRP+lhvfBebcKRsSQ8u6+DAS4=\n"
    "-----END EC PRIVATE KEY-----\n";

/* openssl pkcs8 -topk8 -nocrypt */
static const char EC_PKCS8[] =
    "-----BEGIN PRIVATE KEY-----\n"
    "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgKSMUHvzrtgzMAAAR\n"
    "hkWmDAPwdu+mvjKa38rYtzz/YxGhRANCAATxihz+n+T9EjRL4+o0XhbPXvLSSeLi\n"
    "DiwQ20oBgyFgiY9u+9x4Vrufmx2Eb/ONc0nauZ77dj+shkMEdO4tWavX\n"
    "-----END PRIVATE KEY-----\n";

/* openssl pkcs8 -topk8 */
static const char EC_PBKDF2[] =
    "-----BEGIN ENCRYPTED PRIVATE KEY-----\n"
    "MIHsMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAgOjBOrD4XKYwICCAAw\n"
    "DAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEEOxCDjVh4V4WPlo8AAtudzMEgZDh\n"
    "lkefVmz8NJId+QHkIB9+jTmTWn+1zIzD3uC3l730x+DoSLmx9zdIt/NR1yUfh9i7\n"
    "rYfUGSZ/+2MMoyAM2Qpg+XCR241IODOnQFKwtZavLZM4FZGjqAIiuqu1vSAdg6l3\n"
    "UiYI9Q5uh718TMO2XiAO7pQUbDJAxeNdXSo6hUB8zJTePfktnXm7EK1vzzGkfN8=\n"
    "-----END ENCRYPTED PRIVATE KEY-----\n";

/* openssl pkcs8 -topk8 -scrypt */
static const char EC_SCRYPT[] =
    "-----BEGIN ENCRYPTED PRIVATE KEY-----\n"
    "MIHkME8GCSqGSIb3DQEFDTBCMCEGCSsGAQQB2kcECzAUBAg5cOWChQzfdQICQAAC\n"
    "AQgCAQEwHQYJYIZIAWUDBAEqBBDTweEEEwZhJ4cqthJdi1u5BIGQPeYmvelf2KK0\n"
    "omJcgkF4FvddOZn8KczEwmd/6JhzaUWRkHXAVmt6HD0CnzFNHEyG285PnkDNb73H\n"
    "XO5jYtOy1CZhtTq5VYzl1AH8RW1IKB8d9k6sqxfni2ctZrVYKFtRZ37RUnx6oEz2\n"
    "knezayXateOQ/JIt/exLdt8TDDSr/UFSfM8VB5Ehwp/oIJcPACa0\n"
    "-----END ENCRYPTED PRIVATE KEY-----\n";

/* openssl pkcs8 -topk8 -v1 PBE-SHA1-3DES */
static const char EC_3DES[] =
    "-----BEGIN ENCRYPTED PRIVATE KEY-----\n"
    "MIGxMBwGCiqGSIb3DQEMAQMwDgQIpqpOwtrod04CAggABIGQ4fEkRre6H1FE0H3M\n"
    "BFv0xy4DbQJ8XoYwWRTNA0KFtq1NYVs5pN0oXPjnK/qwXyD04TgSWdZ7IkRXQF/j\n"
    "AfQmuqfJHwezSTpfHsx6ojLIaat5e0TRlg1Ocmy4dcgnmPjip2fl/MwUfvwEH6ni\n"
    "RTQvO4IWd4WfsCuGPfoWwz6PQDW5a7EDHhKOGLGfzyv4Nv9J\n"
    "-----END ENCRYPTED PRIVATE KEY-----\n";

/* the same with -v1 PBE-MD5-DES, which needs OpenSSL's legacy provider */
static const char EC_MD5DES[] =
    "-----BEGIN ENCRYPTED PRIVATE KEY-----\n"
    "MIGwMBsGCSqGSIb3DQEFAzAOBAjBzNerOMbXNgICCAAEgZBNEUPQsJbv+mXdgsgo\n"
    "3HyNn23CWmjzhL0iYFK22m08wXVlSnF91hdu2zCIipA8qp6IWwY5LUR6HPimJlIh\n"
    "Qy7/MF6MLC200JFQCapMwZWFhGtRwRiimlrUBW+ynAAXxcxgEIRA6Nh/Y6jfyAkS\n"
    "AzR3gIujKcJw+YuHlYOe7wR/RlcYdpat/V7MFW+P21fOAAA=\n"
    "-----END ENCRYPTED PRIVATE KEY-----\n";

/* the public half, as every tool writes it */
static const char EC_PUB[] =
    "-----BEGIN PUBLIC KEY-----\n"
    "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE8Yoc/p/k/RI0S+PqNF4Wz17y0kni\n"
    "4g4sENtKAYMhYImPbvvceFa7n5sdhG/zjXNJ2rme+3Y/rIZDBHTuLVmr1w==\n"
    "-----END PUBLIC KEY-----\n";

/* the same key, -conv_form compressed */
static const char EC_PUB_COMPRESSED[] =
    "-----BEGIN PUBLIC KEY-----\n"
    "MDkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDIgAD8Yoc/p/k/RI0S+PqNF4Wz17y0kni\n"
    "4g4sENtKAYMhYIk=\n"
    "-----END PUBLIC KEY-----\n";

/* the same key, -conv_form hybrid */
static const char EC_PUB_HYBRID[] =
    "-----BEGIN PUBLIC KEY-----\n"
    "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAH8Yoc/p/k/RI0S+PqNF4Wz17y0kni\n"
    "4g4sENtKAYMhYImPbvvceFa7n5sdhG/zjXNJ2rme+3Y/rIZDBHTuLVmr1w==\n"
    "-----END PUBLIC KEY-----\n";

/* the same key, -param_enc explicit */
static const char EC_PUB_EXPLICIT[] =
    "-----BEGIN PUBLIC KEY-----\n"
    "MIIBSzCCAQMGByqGSM49AgEwgfcCAQEwLAYHKoZIzj0BAQIhAP////8AAAABAAAA\n"
    "AAAAAAAAAAAA////////////////MFsEIP////8AAAABAAAAAAAAAAAAAAAA////\n"
    "///////////8BCBaxjXYqjqT57PrvVV2mIa8ZR0GsMxTsPY7zjw+J9JgSwMVAMSd\n"
    "NgiG5wSTamZ44ROdJreBn36QBEEEaxfR8uEsQkf4vOblY6RA8ncDfYEt6zOg9KE5\n"
    "RdiYwpZP40Li/hp/m47n60p8D54WK84zV2sxXs7LtkBoN79R9QIhAP////8AAAAA\n"
    "//////////+85vqtpxeehPO5ysL8YyVRAgEBA0IABPGKHP6f5P0SNEvj6jReFs9e\n"
    "8tJJ4uIOLBDbSgGDIWCJj2773HhWu5+bHYRv841zSdq5nvt2P6yGQwR07i1Zq9c=\n"
    "-----END PUBLIC KEY-----\n";

/* openssl req -x509 */
static const char EC_CERTIFICATE[] =
    "-----BEGIN CERTIFICATE-----\n"
    "MIIBbjCCAROgAwIBAgIUFOMYSsHmemHRSoJwQ50jHE8QHjAwCgYIKoZIzj0EAwIw\n"
    "DDEKMAgGA1UEAwwBeDAeFw0yNjExMjIwNTQ3NDJaFw0zNjExMTkwNTQ3NDJaMAwx\n"
    "CjAIBgNVBAMMAXgwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAATxihz+n+T9EjRL\n"
    "4+o0XhbPXvLSSeLiDiwQ20oBgyFgiY9u+9x4Vrufmx2Eb/ONc0nauZ77dj+shkME\n"
    "dO4tWavXo1MwUTAdBgNVHQ4EFgQUuxVLJUO6lafV7K4OeiZE7yWJx1EwHwYDVR0j\n"
    "BBgwFoAUuxVLJUO6lafV7K4OeiZE7yWJx1EwDwYDVR0TAQH/BAUwAwEB/zAKBggq\n"
    "hkjOPQQDAgNJADBGAiEA/DSX/6Sa//ieYG2jjY13lrHn95Z21f9tDyljPxVcL0cC\n"
    "IQCQ29xubmBZGTYRZvRbOVZHxXcLXXFXqMhpwNfKk3fhWw==\n"
    "-----END CERTIFICATE-----\n";

/* openssl genpkey -algorithm ed25519 */
static const char ED[] =
    "-----BEGIN PRIVATE KEY-----\n"
    "MC4CAQAwBQYDK2VwBCIEIHyH+8EGk3u8w1qpIkhLHRNV1OouU27FJiiATQ/wzn96\n"
    "-----END PRIVATE KEY-----\n";

/* openssl pkey -aes256 */
static const char ED_SEALED[] =
    "-----BEGIN ENCRYPTED PRIVATE KEY-----\n"
    "MIGbMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAjBAdQ6Wqt3qQICCAAw\n"
    "DAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEEElx795sRNgfnSUDHA/abrIEQDLe\n"
    "mdb/bDqHTNeIz+t85yB1Uv0c0kYfOrK6Ib52GJIuWw2A1N3LrxdM8Axc8Ie0/qpM\n"
    "a+eKWaOPopwkhbI+X4g=\n"
    "-----END ENCRYPTED PRIVATE KEY-----\n";

static const char ED_PUB[] =
    "-----BEGIN PUBLIC KEY-----\n"
    "MCowBQYDK2VwAyEAr8/f/GEUDcGMyZZ1f5xW0MKZcQxZNoe3SGnN1bNV8Lc=\n"
    "-----END PUBLIC KEY-----\n";

/* RFC 8032, section 7.1, test 2 */
static const char RFC8032[] =
    "-----BEGIN PRIVATE KEY-----\n"
    "MC4CAQAwBQYDK2VwBCIEIEzNCJso/5banbbDRuwRTg9bijGfNaumJNqM9u1PuKb7\n"
    "-----END PRIVATE KEY-----\n";

static const char RFC8032_PUB[] =
    "-----BEGIN PUBLIC KEY-----\n"
    "MCowBQYDK2VwAyEAPUAXw+hDiVqStwqnTRt+vJyYLM8uxJaMwM1V8Sr0Zgw=\n"
    "-----END PUBLIC KEY-----\n";

/* openssl genpkey -algorithm rsa -pkeyopt rsa_keygen_bits:3072, then rsa -traditional */
static const char RSA_PKCS1[] =
    "-----BEGIN RSA PRIVATE KEY-----\n"
    "MIIG4wIBAAKCAYEAomvpiYahBdcec3b/nLatGyPKbe36I6OezyxCHyK4iq7cDOQJ\n"
    "HAdM36TgtYt7/A/3hFkK/+qhv1hj8xp507bJPk9fDdjCpZSp3Xtt8UVEKM2/KK9k\n"
    "Kmdb8PglGg6Nb6c/aXvswANDP03Wil3ccB7oLaAc+Qi4B7g6G61rzXaoM3ul+G70\n"
    "C0z3ZwCC4Zk0RF7PCOCAvFfP+NfDnYxU7sFujok3ztkfzacuP7Avx6GKzjor8IVo\n"
    "sDXiLFFPt6T7FB29J4cSQRbCTmNUXxLbmZXOwKy9L2BErkC8w9S4AMWWxatJfEmf\n"
    "g0rkFa7o5Iu3zYlXTuRSA3Ub0ZvRurpXv17JRsy3LcAjj5jfU8s3HqNn6yG0cOzt\n"
    "oAOC2BU9SGgQWlWOZaG/wkkjv3UA6vu59rCZ0daLN9hHky71d+46uxx97ZXWWek5\n"
    "nuJkF7BWNNA+CKgvur/9Yr5fXJb8S5jSJJjcmpm8ewFhPnGQn+kkKWtk5JOgkARF\n"
    "+b0DJQtfn6obSjmLAgMBAAECggGAKi4DFpt3WrhsaIj5Rb3tA5TOX7EDGllGB0BT\n"
    "pZlTOnTBoblgoj5FGPlM/+iK2MFewqiLIj3RJotyXXI9PB2Gcp+TLFnj5rNOT73b\n"
    "peIamswfvhWaWibAajpPDE7GLT5OSfsMVyshviFdO063zghAvISNsaCxhhOyR3jI\n"
    "e7G6abBNQFC0IPEqeL3Zv3OVbsH+WyxOUlstn86Mtu/4KI7kQrDg5N9fEn29lX2Q\n"
    "UvQhQ4A44/wJXWWI6IBvRt5Z8/XqvImclMRrdkDKbmeZMeMkDCH393EV0af0o+dj\n"
    "+UtclH7k+X1YRCSaC7M2iBBJqyiJGeDoPUbPZeANUgnKVai8apz/HklI/CbAwPqG\n"
    "sQhm+jXVuWv+j4tlBNmUiuSDdORkeTlZN2/KFByf8GZmxOoc9bh1Mh4/BwCHcs4R\n"
    "j8cM0V3g+ar05dP1ysmI8oBciRurXwr2eBoplJuFRT+vx2eEFbL1U7qfjrV0Wjb+\n"
    "1045cidtSAqoB1zx3S28do1yiL35AoHBAOJbmkDFKqIbNlK57V28qL8q9WbKsmmf\n"
    "D+QlFN6rJtwLtjpIKFMLLRKFOszYSl6aYUOtXbloq6FINaEYwcOOJzCtZ/lK5zsQ\n"
    "DxpXUY85W7BxXxAT0GJSLLUO6aMGf43rFcERqApWJT+kH1NyuL7Wzyi42h7DSuT0\n"
    "vzeXEUCh923bDrwVvf+Q0iH6Ij5U9lfM7kwMSUhxqFMkfcgk6r/jYH0aEQO8x8tD\n"
    "EpfTZTK1oygBXePZNeu3zQmzaUYCvFC0CQKBwQC3sOpwd/mg6+jnRujIC7BqD4fZ\n"
    "xqfVhdn4c5nEXd7S4YC8YvvXG2TpMnnTlJDygapH3LXoupgsi12tHqDcBgeS+9Km\n"
    "IOiWVIfCF/mh3mybPlOwlnNDXTNTsp884vDABh+aPU/wjO/V0hGYw3I8W4MUjTgB\n"
    "MmQgD6cM8XPzmWOmHNxV5+adw5NwDCOzzDITme4slOu3zEegoOgjjGBH97KuzLRt\n"
    "h4AAisdoyhvLtnHl1Q+fNflsp6B2wdpSy9Kr7fMCgcA+XfDVUb3aZlcEWhgNkLKJ\n"
    "4YM17DlWIq5VNOZYJ54QWOW/jywVHWowxSabVCjBghW0eOru7+kCCgxEs7aHc/5W\n"
    "SiDwrfOh8V3H6zEcnjgmGEaR/nOW838/77jt4xd3+cLHrF65Ylzm+QhsjJpccoEn\n"
    "fi8S9MoI5WpeHbByN24eBZI8vlzYMoXDONEAjZZGQL+TknsKi85OAirp30oSzspC\n"
    "DdGMTxJZbcSMsoEahLNMjXvaEHnr1XuX5afm01AhiEkCgcEAktj0EoVXIrZ1sq6V\n"
    "WZc+qQtRZ1/QvHoNDvoba0g/4gY0jGX1Prm/qk2X5vVWCwhtwJVJN4w0Kyge808Q\n"
    "+dQ4KeD3PagBSGy7Owc/oY/W8ySYcwtTif7wEXEyq9Ig9OHwUbXCOmPxN9aACsf0\n"
    "gxwFZmCe7RYDxT2+JjLAp3VwnFNmMab6ThUTwPdzc0FCpzjflvRWnNDKUjdQXVrT\n"
    "fbUfO26arxUr10Mat0MbhXeNBleV7YmQpLQ9K7M9fgNDn/7RAoHANLjtofWtdB9j\n"
    "DW68osN+oJ3EWylwRIrmCer0JP79iqkVBk3wLqtPG5Rd7WyAenduQApNejpxjgAJ\n"
    "4o3c0JIZVtAgMrloA38dfa2RUY88hOGG7H9MLzywUzHj2htKqgoT0vsJ47whQQxX\n"
    "b+K7iAPciv6f4831tQCZy1xabxeZ+6W21BYRvvjs4t76XJ/jHg6YkbpF3x7s9pEM\n"
    "wCZ/LNHm3Gr3J4RGEzrx9CC2lZtZTIfA1JXWtkJ0SKGd7t/44uhP\n"
    "-----END RSA PRIVATE KEY-----\n";

/* openssl rsa -traditional -aes128 */
static const char RSA_PKCS1_SEALED[] =
    "-----BEGIN RSA PRIVATE KEY-----\n"
    "Proc-Type: 4,ENCRYPTED\n"
    "DEK-Info: AES-128-CBC,C4FF3F95370756E7513FD812BB08FC29\n"
    "\n"
    "eMjb86SjzYL34dbKh6NgHFV8geuEwFvizq0+Wz6Gc9ZK50SzCJhjBGC33rmWw0Ay\n"
    "/CULd68YBkTSsAwr6zJNQtgNNbnld/wvZXfdoU99+pEeiPtx+Fep1bQAK21KkUHl\n"
    "WPRfMUo16OwNQTcwMDwm6LNQLosShPvzkHOefk8iSAXYy30TiYp2fcuKAPKl3rqS\n"
    "ZvbJ1QqSAaw+1n0HsXjrBPBfQqW1KXjrhUNHdXwVjv4Sd2O1SzUjhnQHMnoKvT6k\n"
    "gxEiMK7koSFy9hhtyPGnuBRLvdR2HgvvEDPX+fTYjXqynrLlmYeS5H7c9LEA5I2o\n"
    "lb2vNDSzc/B0k00dZTD8pH96pMc9sviVMPAICMrtum8eiAATkv1YNf9Iw+pzvYxr\n"
    "KTqQFGt7esy34JnWc23fTTCobAi5NjsqIXmQ2BJcYVYUCSnBbzGwa4oIAtUMq3Ll\n"
    "vzhqHLsDa9exALSsNh7iuBOuW2OiZ/lZagwzygGNnVM1xSYT33hpOizaBkP0hkpn\n"
    "0ICMeyL6PRn3kdIUeI1SMnYlTutpVZM4C3TJtaNoefkWqE6zuPiKWqSb+y4F/RXD\n"
    "355xKxYwcwFEz7A3vD+te8AcdtnPDXHo7BXM9DtfDwHE0js1jUDJi5NpETc7Sykj\n"
    "5vHeEzCaoPOyg5iNnD0Drtn8buTCcbgQjRJwfy9XUm06wVr2tYT3yehMK0UlL419\n"
    "fur+vm9nwgnyKg9vgRGBlRHHX3K4XsByxPPtPzRmDmMFbspSZNyDZEh9i2ng9IF1\n"
    "kfEl8DHRfwLvBvXVkPVjnoI4OUz7lsvwHkOgZR8GL6j6DnBNp7kNZc+qYA/yw44+\n"
    "IYyjHo9gxyCkIOZCf5xSlS8zf7RvZs+FTcVffDCFBLBJgM1jLm/lUcgJIOhUROKV\n"
    "Ygi9nGmENPzxzFPdkhV1cfISgIAKOBu0OjBOxLCgLdzmb3A2SPRcKoONLB/cAUgd\n"
    "MguLHIGK1Pwek/+j/KddAfOB8lGf1AqJW2PACdM70/aLeMMbtD3mymwJnNMQTlgE\n"
    "XuJ+NzDWN0OjkFVSBn4Ncy52pP7Eenz4QN+H8suvWMH1LqIKU1EXsaLmsZU0ovjP\n"
    "2nmKWnRzrxObasSPddKJ7GbFlV1hd7tKhF6SWSZpiL+e+X+HRK1oui9EuuG+EysI\n"
    "C7RrxHMkgGfsAQW4btISqWVLi1OEI9o7ZUEjG9ACUzMkCsmYN5hAh3LMrZxJwPbj\n"
    "DP1wPbE39dNPsH/xwJ0BPF12k5ZthGSFVokRL6N0/LeGAaDAQiPpvSn4V1AWxU79\n"
    "Y1s1Hepiw4rZqEHoD+XFJnT1OSMNKSAU2mdNYORbWQsnb8gj6eFrkDT109L3GyIJ\n"
    "/6RNm/Ko7i/t+iIFGk5T7T6nOX0BeBIXzvyYdmVpAC/zrZH6dijnnHdfc/EHH7tq\n"
    "HpDbHI909YualbTDZzD87O1CoDxl9mSeTQjsrmXGSWk46JU52iNiofuGLAgkNxrS\n"
    "gg0Uxz0oIWZD0M+99fwwAw2j9r4ehTAU7oOl4otbVWOTqzuTGfpZaBZGMCO1QlTL\n"
    "7QrnKPaD/VBSIuPqAkNwbDFinPtaN8lrPl+qxX37jAGiyBW18k+0EHPWEmzpFF6I\n"
    "GxQ4cD8o216V5u2UHXWYVGYF+/W6CLcR3Kq1ED6gbi6inRnlD7OKXi2jmHYn9eUn\n"
    "5dfhT7OcCS1VU1iUk0MbIdAOEzMta8CeW3+bTVMxh7qI0R9uvIN+Y56AZv7cEbpW\n"
    "8dk1I3oWxPmSGbc4C/auFCVRz6RHsUBsQO6PthMI4AOEzW9+pgL32TdnS1hePkqF\n"
    "Qgg2U371eLloA0M5FXJxhkJttT9FqT1kHH0E+BL7k48RfGz98T1yn0vctq+ouVz5\n"
    "+DO+kCJ3pKAE+96AmEii+budel5V0cLLiLc9x/TPiQTZPZqbAPErSEVWiAZOc9jx\n"
    "UE1C24A3F2Ae4UQ6DGQsicy+aG2Zf+FWVuZKbg1KuvB/m9ZoY5WqiiF8xkbi4dqr\n"
    "LktaulA57mN6vK+hUQgLN/A97OZ8qnJDDVotN3a0nT21mrSsPBB7DVoLQy/x8ArT\n"
    "wB6bR9FQVHcy/2T1CUaQETh+kiuCYS8P5WFB7HscEPeSaNIIb6uWWs3gASRBJoCw\n"
    "nS5U/Cp1vcRZEPtsSxXsRGkVVlGiRn/lejfr9B5uz3MqdBFxlbt68OfQR2I6ULC0\n"
    "X9pZtWqsO7WR7+hVfvrDZN3uTxrhMcBNlqvzKLEs7f3nNVZLJS11hbM+oYxOTmNZ\n"
    "f2NL29f4XqcCNHsC0OxKEoJrDg9X5RIWLkpUIVAUZZs/6nJSVPuWh93UIXuRw866\n"
    "9Ewe+p3FOnKvzGPI6hHEpZPrv9cK/IiDBwWiENcIC6OX6tRCoYkQG9/nPgSHs0uo\n"
    "-----END RSA PRIVATE KEY-----\n";

static const char RSA_PKCS8[] =
    "-----BEGIN PRIVATE KEY-----\n"
    "MIIG/QIBADANBgkqhkiG9w0BAQEFAASCBucwggbjAgEAAoIBgQCia+mJhqEF1x5z\n"
    "dv+ctq0bI8pt7fojo57PLEIfIriKrtwM5AkcB0zfpOC1i3v8D/eEWQr/6qG/WGPz\n"
    "GnnTtsk+T18N2MKllKnde23xRUQozb8or2QqZ1vw+CUaDo1vpz9pe+zAA0M/TdaK\n"
    "XdxwHugtoBz5CLgHuDobrWvNdqgze6X4bvQLTPdnAILhmTREXs8I4IC8V8/418Od\n"
    "jFTuwW6OiTfO2R/Npy4/sC/HoYrOOivwhWiwNeIsUU+3pPsUHb0nhxJBFsJOY1Rf\n"
    "EtuZlc7ArL0vYESuQLzD1LgAxZbFq0l8SZ+DSuQVrujki7fNiVdO5FIDdRvRm9G6\n"
    "ule/XslGzLctwCOPmN9Tyzceo2frIbRw7O2gA4LYFT1IaBBaVY5lob/CSSO/dQDq\n"
    "+7n2sJnR1os32EeTLvV37jq7HH3tldZZ6Tme4mQXsFY00D4IqC+6v/1ivl9clvxL\n"
    "mNIkmNyambx7AWE+cZCf6SQpa2Tkk6CQBEX5vQMlC1+fqhtKOYsCAwEAAQKCAYAq\n"
    "LgMWm3dauGxoiPlFve0DlM5fsQMaWUYHQFOlmVM6dMGhuWCiPkUY+Uz/6IrYwV7C\n"
    "qIsiPdEmi3Jdcj08HYZyn5MsWePms05Pvdul4hqazB++FZpaJsBqOk8MTsYtPk5J\n"
    "+wxXKyG+IV07TrfOCEC8hI2xoLGGE7JHeMh7sbppsE1AULQg8Sp4vdm/c5Vuwf5b\n"
    "LE5SWy2fzoy27/gojuRCsODk318Sfb2VfZBS9CFDgDjj/AldZYjogG9G3lnz9eq8\n"
    "iZyUxGt2QMpuZ5kx4yQMIff3cRXRp/Sj52P5S1yUfuT5fVhEJJoLszaIEEmrKIkZ\n"
    "4Og9Rs9l4A1SCcpVqLxqnP8eSUj8JsDA+oaxCGb6NdW5a/6Pi2UE2ZSK5IN05GR5\n"
    "OVk3b8oUHJ/wZmbE6hz1uHUyHj8HAIdyzhGPxwzRXeD5qvTl0/XKyYjygFyJG6tf\n"
    "CvZ4GimUm4VFP6/HZ4QVsvVTup+OtXRaNv7XTjlyJ21ICqgHXPHdLbx2jXKIvfkC\n"
    "gcEA4luaQMUqohs2UrntXbyovyr1ZsqyaZ8P5CUU3qsm3Au2OkgoUwstEoU6zNhK\n"
    "XpphQ61duWiroUg1oRjBw44nMK1n+UrnOxAPGldRjzlbsHFfEBPQYlIstQ7powZ/\n"
    "jesVwRGoClYlP6QfU3K4vtbPKLjaHsNK5PS/N5cRQKH3bdsOvBW9/5DSIfoiPlT2\n"
    "V8zuTAxJSHGoUyR9yCTqv+NgfRoRA7zHy0MSl9NlMrWjKAFd49k167fNCbNpRgK8\n"
    "ULQJAoHBALew6nB3+aDr6OdG6MgLsGoPh9nGp9WF2fhzmcRd3tLhgLxi+9cbZOky\n"
    "edOUkPKBqkfctei6mCyLXa0eoNwGB5L70qYg6JZUh8IX+aHebJs+U7CWc0NdM1Oy\n"
    "nzzi8MAGH5o9T/CM79XSEZjDcjxbgxSNOAEyZCAPpwzxc/OZY6Yc3FXn5p3Dk3AM\n"
    "I7PMMhOZ7iyU67fMR6Cg6COMYEf3sq7MtG2HgACKx2jKG8u2ceXVD581+WynoHbB\n"
    "2lLL0qvt8wKBwD5d8NVRvdpmVwRaGA2QsonhgzXsOVYirlU05lgnnhBY5b+PLBUd\n"
    "ajDFJptUKMGCFbR46u7v6QIKDESztodz/lZKIPCt86HxXcfrMRyeOCYYRpH+c5bz\n"
    "fz/vuO3jF3f5wsesXrliXOb5CGyMmlxygSd+LxL0ygjlal4dsHI3bh4Fkjy+XNgy\n"
    "hcM40QCNlkZAv5OSewqLzk4CKunfShLOykIN0YxPElltxIyygRqEs0yNe9oQeevV\n"
    "e5flp+bTUCGISQKBwQCS2PQShVcitnWyrpVZlz6pC1FnX9C8eg0O+htrSD/iBjSM\n"
    "ZfU+ub+qTZfm9VYLCG3AlUk3jDQrKB7zTxD51Dgp4Pc9qAFIbLs7Bz+hj9bzJJhz\n"
    "C1OJ/vARcTKr0iD04fBRtcI6Y/E31oAKx/SDHAVmYJ7tFgPFPb4mMsCndXCcU2Yx\n"
    "pvpOFRPA93NzQUKnON+W9Fac0MpSN1BdWtN9tR87bpqvFSvXQxq3QxuFd40GV5Xt\n"
    "iZCktD0rsz1+A0Of/tECgcA0uO2h9a10H2MNbryiw36gncRbKXBEiuYJ6vQk/v2K\n"
    "qRUGTfAuq08blF3tbIB6d25ACk16OnGOAAnijdzQkhlW0CAyuWgDfx19rZFRjzyE\n"
    "4Ybsf0wvPLBTMePaG0qqChPS+wnjvCFBDFdv4ruIA9yK/p/jzfW1AJnLXFpvF5n7\n"
    "pbbUFhG++Ozi3vpcn+MeDpiRukXfHuz2kQzAJn8s0ebcavcnhEYTOvH0ILaVm1lM\n"
    "h8DUlda2QnRIoZ3u3/ji6E8=\n"
    "-----END PRIVATE KEY-----\n";

static const char RSA_PUB[] =
    "-----BEGIN PUBLIC KEY-----\n"
    "MIIBojANBgkqhkiG9w0BAQEFAAOCAY8AMIIBigKCAYEAomvpiYahBdcec3b/nLat\n"
    "GyPKbe36I6OezyxCHyK4iq7cDOQJHAdM36TgtYt7/A/3hFkK/+qhv1hj8xp507bJ\n"
    "Pk9fDdjCpZSp3Xtt8UVEKM2/KK9kKmdb8PglGg6Nb6c/aXvswANDP03Wil3ccB7o\n"
    "LaAc+Qi4B7g6G61rzXaoM3ul+G70C0z3ZwCC4Zk0RF7PCOCAvFfP+NfDnYxU7sFu\n"
    "jok3ztkfzacuP7Avx6GKzjor8IVosDXiLFFPt6T7FB29J4cSQRbCTmNUXxLbmZXO\n"
    "wKy9L2BErkC8w9S4AMWWxatJfEmfg0rkFa7o5Iu3zYlXTuRSA3Ub0ZvRurpXv17J\n"
    "Rsy3LcAjj5jfU8s3HqNn6yG0cOztoAOC2BU9SGgQWlWOZaG/wkkjv3UA6vu59rCZ\n"
    "0daLN9hHky71d+46uxx97ZXWWek5nuJkF7BWNNA+CKgvur/9Yr5fXJb8S5jSJJjc\n"
    "mpm8ewFhPnGQn+kkKWtk5JOgkARF+b0DJQtfn6obSjmLAgMBAAE=\n"
    "-----END PUBLIC KEY-----\n";

/* openssl rsa -RSAPublicKey_out */
static const char RSA_PUB_PKCS1[] =
    "-----BEGIN RSA PUBLIC KEY-----\n"
    "MIIBigKCAYEAomvpiYahBdcec3b/nLatGyPKbe36I6OezyxCHyK4iq7cDOQJHAdM\n"
    "36TgtYt7/A/3hFkK/+qhv1hj8xp507bJPk9fDdjCpZSp3Xtt8UVEKM2/KK9kKmdb\n"
    "8PglGg6Nb6c/aXvswANDP03Wil3ccB7oLaAc+Qi4B7g6G61rzXaoM3ul+G70C0z3\n"
    "ZwCC4Zk0RF7PCOCAvFfP+NfDnYxU7sFujok3ztkfzacuP7Avx6GKzjor8IVosDXi\n"
    "LFFPt6T7FB29J4cSQRbCTmNUXxLbmZXOwKy9L2BErkC8w9S4AMWWxatJfEmfg0rk\n"
    "Fa7o5Iu3zYlXTuRSA3Ub0ZvRurpXv17JRsy3LcAjj5jfU8s3HqNn6yG0cOztoAOC\n"
    "2BU9SGgQWlWOZaG/wkkjv3UA6vu59rCZ0daLN9hHky71d+46uxx97ZXWWek5nuJk\n"
    "F7BWNNA+CKgvur/9Yr5fXJb8S5jSJJjcmpm8ewFhPnGQn+kkKWtk5JOgkARF+b0D\n"
    "JQtfn6obSjmLAgMBAAE=\n"
    "-----END RSA PUBLIC KEY-----\n";

/* what we only check: a short RSA key, larger curves; and what we do not use */
static const char RSA2048_PUB[] =
    "-----BEGIN PUBLIC KEY-----\n"
    "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAohHxJtJzkSqphL7MTUeP\n"
    "Am5oNqmok++kmpIVo/LImDaZCOCxXqYay14pTxmVaubr9XuZwnb6IwX2ihTeohM6\n"
    "08pe+PAD5DgINZkiKJ6h5J29FtZPv80IM/lZkGDgx87NAdDRjMe51brUmBR60Bas\n"
    "RQSK5S7jfOBiHP6M+9ymYWEqCjcDC/wDcPZ8LHzwYmGCvaHxGqY51oNN4Xe6kZYa\n"
    "hKc/fyB8wBFjxK99JXpSIkCeFJAg050xYAcec60VlY0H4x8edPg2lHCou4ASuAdo\n"
    "sUWpZYe+H4Fji6y5UAX1KcdRUWS/Nh16ISzGhrkBuaql36EfiDI/moQvYGNZ5n0V\n"
    "ewIDAQAB\n"
    "-----END PUBLIC KEY-----\n";

static const char P384[] =
    "-----BEGIN PRIVATE KEY-----\n"
    "MIG2AgEAMBAGByqGSM49AgEGBSuBBAAiBIGeMIGbAgEBBDDiz2fnHehCz8ukgEqy\n"
    "zP0LW/hPlW1XiyCw/yl/e/0C7hA1Gub5vmqk6rRE4vlrVgahZANiAAQva8eET096\n"
    "MOcLIcWf1wYSFFAYGE8uyggEPvNmSXj3uQVEBZELhr9kBYo95NQ1e9sGjJ2Ni4Q0\n"
    "qQgkjfEWgPkdZa4n1l1mgOeSNMRSKIYkYvbqoGlOoB68lnQ9HuTVc9E=\n"
    "-----END PRIVATE KEY-----\n";

static const char P384_PUB[] =
    "-----BEGIN PUBLIC KEY-----\n"
    "MHYwEAYHKoZIzj0CAQYFK4EEACIDYgAEL2vHhE9PejDnCyHFn9cGEhRQGBhPLsoI\n"
    "BD7zZkl497kFRAWRC4a/ZAWKPeTUNXvbBoydjYuENKkIJI3xFoD5HWWuJ9ZdZoDn\n"
    "kjTEUiiGJGL26qBpTqAevJZ0PR7k1XPR\n"
    "-----END PUBLIC KEY-----\n";

static const char P521_PUB[] =
    "-----BEGIN PUBLIC KEY-----\n"
    "MIGbMBAGByqGSM49AgEGBSuBBAAjA4GGAAQAcXzSHkdtY16imRXccSbIDGgjGnvE\n"
    "GsrtLn7G3yTlImMZwJFOVERjUVmDez/V3PhzOTKaA2Xeij+Qhx+899At/0UAI0O3\n"
    "tmvMOjGqhLV7GLrdWi4Fi1ma5rjaJhOyf9EsjbnYhkeQRk3Dcca/CYBKnuN7l3Xi\n"
    "txolDjNLzS3dCLmcqDc=\n"
    "-----END PUBLIC KEY-----\n";

static const char RSA2040_PUB[] =
    "-----BEGIN PUBLIC KEY-----\n"
    "MIIBITANBgkqhkiG9w0BAQEFAAOCAQ4AMIIBCQKCAQAAsBwm9EtXupQMjSaSsloM\n"
    "NfhFRY4uboOP8F92fS2nK+o83tMUH8v3S32qxOkhrrwGqx70NWZp4WH2JslE7VLf\n"
    "D66fWwQIgl9Eg0ZGqISj/wqqa4koH5+IiSJ6Jl+lozVuCxMtjnVSgbdWyLOgTfb3\n"
    "jsFloP3aoOc7Er2Fhoc1NU+L4mi8rE8zOvzpOrfPAppx4DrBjIbf6RFxey+AMB3t\n"
    "wBqPRE4xBw0Wch5MgPL35pfKLhWtg0FdTw7EmdnakbAc6Wklw0nQlFdSu4iI93tt\n"
    "wHJWBjQ2pMCjLqDi1ves214uuhmOIaLKpeKayeRhzYm6PoMFEybdZLGSKqak+bCt\n"
    "AgMBAAE=\n"
    "-----END PUBLIC KEY-----\n";

static const char SECP256K1_PUB[] =
    "-----BEGIN PUBLIC KEY-----\n"
    "MFYwEAYHKoZIzj0CAQYFK4EEAAoDQgAEgWU1kYkrQ2vG/RmBpkqY4aBUOMNBLA3U\n"
    "Q2rgLgZtrqRoRFzxRTzL64lNrhV7IIaysnir8faOasOlu2bJYsh4CQ==\n"
    "-----END PUBLIC KEY-----\n";

static const char X25519_PUB[] =
    "-----BEGIN PUBLIC KEY-----\n"
    "MCowBQYDK2VuAyEAVvtobQOE5vM5XD8BYu4xw1TGg0VUHY7u0iohkmjCsXM=\n"
    "-----END PUBLIC KEY-----\n";

static const char PSS_PUB[] =
    "-----BEGIN PUBLIC KEY-----\n"
    "MIIBoDALBgkqhkiG9w0BAQoDggGPADCCAYoCggGBAJyCPFQteG16kd1M07VpsQiN\n"
    "g+9bT9Eg9kvkP09P/WU7T5eyhyBozP0123Jbw1ObhXQ+Pf73uYx8mVJVlklpb03F\n"
    "HST8ikxpLLsOjsCme0GnvnApaa+SCptN7qH16+lLmQF7dhj2uBYCrSH+XMmuAWv/\n"
    "cS2jloFbF7fYncSgPct4S7IMjVlso+StHisTQ2V2f/9ZKm7vpVw7jYFIQ5WizXd8\n"
    "sq/gaOUD3mntODk0ej6PLlcmLz5moyF9MR27uHprMDfR2CJ14A+c7uCdrbsvow00\n"
    "onCAxHds/WP984927fsXD2lL4teJLS8ywECjko955Wp7NH5DvxLTw1JZ20e42qTb\n"
    "OaDol6+Hm3SouVEhRd3usiNA7ZNQ3XwMPZjCuddlEiJxJcI4sX6pTga1zLLLH/ke\n"
    "NCMOk/OaT6eGhjHl8NKTUd75r6s+2BWDpc5RN+gBC7WCeArCvVC8LQ2do/2IopGQ\n"
    "HTaG1ZAV+6Ft476brkg0MzRYj42ZAw2lZi9Gz9+pOwIDAQAB\n"
    "-----END PUBLIC KEY-----\n";

/* cosign import-key-pair */
static const char COSIGN_KEY[] =
    "-----BEGIN ENCRYPTED SIGSTORE PRIVATE KEY-----\n"
    "eyJrZGYiOnsibmFtZSI6InNjcnlwdCIsInBhcmFtcyI6eyJOIjo2NTUzNiwiciI6\n"
    "OCwicCI6MX0sInNhbHQiOiJFdCsraGNsMUU2MElUVEZTMUhueGJZTzh6NjQ3bFZD\n"
    "QTdCOVVUWG1QOUtNPSJ9LCJjaXBoZXIiOnsibmFtZSI6Im5hY2wvc2VjcmV0Ym94\n"
    "Iiwibm9uY2UiOiJUdW1XRlZsSGIzNTZVM1lpWnFyT01qTmloWWNER2lJSyJ9LCJj\n"
    "aXBoZXJ0ZXh0IjoibWUrcjQyNnkrbVc2VDNZbTA5QS9BQ0tva1JwTzg4c09WUFhr\n"
    "S1hxWk9lMjJHdmFNdGQwNFJ4cm9TVkRMRXltcm9RWVhqWkJxS0tSRXpPZzBDYlFE\n"
    "TXdsdWVoTDdMYm5MdmNjSW5pc3pnZHIrOTlJTGdJeFk1R0t1dVN1ZUlzdEZUVS8w\n"
    "bzRteC9DR0l5RDZBV3Q4eTlQWld1WFp2cGVLVzZ1RDh3RExubjNhZDJtZFhuMUR1\n"
    "NS82Y2dtUGM5Q3kybFRmSHBzbXZSaGVHRnc9PSJ9\n"
    "-----END ENCRYPTED SIGSTORE PRIVATE KEY-----\n";

/* Headers of key files that want 128 TiB, 256 MiB, hours, or nonsense; nothing real
 * behind them. N = 2^30, r = 1024, p = 1 */
static const char SCRYPT_BOMB[] =
    "-----BEGIN ENCRYPTED PRIVATE KEY-----\n"
    "MIGWMFIGCSqGSIb3DQEFDTBFMCQGCSsGAQQB2kcECzAXBAhzYWx0c2FsdAIEQAAA\n"
    "AAICBAACAQEwHQYJYIZIAWUDBAEqBBAAAAAAAAAAAAAAAAAAAAAABEAAAAAAAAAA\n"
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n"
    "AAAAAAAAAAAA\n"
    "-----END ENCRYPTED PRIVATE KEY-----\n";

/* N = 2^18, r = 8, p = 1 */
static const char SCRYPT_LARGE[] =
    "-----BEGIN ENCRYPTED PRIVATE KEY-----\n"
    "MIGUMFAGCSqGSIb3DQEFDTBDMCIGCSsGAQQB2kcECzAVBAhzYWx0c2FsdAIDBAAA\n"
    "AgEIAgEBMB0GCWCGSAFlAwQBKgQQAAAAAAAAAAAAAAAAAAAAAARAAAAAAAAAAAAA\n"
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n"
    "AAAAAAAAAA==\n"
    "-----END ENCRYPTED PRIVATE KEY-----\n";

/* N = 2^16, r = 1, p = 2^17 */
static const char SCRYPT_SLOW[] =
    "-----BEGIN ENCRYPTED PRIVATE KEY-----\n"
    "MIGWMFIGCSqGSIb3DQEFDTBFMCQGCSsGAQQB2kcECzAXBAhzYWx0c2FsdAIDAQAA\n"
    "AgEBAgMCAAAwHQYJYIZIAWUDBAEqBBAAAAAAAAAAAAAAAAAAAAAABEAAAAAAAAAA\n"
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n"
    "AAAAAAAAAAAA\n"
    "-----END ENCRYPTED PRIVATE KEY-----\n";

/* N = 2^63, r = 2^63, p = 4 */
static const char SCRYPT_WRAP[] =
    "-----BEGIN ENCRYPTED PRIVATE KEY-----\n"
    "MIGiMF4GCSqGSIb3DQEFDTBRMDAGCSsGAQQB2kcECzAjBAhzYWx0c2FsdAIJAIAA\n"
    "AAAAAAAAAgkAgAAAAAAAAAACAQQwHQYJYIZIAWUDBAEqBBAAAAAAAAAAAAAAAAAA\n"
    "AAAABEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n"
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAA\n"
    "-----END ENCRYPTED PRIVATE KEY-----\n";

/* N = -2^30 */
static const char SCRYPT_NEGATIVE[] =
    "-----BEGIN ENCRYPTED PRIVATE KEY-----\n"
    "MIGVMFEGCSqGSIb3DQEFDTBEMCMGCSsGAQQB2kcECzAWBAhzYWx0c2FsdAIEwAAA\n"
    "AAIBCAIBATAdBglghkgBZQMEASoEEAAAAAAAAAAAAAAAAAAAAAAEQAAAAAAAAAAA\n"
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n"
    "AAAAAAAAAAA=\n"
    "-----END ENCRYPTED PRIVATE KEY-----\n";

/* 2^31 - 1 iterations */
static const char PBKDF2_SLOW[] =
    "-----BEGIN ENCRYPTED PRIVATE KEY-----\n"
    "MIGPMEsGCSqGSIb3DQEFDTA+MB0GCSqGSIb3DQEFDDAQBAhzYWx0c2FsdAIEf///\n"
    "/zAdBglghkgBZQMEASoEEAAAAAAAAAAAAAAAAAAAAAAEQAAAAAAAAAAAAAAAAAAA\n"
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n"
    "AAA=\n"
    "-----END ENCRYPTED PRIVATE KEY-----\n";

/* -1 iterations */
static const char PBKDF2_NEGATIVE[] =
    "-----BEGIN ENCRYPTED PRIVATE KEY-----\n"
    "MIGMMEgGCSqGSIb3DQEFDTA7MBoGCSqGSIb3DQEFDDANBAhzYWx0c2FsdAIB/zAd\n"
    "BglghkgBZQMEASoEEAAAAAAAAAAAAAAAAAAAAAAEQAAAAAAAAAAAAAAAAAAAAAAA\n"
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n"
    "-----END ENCRYPTED PRIVATE KEY-----\n";

/* 2^31 - 1 iterations of the PKCS#12 derivation */
static const char PBE1_SLOW[] =
    "-----BEGIN ENCRYPTED PRIVATE KEY-----\n"
    "MGIwHgYKKoZIhvcNAQwBAzAQBAhzYWx0c2FsdAIEf////wRAAAAAAAAAAAAAAAAA\n"
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n"
    "AAAAAA==\n"
    "-----END ENCRYPTED PRIVATE KEY-----\n";

/* PBES2 over an unknown KDF */
static const char UNKNOWN_KDF[] =
    "-----BEGIN ENCRYPTED PRIVATE KEY-----\n"
    "MIGBMD0GCSqGSIb3DQEFDTAwMA8GAyoDBAQIc2FsdHNhbHQwHQYJYIZIAWUDBAEq\n"
    "BBAAAAAAAAAAAAAAAAAAAAAABEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n"
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n"
    "-----END ENCRYPTED PRIVATE KEY-----\n";

#endif
