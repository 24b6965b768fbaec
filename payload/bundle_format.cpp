#include "payload/bundle_format.h"

#include "payload/error.h"

namespace lockstep {

std::string little_endian(std::uint64_t number) {
    std::string bytes;
    for (int i = 0; i < 8; ++i) bytes += static_cast<char>((number >> (8 * i)) & 0xff);
    return bytes;
}

std::uint64_t from_little_endian(std::string_view bytes) {
    std::uint64_t number = 0;
    for (std::size_t i = 8; i-- > 0;) number = number << 8 | static_cast<unsigned char>(bytes.at(i));
    return number;
}

std::string read_part(const ByteSource& file, std::uint64_t offset, std::uint64_t size) {
    std::string text(static_cast<std::size_t>(size), '\0');
    file.read(offset, std::as_writable_bytes(std::span(text.data(), text.size())));
    return text;
}

BundleLengths read_lengths(const ByteSource& file, const BundleExtent& extent, const std::string& subject) {
    const std::uint64_t fixed = header_size + trailer_size;
    if (extent.size < fixed || extent.size > file.size() || extent.offset > file.size() - extent.size)
        refuse_bundle(subject, "it was cut off");
    const std::string header = read_part(file, extent.offset, header_size);
    if (!header.starts_with(bundle_magic))
        refuse_bundle(subject, "its first bytes are wrong: it was damaged or changed");
    const std::string_view numbers = std::string_view(header).substr(magic_size);
    const BundleLengths lengths{from_little_endian(numbers), from_little_endian(numbers.substr(8)),
                                from_little_endian(numbers.substr(16))};
    if (lengths.manifest > manifest_limit || lengths.signatures > signatures_limit)
        refuse_bundle(subject, "its manifest or its signatures are larger than allowed");
    const std::uint64_t before_payload =
        fixed + lengths.manifest + lengths.signatures; // small, so it can't overflow
    if (extent.size < before_payload || extent.size - before_payload != lengths.payload)
        refuse_bundle(subject, "its lengths don't add up: it was cut off, damaged or changed");
    return lengths;
}

void refuse_bundle(const std::string& subject, const std::string& why) {
    throw Error(Code::not_trusted, "read", subject, "it is not a bundle, or not a whole one: " + why);
}

} // namespace lockstep
