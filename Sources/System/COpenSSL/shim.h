#pragma once
#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/kdf.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/sha.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

// What OpenSSL offers as macros or variadic functions, which Swift cannot import.

/// TLS 1.2 at least, no renegotiation, no session cache, and buffers given back whenever they are empty.
static inline int copenssl_harden(SSL_CTX *context) {
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    return (int)SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
}

/// The name that a client asks for (RFC 6066 §3).
static inline int copenssl_ask_for_name(SSL *session, const char *name) {
    return (int)SSL_set_tlsext_host_name(session, name);
}

/// Takes back what ``copenssl_read_again`` said.
static inline void copenssl_clear_retry(BIO *bio) { BIO_clear_retry_flags(bio); }
/// Tells OpenSSL that reading from `bio` may be tried again once there is more.
static inline void copenssl_read_again(BIO *bio) { BIO_set_retry_read(bio); }

/// A new key on the curve P-256; NULL where there is no memory or no randomness.
static inline EVP_PKEY *copenssl_new_p256_key(void) { return EVP_EC_gen("P-256"); }
