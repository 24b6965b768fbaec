#include "payload/error.h"
#include "payload/signature.h"

#include <limits>
#include <openssl/evp.h>

namespace lockstep {
namespace {

constexpr std::size_t longest = std::numeric_limits<int>::max() / 2; // libcrypto counts in int

[[noreturn]] void refuse() {
    throw Error(Code::not_trusted, "read", "base64 text", "it is not valid base64");
}

} // namespace

std::string to_base64(Bytes bytes) {
    if (bytes.size() > longest) throw Error(Code::internal_error, "write", "base64 text", "it is too long");
    std::string text((bytes.size() + 2) / 3 * 4 + 1, '\0'); // libcrypto ends it with a zero byte
    const int size =
        EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                        reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
    text.resize(static_cast<std::size_t>(size));
    return text;
}

std::string from_base64(std::string_view text) {
    if (text.size() % 4 != 0 || text.size() > longest) refuse();
    std::string bytes(text.size() / 4 * 3, '\0');
    const int size =
        EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data()),
                        reinterpret_cast<const unsigned char*>(text.data()), static_cast<int>(text.size()));
    if (size < 0) refuse();
    const std::size_t padding = text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0;
    bytes.resize(static_cast<std::size_t>(size) - padding);
    if (to_base64(bytes_of(bytes)) != text)
        refuse(); // libcrypto takes spaces and stray bits; one value, one text
    return bytes;
}

} // namespace lockstep
