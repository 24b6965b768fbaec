#include "payload/manifest_pack.h"
#include "tests/fuzz/fuzz.h"
#include "tests/unit/example_manifest.h"

namespace lockstep {
namespace {

BlobSource blob(const std::string& text) {
    return {sha256(text), text.size(), text, [text](const ByteSink& sink) { sink(bytes_of(text)); }};
}

KeySignature signature_of(const PrivateKey& key, const std::string& text) {
    return {key.public_key().base64(), key.sign(bytes_of(text))};
}

} // namespace

SeedBundle seed_bundle(const PrivateKey& key) {
    SeedBundle seed;
    const std::vector<BlobSource> blobs{blob("new"),    blob("read"), blob("set"), blob("revert"),
                                        blob("checks"), blob("all"),  blob("gate")};
    const PayloadSummary summary =
        write_payload(blobs, {}, 3, [&](Bytes bytes) { seed.payload += text_of(bytes); });
    const std::string document = write_trust({"clinic", 2, 1, {key.public_key()}});
    const SignedDocument signed_document{document, {signature_of(key, document)}};
    seed.trust_document = write_signed(signed_document);

    Manifest manifest = example_manifest();
    manifest.payload_size = summary.size;
    manifest.archive_size = summary.archive_size;
    manifest.payload_pieces = summary.pieces;
    manifest.trust = {sha256(document)};
    seed.manifest = write_manifest(manifest);
    const std::string packed = packed_manifest(seed.manifest);
    const Signatures signatures{{signature_of(key, packed)}, {signed_document}};
    seed.signatures = write_signatures(signatures);
    seed.bundle = bundle_head(packed, signatures, summary.size) + seed.payload;
    seed.bundle += bundle_trailer(seed.bundle.size());
    return seed;
}

} // namespace lockstep
