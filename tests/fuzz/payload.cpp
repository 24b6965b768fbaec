// The payload archive: zstd and tar, of bytes that a trusted key signed.
#include "payload/bundle_format.h"
#include "payload/digest.h"
#include "tests/fuzz/fuzz.h"
#include "tests/unit/example_manifest.h"

int lockstep::LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string bytes = text_from(data, size);
    const TextSource file(bytes);
    VerifiedBundle bundle;
    bundle.file = &file;
    bundle.subject = "x";
    bundle.manifest = example_manifest();
    bundle.head.payload_size = bytes.size();
    bundle.manifest.archive_size = bytes.size();
    for (std::size_t place = 0; place < bytes.size(); place += payload_piece)
        bundle.manifest.payload_pieces.push_back(sha256(bytes.substr(place, payload_piece)));
    std::string unpacked;
    std::string open;
    const std::map<std::string, std::uint64_t> wanted{{sha256("new"), 3}, {sha256("gate"), 4}};
    accepted([&] {
        unpack_blobs(
            bundle, wanted,
            [&](const std::string& hash) -> ByteSink {
                open = hash;
                unpacked.clear();
                return [&](Bytes piece) {
                    unpacked += text_of(piece);
                    require(unpacked.size() <= wanted.at(open));
                };
            },
            [&](const std::string& hash) { require(hash == open && sha256(unpacked) == hash); });
    });
    return 0;
}
