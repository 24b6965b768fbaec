#include "payload/signature.h"

#include "payload/error.h"

#include <array>
#include <limits>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <vector>

namespace lockstep {
namespace {

constexpr std::size_t key_size = 32;       // bytes; RFC 8032, section 5.1.5
constexpr std::size_t signature_size = 64; // bytes; RFC 8032, section 5.1.6

using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using Bio = std::unique_ptr<BIO, decltype(&BIO_free_all)>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)>;

const unsigned char* raw(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}
const unsigned char* raw(Bytes bytes) {
    return reinterpret_cast<const unsigned char*>(bytes.data());
}

[[noreturn]] void fail(const std::string& doing, const std::string& subject) {
    ERR_clear_error();
    throw Error(Code::internal_error, doing, subject, "libcrypto refused");
}

Bio reading(std::string_view text) {
    if (text.size() > static_cast<std::size_t>(std::numeric_limits<int>::max())) fail("read", "a key");
    Bio bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())), &BIO_free_all);
    if (!bio) fail("read", "a key");
    return bio;
}

Bio writing() {
    Bio bio(BIO_new(BIO_s_mem()), &BIO_free_all);
    if (!bio) fail("write", "a key");
    return bio;
}

std::string written(BIO& bio) {
    char* data = nullptr;
    const long size = BIO_get_mem_data(&bio, &data);
    return {data, static_cast<std::size_t>(size)};
}

// Null where `raw_key` isn't 32 bytes.
Key public_handle(std::string_view raw_key) {
    return {EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, raw(raw_key), raw_key.size()),
            &EVP_PKEY_free};
}

std::string raw_public_key(const EVP_PKEY& key) {
    std::array<unsigned char, key_size> bytes{};
    std::size_t size = bytes.size();
    if (EVP_PKEY_get_raw_public_key(&key, bytes.data(), &size) != 1 || size != key_size)
        fail("read", "a public key");
    return to_base64(std::as_bytes(std::span(bytes)));
}

// Called by libcrypto, which would ask on the terminal if it were not given: an empty passphrase is none.
int give_passphrase(char* out, int capacity, int /*writing*/, void* passphrase) {
    const auto& text = *static_cast<const std::string*>(passphrase);
    if (text.empty() || text.size() > static_cast<std::size_t>(capacity)) return -1;
    text.copy(out, text.size());
    return static_cast<int>(text.size());
}

std::string why_no_private_key(std::string_view pem, const std::string& passphrase) {
    if (!PrivateKey::needs_passphrase(pem)) return "it is no Ed25519 private key in PEM form";
    if (passphrase.empty()) return "it is protected by a passphrase, and none was given";
    return "the passphrase is wrong, or the file is damaged";
}

} // namespace

PublicKey PublicKey::from_pem(std::string_view pem, const std::string& subject) {
    const Bio bio = reading(pem);
    std::string no_passphrase;
    const Key key(PEM_read_bio_PUBKEY(bio.get(), nullptr, &give_passphrase, &no_passphrase), &EVP_PKEY_free);
    ERR_clear_error();
    if (!key || EVP_PKEY_get_base_id(key.get()) != EVP_PKEY_ED25519)
        throw Error(Code::not_trusted, "read", subject, "it is no Ed25519 public key in PEM form");
    return from_base64(raw_public_key(*key));
}

PublicKey PublicKey::from_base64(std::string_view text) {
    if (lockstep::from_base64(text).size() != key_size)
        throw Error(Code::not_trusted, "read", "a public key",
                    "an Ed25519 key has 32 bytes, this one has not");
    PublicKey key;
    key.base64_ = text;
    return key;
}

std::string PublicKey::pem() const {
    const Key key = public_handle(lockstep::from_base64(base64_));
    const Bio bio = writing();
    if (!key || PEM_write_bio_PUBKEY(bio.get(), key.get()) != 1) fail("write", "a public key");
    return written(*bio);
}

bool PublicKey::verifies(Bytes message, std::string_view signature_base64) const {
    const std::string signature = lockstep::from_base64(signature_base64);
    if (signature.size() != signature_size) return false;
    const Key key = public_handle(lockstep::from_base64(base64_));
    const DigestContext context(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
    if (!key || !context || EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key.get()) != 1)
        fail("check", "a signature");
    const bool good =
        EVP_DigestVerify(context.get(), raw(signature), signature.size(), raw(message), message.size()) == 1;
    ERR_clear_error();
    return good;
}

struct PrivateKey::Handle {
    Key key;
};

PrivateKey PrivateKey::generate() {
    Key key(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"), &EVP_PKEY_free);
    if (!key) fail("make", "a key");
    PrivateKey result;
    result.handle_ = std::make_shared<Handle>(Handle{std::move(key)});
    return result;
}

PrivateKey PrivateKey::from_pem(std::string_view pem, const std::string& passphrase,
                                const std::string& subject) {
    const Bio bio = reading(pem);
    std::string given = passphrase;
    Key key(PEM_read_bio_PrivateKey(bio.get(), nullptr, &give_passphrase, &given), &EVP_PKEY_free);
    ERR_clear_error();
    if (!key) throw Error(Code::wrong_usage, "read", subject, why_no_private_key(pem, passphrase));
    if (EVP_PKEY_get_base_id(key.get()) != EVP_PKEY_ED25519)
        throw Error(Code::wrong_usage, "read", subject, "it is a private key, but not an Ed25519 one");
    PrivateKey result;
    result.handle_ = std::make_shared<Handle>(Handle{std::move(key)});
    return result;
}

bool PrivateKey::needs_passphrase(std::string_view pem) {
    return pem.find("-----BEGIN ENCRYPTED PRIVATE KEY-----") != std::string_view::npos;
}

std::string PrivateKey::pem(const std::string& passphrase) const {
    const Bio bio = writing();
    std::string given = passphrase;
    const EVP_CIPHER* cipher = passphrase.empty() ? nullptr : EVP_aes_256_cbc();
    if (PEM_write_bio_PKCS8PrivateKey(bio.get(), handle_->key.get(), cipher, nullptr, 0, &give_passphrase,
                                      &given) != 1)
        fail("write", "a private key");
    return written(*bio);
}

PublicKey PrivateKey::public_key() const {
    return PublicKey::from_base64(raw_public_key(*handle_->key));
}

std::string PrivateKey::sign(Bytes message) const {
    const DigestContext context(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
    std::array<unsigned char, signature_size> signature{};
    std::size_t size = signature.size();
    if (!context || EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, handle_->key.get()) != 1 ||
        EVP_DigestSign(context.get(), signature.data(), &size, raw(message), message.size()) != 1)
        fail("make", "a signature");
    return to_base64(std::as_bytes(std::span(signature.data(), size)));
}

} // namespace lockstep
