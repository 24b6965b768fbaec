#include "packaging/bundle_file.h"

#include "payload/digest.h"
#include "payload/distinct_keys.h"
#include "payload/error.h"

namespace lockstep {
namespace {

constexpr std::uint64_t piece_size = 1u << 20; // payload/FORMAT.md: the manifest hashes each MiB of payload

bool broken_or(const std::string& path, const std::function<bool(const BundleExtent&)>& accepted) {
    try {
        const auto extent = find_bundle(*system_files().open(path), path);
        return extent && accepted(*extent);
    } catch (const Error& error) {
        if (error.code() != Code::not_trusted) throw;
        return true;
    }
}

} // namespace

bool may_hold_bundle(const std::string& path) {
    return broken_or(path, [](const BundleExtent&) { return true; });
}

bool may_be_wrapped(const std::string& path) {
    return broken_or(path, [](const BundleExtent& extent) { return extent.stub_size > 0; });
}

BundleFile open_bundle(const std::string& path) {
    const auto status = system_files().status(path);
    if (!status || status->kind != FileKind::file)
        throw Error(Code::wrong_usage, "open", path, status ? "it is not a file" : "there is no such file");
    BundleFile bundle;
    bundle.path = path;
    bundle.file = system_files().open(path);
    const auto extent = find_bundle(*bundle.file, path);
    if (!extent) throw Error(Code::not_trusted, "open", path, "it holds no bundle");
    bundle.extent = *extent;
    bundle.head = read_head(*bundle.file, bundle.extent, path);
    bundle.signatures = parse_signatures(bundle.head.signatures);
    return bundle;
}

std::vector<PublicKey> valid_signers(const BundleFile& bundle) {
    std::vector<PublicKey> keys;
    for (const KeySignature& signature : bundle.signatures.signatures) {
        const PublicKey key = PublicKey::from_base64(signature.key);
        if (!key.verifies(bytes_of(bundle.head.manifest), signature.signature))
            throw Error(Code::not_trusted, "verify", bundle.path,
                        "the signature of key " + signature.key + " is wrong");
        keys.push_back(key);
    }
    if (keys.empty()) throw Error(Code::not_trusted, "verify", bundle.path, "nobody has signed it");
    return each_once(keys);
}

void require_payload(const BundleFile& bundle, const Manifest& manifest) {
    std::size_t piece = 0;
    copy_bytes(*bundle.file, bundle.head.payload_offset, bundle.head.payload_size, [&](Bytes bytes) {
        if (piece >= manifest.payload_pieces.size() || sha256(bytes) != manifest.payload_pieces[piece])
            throw Error(Code::not_trusted, "verify", bundle.path,
                        "the payload is damaged at byte " + std::to_string(piece * piece_size));
        ++piece;
    });
    if (piece != manifest.payload_pieces.size() || bundle.head.payload_size != manifest.payload_size)
        throw Error(Code::not_trusted, "verify", bundle.path,
                    "the payload is not as long as its manifest says");
}

} // namespace lockstep
