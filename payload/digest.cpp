#include "payload/digest.h"

#include "payload/error.h"

#include <array>
#include <openssl/evp.h>

namespace lockstep {

struct Sha256::Context {
    std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> evp{EVP_MD_CTX_new(), &EVP_MD_CTX_free};
};

namespace {
[[noreturn]] void fail() {
    throw Error(Code::internal_error, "compute", "a SHA-256", "libcrypto refused");
}
} // namespace

Sha256::Sha256() : context_(std::make_unique<Context>()) {
    if (!context_->evp || EVP_DigestInit_ex(context_->evp.get(), EVP_sha256(), nullptr) != 1) fail();
}
Sha256::~Sha256() = default;
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;

void Sha256::update(Bytes bytes) {
    if (EVP_DigestUpdate(context_->evp.get(), bytes.data(), bytes.size()) != 1) fail();
}

std::string Sha256::finish() {
    std::array<std::byte, EVP_MAX_MD_SIZE> digest;
    unsigned size = 0;
    if (EVP_DigestFinal_ex(context_->evp.get(), reinterpret_cast<unsigned char*>(digest.data()), &size) != 1)
        fail();
    return to_hex({digest.data(), size});
}

std::string sha256(Bytes bytes) {
    Sha256 digest;
    digest.update(bytes);
    return digest.finish();
}

std::string sha256(const ByteSource& source) {
    Sha256 digest;
    copy_bytes(source, 0, source.size(), [&](Bytes piece) { digest.update(piece); });
    return digest.finish();
}

std::string to_hex(Bytes bytes) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    text.reserve(bytes.size() * 2);
    for (const std::byte byte : bytes) {
        text += digits[std::to_integer<unsigned>(byte) >> 4];
        text += digits[std::to_integer<unsigned>(byte) & 15];
    }
    return text;
}

} // namespace lockstep
