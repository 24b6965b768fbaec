// Ed25519 keys and signatures (RFC 8032), PEM files as openssl writes them (PKCS#8, SubjectPublicKeyInfo).
#pragma once

#include "payload/bytes.h"

#include <memory>
#include <string>
#include <string_view>

namespace lockstep {

class PublicKey {
  public:
    // Both throw Error (not_trusted) where the text is no Ed25519 public key.
    static PublicKey from_pem(std::string_view pem, const std::string& subject);
    static PublicKey from_base64(std::string_view raw); // the 32 bytes of the key

    std::string pem() const;
    const std::string& base64() const { return base64_; } // names the key in bundles and trust documents
    bool verifies(Bytes message, std::string_view signature_base64) const;

    bool operator==(const PublicKey& other) const { return base64_ == other.base64_; }

  private:
    std::string base64_;
};

class PrivateKey {
  public:
    static PrivateKey generate();
    // Throws Error (wrong_usage): not a key, or not its passphrase.
    static PrivateKey from_pem(std::string_view pem, const std::string& passphrase,
                               const std::string& subject);
    static bool needs_passphrase(std::string_view pem);

    // PKCS#8; encrypted with AES-256-CBC where there is a passphrase.
    std::string pem(const std::string& passphrase) const;
    PublicKey public_key() const;
    std::string sign(Bytes message) const; // base64

  private:
    struct Handle;
    std::shared_ptr<Handle> handle_;
};

std::string to_base64(Bytes bytes);
std::string from_base64(std::string_view text); // throws Error (not_trusted)

} // namespace lockstep
